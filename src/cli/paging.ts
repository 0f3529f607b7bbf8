/**
 * Reads how much of a list is requested: --starting-token, --page-size and --max-items; or the service's own members, with which a user
 * requests a single page (awscli/customizations/paginate.py, 2.36.7).
 */

import { Failure, ParameterError } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import { type Flags, keyOf } from '../core/options.ts'
import type { PageRequest, PagingModel } from '../core/paging.ts'
import { int } from '../python/int.ts'
import { optionName } from './members.ts'
import type { Parameter, Parameters } from './parameter.ts'
import { loadValue } from './paramfile.ts'

interface PageFlags {
  /** The member whose option applies to all pages, and therefore is not part of the input. */
  readonly shadowed: string | undefined
  /** Called once a document has been read, too. Without `pages` there is one call with the input as it is. */
  resolve(parameters: Parameters): { readonly parameters: Parameters; readonly pages: PageRequest | undefined }
}

/**
 * @param paginate false after --no-paginate; the option of the service's token has the same effect
 * @throws ParameterError for options that request both single pages and all pages
 */
export function readPageFlags(paging: PagingModel, flags: Flags, paginate: boolean, host: Pick<Host, 'env' | 'files' | 'home'>): PageFlags {
  const typed = (option: string): string | undefined => {
    const value = flags[keyOf(option)]
    return typeof value === 'string' ? value : undefined
  }
  const number = (option: string): bigint | undefined => {
    const text = typed(option)
    return text === undefined ? undefined : int(text)
  }
  const byHand = !paginate || typed(optionName(paging.token)) !== undefined
  const token = typed('starting-token')
  const pageSize = number('page-size')
  // Values that are false in Python count as absent here; they are reported later, with another message.
  const used = byHand ? [token ? '--starting-token' : [], pageSize ? '--page-size' : []].flat() : []
  if (used.length > 0) {
    throw new ParameterError(`Cannot specify --no-paginate along with pagination arguments: ${used.join(', ')}`)
  }
  const startingToken = token === undefined ? undefined : loadValue('--starting-token', token, host)
  if (startingToken instanceof Uint8Array) throw new Failure("'bytes' object has no attribute 'encode'")
  const maxItems = byHand ? undefined : number(optionName(paging.limit))
  const given = [startingToken, pageSize, maxItems].some(value => value !== undefined)
  return {
    shadowed: byHand ? undefined : paging.limit,
    resolve(parameters) {
      if (!byHand && !parameters.has(paging.token) && !parameters.has(paging.limit)) {
        return { parameters, pages: { paging, startingToken, pageSize, maxItems } }
      }
      // aws-cli fails because the member does not exist.
      return {
        parameters: given ? new Map<string, Parameter>([...parameters, ['PaginationConfig', new Map()]]) : parameters,
        pages: undefined,
      }
    },
  }
}
