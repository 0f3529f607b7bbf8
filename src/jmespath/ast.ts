/** What a query says, as a tree. */

import type { Value } from '../python/value.ts'

export type Comparator = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'

export type Node =
  /** `@`, and the place where a projection has nothing to its left or right. */
  | { readonly type: 'current' }
  | { readonly type: 'literal'; readonly value: Value }
  | { readonly type: 'field'; readonly name: string }
  /** `a.b.c` and `a | b`: each asked of what the one before it answered. Grows while it is parsed. */
  | { readonly type: 'chain'; readonly links: Node[] }
  | { readonly type: 'index'; readonly of: Node; readonly index: bigint }
  | { readonly type: 'slice'; readonly of: Node; readonly bounds: SliceBounds }
  | { readonly type: 'flatten'; readonly of: Node }
  /** `a[*].b`, `a[].b` and `a[1:].b`: `each` asked of every item of the list `of`. */
  | { readonly type: 'projection'; readonly of: Node; readonly each: Node }
  /** `a.*.b` */
  | { readonly type: 'values'; readonly of: Node; readonly each: Node }
  /** `a[?where].b` */
  | { readonly type: 'filter'; readonly of: Node; readonly where: Node; readonly each: Node }
  | { readonly type: 'list'; readonly items: readonly Node[] }
  | { readonly type: 'object'; readonly members: readonly (readonly [string, Node])[] }
  | { readonly type: 'or' | 'and'; readonly left: Node; readonly right: Node }
  | { readonly type: 'not'; readonly of: Node }
  | { readonly type: 'comparison'; readonly comparator: Comparator; readonly left: Node; readonly right: Node }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[] }
  /** `&a`: the question itself, for a function to ask. */
  | { readonly type: 'expref'; readonly of: Node }

export interface SliceBounds {
  readonly start: bigint | undefined
  readonly stop: bigint | undefined
  readonly step: bigint | undefined
}
