/**
 * What a program prints of the key that a store holds: the id alone, the id and the secret as two words, or JSON with the service's names
 * for them, as `aws iam create-access-key` and `credential_process` have it. Pure.
 */

import type { StoredKey } from '../core/key-store.ts'
import { pairOf } from './file.ts'

/** As AWS has them (API reference of IAM), and as stand-ins do. */
const KEY_ID = /^\w{16,128}$/
const SECRET = /^[\w+/=-]{16,128}$/

/** The key in the text; undefined where there is none, or more than one. */
export function parseStoredKey(text: string): StoredKey | undefined {
  if (text.startsWith('{')) return fromJson(text)
  const [id = '', secret, ...more] = text.split(/\s+/)
  if (more.length > 0 || !KEY_ID.test(id)) return undefined
  if (secret === undefined) return { AccessKeyId: id }
  return SECRET.test(secret) ? pairOf(id, secret) : undefined
}

function fromJson(text: string): StoredKey | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  const { AccessKeyId, SecretAccessKey } = membersOf(membersOf(parsed).AccessKey ?? parsed)
  if (typeof AccessKeyId !== 'string' || !KEY_ID.test(AccessKeyId)) return undefined
  return typeof SecretAccessKey === 'string' ? pairOf(AccessKeyId, SecretAccessKey) : { AccessKeyId }
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
