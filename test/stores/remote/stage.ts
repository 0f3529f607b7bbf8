/** Each kind of store at a service, set up with a key in it: how it is named, how its consumers read it, what has to be true of it. */
import type { Env } from '../../../src/core/host.ts'
import { type KeyPair, type KeyStore, StoreFailure, type WholeKey } from '../../../src/core/key-store.ts'
import { openStores, STORE_CODE } from '../../../src/stores/open.ts'
import { virtualClock } from '../../promise/virtual-clock.ts'
import { testHost } from '../../support/host.ts'
import { fileOf, SECRET_PLACES } from '../../support/secret-places.ts'
import { SecretServices } from '../../support/secret-services.ts'
import { remoteTo, type Sent, type WireOptions } from '../../support/secret-wire.ts'

// Time stands still while a module is loaded: none is, later.
await Promise.all([...Object.values(STORE_CODE).map(load => load()), import('../../../src/stores/remote/sealed-box.ts')])

export const START = Date.UTC(2026, 0, 31)

const keyOf = (AccessKeyId: string, SecretAccessKey: string): WholeKey => ({ UserName: 'Bob', AccessKeyId, SecretAccessKey })
export const OLD = keyOf('AKIAOLDOLDOLDOLDOLD1', 'old/secret+old/secret+old/secret+old/sec')
export const NEW = keyOf('AKIANEWNEWNEWNEWNEW1', 'new/secret+new/secret+new/secret+new/sec')
export const OTHER = keyOf('AKIAOTHEROTHEROTHER1', 'other/secret+other/secret+other/secret+o')

/** With the old key in it, and beside it something of somebody else's. */
export const KINDS = SECRET_PLACES.map(place => ({
  ...place,
  prepare(services: SecretServices) {
    services.variable({ project: 'group/project', value: fileOf(OTHER) })
    place.prepare(services)
    place.put(services, OLD)
  },
}))
export type Kind = (typeof KINDS)[number]

export interface Stage {
  readonly services: SecretServices
  readonly clock: ReturnType<typeof virtualClock>
  /** A store as a run on a machine of its own opens it, checked. */
  open(wire?: WireOptions): Promise<{ readonly store: KeyStore; readonly sent: Sent[]; readonly said: () => string }>
}

export function stageOf(name: string, prepare: (services: SecretServices) => void, now = START, env?: Env): Stage {
  const clock = virtualClock(now)
  const services = new SecretServices(clock.now)
  prepare(services)
  return {
    services,
    clock,
    async open(wire = {}) {
      const sent: Sent[] = []
      const tokens = { GH_TOKEN: services.token, GITLAB_TOKEN: services.token, CI_API_V4_URL: 'https://gitlab.example/api/v4' }
      const host = { ...testHost({ env: env ?? tokens, now }), clock }
      const remote = remoteTo(services, sent, { clock, ...wire })
      const context = { host, profiles: undefined as never, user: 'Bob', remote }
      const [store] = await clock.run(openStores([{ name }], context))
      if (store === undefined) throw new Error('no store')
      return { store, sent, said: () => [...host.debugged, Buffer.from(host.written.stderr()).toString()].join('\n') }
    },
  }
}

export const NEVER = new AbortController().signal

/** What became of a put: `stored`, or the failure. */
export async function attempt<T>(act: Promise<T>): Promise<{ readonly value?: T; readonly failure?: StoreFailure }> {
  try {
    return { value: await act }
  } catch (error) {
    if (error instanceof StoreFailure) return { failure: error }
    throw error
  }
}

export const pairOf = ({ AccessKeyId, SecretAccessKey }: Partial<KeyPair>) => ({ AccessKeyId, SecretAccessKey })
