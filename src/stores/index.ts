/** `--store KIND:REST` → stores that have said they can take a key. Each kind is loaded where it is chosen. */

import type { Profiles } from '../config/profiles.ts'
import { ParameterError } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import type { KeyStore } from '../core/key-store.ts'

/** What a store is found with. */
interface StoreContext {
  readonly host: Host
  readonly profiles: Profiles
  /** Whose key it will be, where that is known before the call. */
  readonly user: string | undefined
}

/** Opens a place of one kind: `store` is how it was asked for, `rest` what stands behind its colon. Throws a StoreFailure. */
export type OpenStore = (rest: string, store: string, surroundings: StoreContext) => KeyStore

const KINDS: Readonly<Record<string, () => Promise<OpenStore>>> = {
  profile: async () => (await import('./profile.ts')).profile,
  'env-file': async () => (await import('./env-file.ts')).envFile,
  'github-env': async () => (await import('./github-env.ts')).githubEnv,
  csv: async () => (await import('./csv.ts')).csv,
  command: async () => (await import('./command.ts')).command,
}

/**
 * The stores, in the order in which they were named.
 *
 * @throws ParameterError for words that name no store; StoreFailure for a store that could not take a key now
 */
export async function openStores(named: readonly string[], surroundings: StoreContext): Promise<readonly KeyStore[]> {
  const stores: KeyStore[] = []
  for (const name of named) {
    const [, kind = '', rest = ''] = /^([^:]*):?([\s\S]*)$/.exec(name) ?? []
    const load = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
    if (load === undefined) throw new ParameterError(`Bad value for --store: '${name}' is none of ${Object.keys(KINDS).join(', ')}`)
    stores.push((await load())(rest, name, surroundings))
  }
  for (const store of stores) await store.check()
  return stores
}
