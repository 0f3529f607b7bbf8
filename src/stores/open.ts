/** Opens the stores of `--store KIND:TARGET`. The code of a kind is loaded on demand. */

import type { Profiles } from '../config/profiles.ts'
import { ParameterError } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import type { KeyStore } from '../core/key-store.ts'
import type { Remote } from '../core/remote.ts'
import { STORE_KINDS, type StoreName, storeSyntax } from './index.ts'
// Loaded now although `deliver.ts` uses it: once there is a key, no file may be missing.
import './store-key.ts'

/** What a store is given to find its target. */
export interface StoreContext {
  readonly host: Host
  readonly profiles: Profiles
  /** The user whose key it will be, if known before the call. */
  readonly user: string | undefined
  /** The port to the services that keep secrets. */
  readonly remote: Remote
}

/** A store on the command line. */
export interface NamedStore {
  /** The value of `--store`. */
  readonly name: string
  /** The value of the `--read-command` that follows it. */
  readonly readCommand?: string | undefined
}

interface StoreModule {
  readonly open: OpenStore
  /** What the store is, as a noun phrase, for docs/commands.md. */
  readonly summary: string
}

/** The code of each kind. Not in the rows, because every run reads those. */
export const STORE_CODE: Readonly<Record<StoreName, () => Promise<StoreModule>>> = {
  profile: () => import('./profile.ts'),
  'env-file': () => import('./env-file.ts'),
  'github-env': () => import('./github-env.ts'),
  csv: () => import('./csv.ts'),
  'secrets-manager': () => import('./remote/secrets-manager.ts'),
  ssm: () => import('./remote/ssm.ts'),
  'github-secret': () => import('./remote/github-secret.ts'),
  'gitlab-variable': () => import('./remote/gitlab-variable.ts'),
  command: () => import('./command.ts'),
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
 * @param check whether each is checked
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
    stores.push((await STORE_CODE[row.kind]()).open(target, name, { ...context, readCommand }))
  }
  if (check) for (const store of stores) await store.check()
  return stores
}
