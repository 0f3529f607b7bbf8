/** `--store KIND:TARGET` → stores that are ready to take a key. The code of a kind is loaded when it is named. */

import type { Profiles } from '../config/profiles.ts'
import { ParameterError } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import type { KeyStore } from '../core/key-store.ts'
import { STORE_KINDS, storeSyntax } from './index.ts'

/** What a store may use to find its target. */
export interface StoreContext {
  readonly host: Host
  readonly profiles: Profiles
  /** The user whose key it will be, if known before the call. */
  readonly user: string | undefined
}

/** A store as the command line names it. */
export interface NamedStore {
  /** The value of `--store`. */
  readonly name: string
  /** The value of the `--read-command` that follows it. */
  readonly readCommand?: string | undefined
}

/**
 * Opens a store of one kind. `target` is the text after the colon; `name` is the option's whole value, for messages.
 *
 * @throws StoreFailure for a target that can never take a key
 */
export type OpenStore = (target: string, name: string, context: StoreContext & Pick<NamedStore, 'readCommand'>) => KeyStore

/**
 * The stores, in the order of the command line.
 *
 * @param check whether each is asked if it can take a key
 * @throws ParameterError for a value that names no store; StoreFailure for a store that cannot take a key now
 */
export async function openStores(named: readonly NamedStore[], context: StoreContext, check = true): Promise<readonly KeyStore[]> {
  const stores: KeyStore[] = []
  for (const { name, readCommand } of named) {
    const [, kind, target = ''] = /^([^:]*):?([\s\S]*)$/.exec(name) ?? []
    const row = STORE_KINDS.find(row => row.kind === kind)
    if (row === undefined) throw new ParameterError(`Bad value for --store: '${name}' is not one of ${storeSyntax()}`)
    if (readCommand !== undefined && !row.readByCommand) {
      throw new ParameterError(`--read-command cannot follow --store '${name}', which iamkey reads itself`)
    }
    stores.push((await row.load()).open(target, name, { ...context, readCommand }))
  }
  if (check) for (const store of stores) await store.check()
  return stores
}
