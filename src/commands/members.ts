/** Members that several commands take. The name that IAM accepts is checked before the call, though aws-cli leaves it to the service to say so. */

import * as z from 'zod/mini'
import { LONGEST_USER_NAME, SHORTEST_ACCESS_KEY_ID, USER_NAME } from '../core/iam-forms.ts'

/** Built when it is first asked for: a run of one command does not pay for what the others take (0.1 ms each). */
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
