/** Decides whether a key is due, and why. Pure. Times are milliseconds since 1970. */

import type { AuditOptions, ExemptTag } from './options.ts'

export interface AuditedKey {
  readonly active: boolean
  /** Undefined if the service has no date. */
  readonly created: number | undefined
  /** Undefined if never. */
  readonly used: number | undefined
}

export interface DueVerdict {
  readonly due: boolean
  /** Names the limits that were exceeded, or those that were not. */
  readonly why: string
}

type Limits = Pick<AuditOptions, 'olderThan' | 'unusedFor'>

/** A key that exceeds one of the limits is due. An inactive key grants no access and is not. */
export function dueVerdict({ active, created, used }: AuditedKey, { olderThan, unusedFor }: Limits, now: number): DueVerdict {
  if (!active) return { due: false, why: 'inactive' }
  // A key without a date may have any age.
  const age = created === undefined ? Number.POSITIVE_INFINITY : now - created
  const reasons = [
    olderThan && age >= olderThan.milliseconds && (created === undefined ? 'of unknown age' : `older than ${olderThan.text}`),
    unusedFor && Math.min(age, now - (used ?? Number.NEGATIVE_INFINITY)) >= unusedFor.milliseconds && unusedSince(used, unusedFor.text),
  ].filter(reason => typeof reason === 'string')
  if (reasons.length > 0) return { due: true, why: reasons.join(', ') }
  const kept = [
    olderThan && `younger than ${olderThan.text}`,
    unusedFor && (used === undefined ? `younger than ${unusedFor.text}` : `used within ${unusedFor.text}`),
  ].filter(reason => typeof reason === 'string')
  return { due: false, why: kept.join(', ') }
}

const unusedSince = (used: number | undefined, limit: string): string => (used === undefined ? 'never used' : `not used for ${limit}`)

/**
 * The first tag that exempts a user, if any. The keys of IAM's tags are case-insensitive, their values are not (IAM User Guide, "Rules for
 * tagging in IAM and AWS STS").
 */
export const exemption = (tags: readonly { readonly Key?: string; readonly Value?: string }[], exempt: readonly ExemptTag[]) =>
  tags.find(({ Key, Value }) =>
    exempt.some(({ key, value }) => Key?.toLowerCase() === key.toLowerCase() && (value === undefined || value === Value)),
  )
