/** Members of several commands. The characters of a name are checked before the call, which aws-cli leaves to the service. */

import * as z from 'zod/mini'
import { LONGEST_USER_NAME, SHORTEST_ACCESS_KEY_ID, USER_NAME } from '../core/iam-forms.ts'

/** Builds on first use: a run does not build the inputs of other commands (0.1 ms each). */
export function once<T>(build: () => T): () => T {
  let built: T | undefined
  return () => {
    built ??= build()
    return built
  }
}

export const userName = () =>
  z.string().check(z.minLength(1), z.maxLength(LONGEST_USER_NAME), z.regex(USER_NAME, 'letters, digits and _+=,.@-'))

/** As botocore checks it (botocore/validate.py, 2.36.7), which looks at the least length alone: other services have other ids, and some choose them. */
export const accessKeyId = () => z.string().check(z.minLength(SHORTEST_ACCESS_KEY_ID))
