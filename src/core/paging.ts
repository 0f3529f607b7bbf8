/** Lists that come in pages: which members make them so, how much is wanted, what came. Types only. */

import type { Dict } from '../python/value.ts'

/** Which members of an operation let its results come in pages (paginators-1.json of botocore, aws-cli 2.36.7). */
export interface PagingModel {
  /** Of input and output: where to go on. */
  readonly token: string
  /** Of the input: how many results a page has at most. */
  readonly limit: string
  /** Of the output: whether there are more. */
  readonly more: string
  /** Of the output: the list of results. */
  readonly results: string
}

/** How much of a list is wanted, whatever number of calls that takes. */
export interface PageRequest {
  readonly paging: PagingModel
  /** Where an earlier list ended, as aws-cli writes it. */
  readonly startingToken: string | undefined
  readonly pageSize: bigint | undefined
  readonly maxItems: bigint | undefined
}

/** A list as it came: some formats show each page by itself. */
export interface PagedResult {
  readonly pages: readonly Dict[]
  /** The member of a page that holds the results. */
  readonly results: string
  readonly nextToken: string | undefined
  /** The next page was asked for and did not come, so that it may be shown by pages only. */
  readonly broken: boolean
}
