/** The syntax tree of a query. */

import type { Value } from '../python/value.ts'

export type Comparator = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'

export type Node =
  /** `@`, and the missing side of a projection. */
  | { readonly type: 'current' }
  | { readonly type: 'literal'; readonly value: Value }
  | { readonly type: 'field'; readonly name: string }
  /** `a.b.c` and `a | b`: each link is evaluated on the result of the one before. The parser appends to it. */
  | { readonly type: 'chain'; readonly links: Node[] }
  | { readonly type: 'index'; readonly of: Node; readonly index: bigint }
  | { readonly type: 'slice'; readonly of: Node; readonly bounds: SliceBounds }
  | { readonly type: 'flatten'; readonly of: Node }
  /** `a[*].b`, `a[].b` and `a[1:].b`: `each` is evaluated on every item of the list `of`. */
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
  /** `&a`: the expression itself, passed to a function. */
  | { readonly type: 'expref'; readonly of: Node }

export interface SliceBounds {
  readonly start: bigint | undefined
  readonly stop: bigint | undefined
  readonly step: bigint | undefined
}
