/**
 * Parses what a program prints about the key of a store: the id, the id and the secret as two words, or JSON with the service's names, as
 * `aws iam create-access-key` and `credential_process` print it. Pure.
 */

import type { StoredKey } from '../core/key-store.ts'
import { pairOf } from './file.ts'

/** The form of AWS (API reference of IAM) and of compatible services. */
const KEY_ID = /^\w{16,128}$/
const SECRET = /^[\w+/=-]{16,128}$/

/** The key in the text; undefined if there is none or more than one. */
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
