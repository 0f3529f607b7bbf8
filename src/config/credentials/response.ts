/** Parses what programs, services and caches return, with Python's error messages. No message contains a value. */

import { Failure } from '../../core/errors.ts'
import { type Host, isSystemError } from '../../core/host.ts'
import { decode } from '../../python/codec.ts'
import { loads } from '../../python/json-decoder.ts'
import { osErrorMessage } from '../../python/oserror.ts'
import { repr, typeName } from '../../python/repr.ts'
import { type Dict, isDict, type Value } from '../../python/value.ts'
import type { Credentials } from './provider.ts'

/** Throws a Failure with the message of Python's codec. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decode(bytes, 'utf-8')
  } catch (cause) {
    throw new Failure("'utf-8' codec can't decode the bytes", { cause })
  }
}

/** Throws a Failure with the message of Python's `json.loads`. */
export function parseJson(text: string): Value {
  try {
    return loads(text)
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    throw new Failure(cause.message, { cause })
  }
}

/** The parsed text; undefined if it is not JSON. */
export function jsonIn(text: string): Value | undefined {
  try {
    return loads(text)
  } catch {
    return undefined
  }
}

/** A text file as Python's `open` reads it. Throws a Failure with the message of its OSError. */
export function readText(path: string, host: Host): string {
  let bytes: Uint8Array
  try {
    bytes = host.files.read(path)
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new Failure(osErrorMessage(cause, path), { cause })
  }
  return decodeUtf8(bytes).replaceAll(/\r\n?/g, '\n')
}

/** A required member. Throws a Failure with the message of Python's KeyError, which is the name alone. */
export function member(reply: Dict, name: string): Value {
  const value = reply.get(name)
  if (value === undefined) throw new Failure(repr(name))
  return value
}

/** A required member that is text. Throws a Failure. */
export function textMember(reply: Dict, name: string): string {
  const value = member(reply, name)
  if (typeof value !== 'string') throw new Failure(`${name}: expected str, got ${typeName(value)}`)
  return value
}

/** A required member that is an object. Throws a Failure. */
export function dictMember(reply: Dict, name: string): Dict {
  const value = member(reply, name)
  if (!isDict(value)) throw new Failure(`${name}: expected dict, got ${typeName(value)}`)
  return value
}

/** Credentials from the members with these names. */
export const credentialsOf = (reply: Dict, id: string, secret: string, token: string): Credentials => ({
  accessKeyId: textMember(reply, id),
  secretAccessKey: textMember(reply, secret),
  sessionToken: textMember(reply, token),
})
