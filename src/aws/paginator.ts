/**
 * Fetches the pages of a list, all or as many as requested, and encodes the tokens at which a list continues, as botocore/paginate.py
 * (2.36.7) does for an operation with one list of results and one token.
 */

import { Failure } from '../core/errors.ts'
import type { Page, PageRequest } from '../core/paging.ts'
import { b64decode } from '../python/base64.ts'
import { decode as decodeUtf8, UnicodeError } from '../python/codec.ts'
import { ValueError } from '../python/exceptions.ts'
import { int } from '../python/int.ts'
import { dumps } from '../python/json.ts'
import { loads } from '../python/json-decoder.ts'
import { repr, typeName } from '../python/repr.ts'
import { type Dict, isDict, isList, type Value } from '../python/value.ts'

/** A position in a list. */
interface Position {
  /** The service's token, by the names of its members. */
  readonly members: Dict
  /** The results of the next page that were shown before. Undefined for a token without a number, which fails when they are skipped. */
  readonly skip: number | undefined
}

/** The number of results shown of a page, in tokens of iamkey and aws-cli. The service does not know it. */
const AMOUNT = 'boto_truncate_amount'

/**
 * The parameters that the first call has besides the command's input, unchecked.
 *
 * @throws Failure for an invalid starting token
 */
export function firstPageParameters({ paging, startingToken, pageSize }: PageRequest): Dict {
  const members = startingToken === undefined ? [] : sent(decode(startingToken, paging.token).members)
  return new Map<string, Value>([...members, ...(pageSize === undefined ? [] : [[paging.limit, pageSize] as const])])
}

/** The members of a position that have a value. */
const sent = (members: Dict): [string, Value][] => [...members].filter(([, value]) => value !== null && value !== 'None')

/**
 * The requested pages. Each is fetched when it is asked for; the first one failing is a Failure like any other's.
 *
 * @param call fetches a page; without a token the first one
 */
export async function* requestedPages(
  pages: PageRequest,
  call: (token: Readonly<Record<string, string>>) => Promise<Dict>,
): AsyncGenerator<Page> {
  for await (const { page, end } of eachPage(pages, call)) yield { page, nextToken: end && encode(end, pages.paging.token) }
}

/** The pages, the last one cut to the requested number; `end` is its position. */
async function* eachPage(
  { paging, startingToken, maxItems }: PageRequest,
  call: (token: Readonly<Record<string, string>>) => Promise<Dict>,
): AsyncGenerator<{ readonly page: Dict; readonly end?: Dict }> {
  const { token, more, results } = paging
  const start = startingToken === undefined ? undefined : decode(startingToken, token)
  const wanted = maxItems === undefined ? Number.POSITIVE_INFINITY : Number(maxItems)
  let { members, skip }: Position = start ?? { members: new Map([[token, null]]), skip: 0 }
  let next: string | undefined
  for (let total = 0; ; skip = 0) {
    const reply = await call(next === undefined ? {} : { [token]: next })
    const page = start && next === undefined ? withResults(reply, results, skipped(listAt(reply, results), skip)) : reply
    const items = listAt(page, results) ?? []
    const kept = Math.min(items.length, wanted - total)
    if (kept < items.length) {
      yield { page: withResults(page, results, items.slice(0, kept)), end: new Map([...members, [AMOUNT, BigInt(kept + (skip ?? 0))]]) }
      return
    }
    total += kept
    const following = page.get(more) ? page.get(token) : undefined
    if (typeof following !== 'string' || following === '') return yield { page }
    members = new Map([[token, following]])
    if (total === wanted) return yield { page, end: members }
    yield { page }
    if (following === next) throw new Failure(`Error during pagination: The same next token was received twice: ${repr(members)}`)
    next = following
  }
}

/** Throws a Failure with Python's message for a slice. */
function skipped(list: readonly Value[] | undefined, skip: number | undefined): Value {
  if (list === undefined) return null
  if (skip === undefined) throw new Failure('slice indices must be integers or None or have an __index__ method')
  return list.slice(skip)
}

const listAt = (page: Dict, results: string): readonly Value[] | undefined => {
  const found = page.get(results)
  return isList(found) ? found : undefined
}

const withResults = (page: Dict, results: string, list: Value): Dict => new Map([...page, [results, list]])

// ---- tokens -------------------------------------------------------------------------------------------------------------------------

/** @throws Failure if the position contains a value that is not a token */
function encode(position: Dict, token: string): string {
  if (!position.has(token) || [...position.keys()].some(name => name !== token && name !== AMOUNT)) {
    throw new Failure(`Bad starting token: ${repr(position)}`)
  }
  return Buffer.from(dumps(position)).toString('base64')
}

/** Decodes a token of `encode`, one of older versions of aws-cli (`<marker>___<skip>`), or the service's own. */
function decode(startingToken: string, token: string): Position {
  const opened = open(startingToken)
  if (opened === undefined) return decodeOld(startingToken, token)
  const skip = opened.get(AMOUNT) ?? 0n
  const members = new Map([...opened].filter(([name]) => name !== AMOUNT))
  // In Python, True and False are the numbers 1 and 0.
  return { members, skip: typeof skip === 'bigint' || typeof skip === 'boolean' ? Number(skip) : undefined }
}

/** The object in a token, if there is one. */
function open(startingToken: string): Dict | undefined {
  try {
    const content = loads(decodeUtf8(b64decode(startingToken), 'utf-8'))
    if (isDict(content)) return content
    if (!isList(content)) throw new Failure(`'${typeName(content)}' object has no attribute 'pop'`)
  } catch (error) {
    if (!(error instanceof ValueError || error instanceof UnicodeError)) throw error
  }
  return undefined
}

function decodeOld(startingToken: string, token: string): Position {
  const parts = startingToken.split('___')
  if (parts.length > 2) throw new Failure(`Bad starting token: ${startingToken}`)
  const position = (marker: string, skip = 0) => ({ members: new Map([[token, marker === 'None' ? null : marker]]), skip })
  const [marker = '', amount] = parts
  if (amount === undefined) return position(marker)
  try {
    return position(marker, Number(int(amount)))
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    return position(startingToken)
  }
}
