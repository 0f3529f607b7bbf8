/** The tasks of a rotation, which `plan.ts` lists and `apply.ts` carries out. Types, and the tasks of a delivery. Pure. */

import type { Holding } from './state.ts'

/** The arguments of each step. --plan shows `why`. */
interface Details {
  discard: { readonly AccessKeyId: string; readonly why: string }
  create: { readonly why: string }
  /** Continues with the key in this store, or with the key that signs, instead of creating one. */
  'take up': { readonly AccessKeyId: string; readonly store?: string; readonly why: string }
  /** Into a place that later runs read, on any machine, and consumers do not. */
  stage: { readonly stores: readonly string[] }
  wait: unknown
  /** Into stores that can be rolled back. */
  store: { readonly stores: readonly string[] }
  verify: unknown
  /** To an irrevocable store. */
  'hand over': { readonly store: string }
  retire: { readonly AccessKeyId: string; readonly how: 'deactivate' | 'delete'; readonly why: string }
}
export type Step = keyof Details

/** One thing to do. */
export type Task<Name extends Step = Step> = { [Each in Name]: { readonly step: Each } & Details[Each] }[Name]

/** Irrevocable stores come after the key has been proved in the others. */
export function delivery(holdings: readonly Holding[]): readonly Task[] {
  const stores = holdings.filter(({ irrevocable }) => !irrevocable).map(({ store }) => store)
  return [
    ...(stores.length > 0 ? [{ step: 'store', stores } as const] : []),
    { step: 'verify' },
    ...holdings.filter(({ irrevocable }) => irrevocable).map(({ store }): Task => ({ step: 'hand over', store })),
  ]
}
