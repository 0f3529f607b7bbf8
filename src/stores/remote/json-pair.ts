/** A key in two fields of a JSON object, as users of Secrets Manager and SSM keep it. Other fields stay unchanged. Pure. */

import { type KeyPair, StoreFailure } from '../../core/key-store.ts'
import { dumps } from '../../python/json.ts'
import { loads } from '../../python/json-decoder.ts'
import { type Dict, isDict, type Value } from '../../python/value.ts'

/** The names of the two fields. */
export interface Fields {
  readonly id: string
  readonly secret: string
}

/** Those of the address, or the service's names. */
export const fieldsOf = ({ id = 'AccessKeyId', secret = 'SecretAccessKey' }: Partial<Fields>): Fields => ({ id, secret })

/** The key in the text; undefined unless both fields are there. Throws a StoreFailure for a text that is not a JSON object. */
export function readPair(text: string, { id, secret }: Fields, store: string): KeyPair | undefined {
  const object = objectIn(text, store)
  const [AccessKeyId, SecretAccessKey] = [object.get(id), object.get(secret)]
  const isWhole = typeof AccessKeyId === 'string' && typeof SecretAccessKey === 'string' && AccessKeyId !== '' && SecretAccessKey !== ''
  return isWhole ? { AccessKeyId, SecretAccessKey } : undefined
}

/** The text with the key in its fields, without white space if `compact`. Throws a StoreFailure. */
export function writePair(
  text: string | undefined,
  { id, secret }: Fields,
  { AccessKeyId, SecretAccessKey }: KeyPair,
  store: string,
  compact = false,
): string {
  const others = text === undefined ? [] : [...objectIn(text, store)]
  const object = new Map<string, Value>([...others, [id, AccessKeyId], [secret, SecretAccessKey]])
  const [, indent] = /^\s*\{\r?\n( +)"/.exec(text ?? '') ?? []
  return dumps(object, { ensureAscii: false, compact, ...(indent !== undefined && !compact && { indent: indent.length }) })
}

/** Replaces the parser's message, which could quote the text. */
function objectIn(text: string, store: string): Dict {
  let value: Value | undefined
  try {
    value = loads(text)
  } catch {
    value = undefined
  }
  if (!isDict(value)) throw new StoreFailure(store, 'its value is not a JSON object')
  return value
}
