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

export interface Page {
  readonly page: Dict
  /** Where the list continues, if this is the last page that was requested and there are more. */
  readonly nextToken: string | undefined
}

/** A list that is fetched page by page, while it is shown. */
export interface PagedResult {
  /** Throws a Failure if a page cannot be fetched. */
  readonly pages: AsyncIterable<Page>
  /** The member of a page that holds its results. */
  readonly results: string
}
