/** `--store KIND:REST` → places that have said they can take a key. Each kind is loaded where it is chosen. */

import type { Profiles } from '../config/profiles.ts'
import { ParameterError } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import type { Place } from '../core/key-store.ts'

/** What a place is found with. */
interface Surroundings {
  readonly host: Host
  readonly profiles: Profiles
  /** Whose key it will be, where that is known before the call. */
  readonly user: string | undefined
}

/** Opens a place of one kind: `place` is how it was asked for, `rest` what stands behind its colon. Throws a PlaceFailure. */
export type Open = (rest: string, place: string, surroundings: Surroundings) => Place

const KINDS: Readonly<Record<string, () => Promise<Open>>> = {
  profile: async () => (await import('./profile.ts')).profile,
  'env-file': async () => (await import('./env-file.ts')).envFile,
  'github-env': async () => (await import('./github-env.ts')).githubEnv,
  csv: async () => (await import('./csv.ts')).csv,
  command: async () => (await import('./command.ts')).command,
}

/**
 * The places, in the order in which they were named.
 *
 * @throws ParameterError for words that name no place; PlaceFailure for a place that could not take a key now
 */
export async function openPlaces(named: readonly string[], surroundings: Surroundings): Promise<readonly Place[]> {
  const places: Place[] = []
  for (const name of named) {
    const [, kind = '', rest = ''] = /^([^:]*):?([\s\S]*)$/.exec(name) ?? []
    const load = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
    if (load === undefined) throw new ParameterError(`Bad value for --store: '${name}' is none of ${Object.keys(KINDS).join(', ')}`)
    places.push((await load())(rest, name, surroundings))
  }
  for (const place of places) await place.check()
  return places
}
