/** The options of an audit. */

import { ParameterError } from '../core/errors.ts'
import type { Flags } from '../core/options.ts'
import { milliseconds } from '../rotation/duration.ts'

export interface AuditOptions {
  readonly olderThan: Span | undefined
  readonly unusedFor: Span | undefined
  readonly exemptTags: readonly ExemptTag[]
  readonly failIfDue: boolean
}

export interface Span {
  /** As given: `90d`. */
  readonly text: string
  readonly milliseconds: number
}

export interface ExemptTag {
  readonly key: string
  /** Undefined for any value. */
  readonly value: string | undefined
}

/** The limit if none is given. */
export const OLDER_THAN = '90d'

/** @throws ParameterError */
export function parseAuditOptions({ olderThan, unusedFor, exemptTag, failIfDue }: Flags): AuditOptions {
  const age = olderThan ?? (unusedFor === undefined ? OLDER_THAN : undefined)
  return {
    olderThan: spanOf('--older-than', age),
    unusedFor: spanOf('--unused-for', unusedFor),
    exemptTags: Array.isArray(exemptTag) ? exemptTag.map(tagOf) : [],
    failIfDue: failIfDue === true,
  }
}

const spanOf = (option: string, text: Flags[string]): Span | undefined =>
  typeof text === 'string' ? { text, milliseconds: milliseconds(option, text) } : undefined

function tagOf(text: string): ExemptTag {
  const [, key = '', value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(text) ?? []
  if (key === '') throw new ParameterError(`Bad value for --exempt-tag ${text}: KEY or KEY=VALUE`)
  return { key, value }
}
