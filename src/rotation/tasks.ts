/** The steps of a rotation, as a plan lists them and `apply.ts` carries them out. Types, and the steps of a delivery. Pure. */

import type { Holding } from './state.ts'

/** Step → what it needs to know. `why` is shown by --plan. */
interface Details {
  discard: { readonly AccessKeyId: string; readonly why: string }
  create: { readonly why: string }
  /** The key that this store holds, or without one the key that signs, takes the part of a new one. */
  'take up': { readonly AccessKeyId: string; readonly store?: string; readonly why: string }
  /** Where a later run finds it, on whatever machine, and no consumer does. */
  stage: { readonly stores: readonly string[] }
  wait: unknown
  /** Into stores that can be given their old content back. */
  store: { readonly stores: readonly string[] }
  verify: unknown
  /** To a store that keeps what it gets. */
  'hand over': { readonly store: string }
  retire: { readonly AccessKeyId: string; readonly how: 'deactivate' | 'delete'; readonly why: string }
}
export type Step = keyof Details

/** One thing to do. */
export type Task<Name extends Step = Step> = { [Each in Name]: { readonly step: Each } & Details[Each] }[Name]

/** Stores that keep what they get come after the key has proved itself in the others. */
export function delivery(holdings: readonly Holding[]): readonly Task[] {
  const stores = holdings.filter(({ irrevocable }) => !irrevocable).map(({ store }) => store)
  return [
    ...(stores.length > 0 ? [{ step: 'store', stores } as const] : []),
    { step: 'verify' },
    ...holdings.filter(({ irrevocable }) => irrevocable).map(({ store }): Task => ({ step: 'hand over', store })),
  ]
}
