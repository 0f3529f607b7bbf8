/** Creates a key for --store and --wait: puts it into stores, waits until it works. Loaded on demand. */

import type { Context, Outcome } from '../core/command.ts'
import { Failure } from '../core/errors.ts'
import { wholeKey, withoutSecret } from '../core/key-store.ts'
import { createKey } from './create.ts'

/**
 * `createKey`, with an outcome that `deliver` also stores and waits for.
 *
 * @throws as createKey does; before any call, ParameterError for an invalid time and a Failure if STS cannot be called
 */
export async function createAndStore(input: { readonly UserName?: string }, context: Context): Promise<Outcome> {
  const { stores, flags } = context
  const { parseWaitTimeout, waitUntilUsable } = await import('./wait-until-usable.ts')
  const timeout = parseWaitTimeout(flags.waitTimeout)
  const identityOf = flags.wait || flags.waitTimeout !== undefined ? await context.sts() : undefined

  const created = await createKey(input, context)
  const { secret, output, ...outcome } = created
  const key = wholeKey(output)
  if (key === undefined) return created
  return {
    ...outcome,
    ...(identityOf && {
      waitUntilUsable: async () => {
        const why = await waitUntilUsable(key, identityOf(key), timeout, context)
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
