/** Paginated lists: the members of an operation that control paging, how much is requested, and what was received. Types only. */

import type { Dict } from '../python/value.ts'

/** The members of an operation that control paging (paginators-1.json of botocore, aws-cli 2.36.7). */
export interface PagingModel {
  /** In input and output: where the next page starts. */
  readonly token: string
  /** In the input: the most results of a page. */
  readonly limit: string
  /** In the output: whether there are more pages. */
  readonly more: string
  /** In the output: the list of results. */
  readonly results: string
}

/** How much of a list is requested, in however many calls. */
export interface PageRequest {
  readonly paging: PagingModel
  /** The end of an earlier list, as aws-cli encodes it. */
  readonly startingToken: string | undefined
  readonly pageSize: bigint | undefined
  readonly maxItems: bigint | undefined
}

/** The pages as received: some formats print each page by itself. */
export interface PagedResult {
  readonly pages: readonly Dict[]
  /** The member of a page that holds its results. */
  readonly results: string
  readonly nextToken: string | undefined
  /** A later page could not be fetched. Formats that print the whole list then print nothing. */
  readonly broken: boolean
}
