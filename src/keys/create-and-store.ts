/** A new key for whoever wants more than to see it: put away in stores, or waited for until it works. Loaded for --store and --wait alone. */

import type { Context, Outcome } from '../core/command.ts'
import { Failure } from '../core/errors.ts'
import { wholeKey, withoutSecret } from '../core/key-store.ts'
import { createKey } from './create.ts'

/**
 * `createKey`, with an outcome that `deliver` waits for and puts into the context's stores.
 *
 * @throws as createKey does; and, before any call, ParameterError for a time that is none and the Failure of an STS that cannot be asked
 */
export async function createAndStore(input: { readonly UserName?: string }, context: Context): Promise<Outcome> {
  const { stores, flags } = context
  const { parseWaitTimeout, waitUntilUsable } = await import('./wait-until-usable.ts')
  const patience = parseWaitTimeout(flags.waitTimeout)
  const identityOf = flags.wait || flags.waitTimeout !== undefined ? await context.sts() : undefined

  const created = await createKey(input, context)
  const { secret, output, ...outcome } = created
  const key = wholeKey(output)
  if (key === undefined) return created
  return {
    ...outcome,
    ...(identityOf && {
      waitUntilUsable: async () => {
        const why = await waitUntilUsable(key, identityOf(key), patience, context)
        return why === undefined
          ? undefined
          : new Failure(`the new key ${key.AccessKeyId} is delivered, but is not known to work yet: ${why}`)
      },
    }),
    ...(stores.length > 0
      ? { output: withoutSecret(output), storeTo: { key, stores } }
      : { output, ...(secret !== undefined && { secret }) }),
  }
}
