/** One line per completed step of a rotation, for a terminal. Pure. */

import { moment } from './duration.ts'
import type { Step, Task } from './tasks.ts'

const SENTENCES: { readonly [Name in Step]: (task: Task<Name>, AccessKeyId: string) => string } = {
  discard: (_, id) => `deleted ${id}`,
  create: (_, id) => `created ${id}`,
  'take up': ({ store }, id) => `took ${id} from ${store ?? 'the credentials of this run'}`,
  stage: ({ stores }, id) => `staged ${id} in ${stores.join(', ')}`,
  wait: (_, id) => `AWS accepts ${id}`,
  store: ({ stores }, id) => `stored ${id} in ${stores.join(', ')}`,
  verify: (_, id) => `verified ${id}`,
  'hand over': ({ store }, id) => `gave ${id} to ${store}`,
  retire: ({ how }, id) => `${how === 'delete' ? 'deleted' : 'deactivated'} ${id}`,
}

/** @param AccessKeyId the key that the step was about. @param at in milliseconds since 1970 */
export const narrate = <Name extends Step>(task: Task<Name>, AccessKeyId: string, at: number): string =>
  `${moment(at)}  ${SENTENCES[task.step](task, AccessKeyId)}`
