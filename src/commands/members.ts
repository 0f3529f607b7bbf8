/** Members that several commands take. What IAM accepts is checked before the call, though aws-cli leaves it to the service to say so. */

import * as z from 'zod/mini'

/** Built when it is first asked for: a run of one command does not pay for what the others take (0.1 ms each). */
export function once<T>(build: () => T): () => T {
  let built: T | undefined
  return () => {
    built ??= build()
    return built
  }
}

export const userName = () => z.string().check(z.minLength(1), z.maxLength(128), z.regex(/^[\w+=,.@-]*$/, 'letters, digits and _+=,.@-'))

export const accessKeyId = () => z.string().check(z.minLength(16), z.maxLength(128), z.regex(/^\w*$/, 'letters, digits and _'))
