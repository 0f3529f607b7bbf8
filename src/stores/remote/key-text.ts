/** A key as a single text with both halves, for jobs that get it as a file. Pure. */

import { type KeyPair, StoreFailure, type WholeKey } from '../../core/key-store.ts'
import { UnsupportedContent } from '../file.ts'
import { credentialsFormat } from '../profile.ts'
import { fieldsOf, readPair, writePair } from './json-pair.ts'

/** Reads and writes the key in a text. Both throw a StoreFailure. */
export interface KeyText {
  /** The text with the key, and everything else unchanged. */
  readonly write: (text: string, key: WholeKey) => string
  readonly read: (text: string) => KeyPair | undefined
}

/** A credentials file with the key in its profile `default`. */
export function credentialsText(store: string): KeyText {
  const format = credentialsFormat('default')
  return {
    write: (text, key) => withStoreFailure(store, () => format.write(text, key)),
    read: text => withStoreFailure(store, () => format.read(text)),
  }
}

/** For `credential_process = cat FILE`: JSON in one line without white space. */
export function processText(store: string): KeyText {
  return {
    write: (text, key) => writePair(text.trim() === '' ? '{"Version":1}' : text, fieldsOf({}), key, store, true),
    read: text => (text.trim() === '' ? undefined : readPair(text, fieldsOf({}), store)),
  }
}

function withStoreFailure<T>(store: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof UnsupportedContent) throw new StoreFailure(store, `as a credentials file, ${error.message}`, { cause: error })
    throw error
  }
}
