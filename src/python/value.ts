/**
 * Plain data as aws-cli holds it between the service and the terminal, in Python's terms. Types and the questions every reader asks
 * of them; printing is `repr.ts` and `json.ts`.
 */

/**
 * What JSON, YAML, a reply or a query can hold.
 *
 * - an integer is a `bigint` and a float is a `number`: Python keeps the two apart (`1` and `1.0` print differently, integers are exact);
 * - an object is a `Map`: insertion order holds for every key, also for `"2"` before `"1"`.
 */
export type Value = null | boolean | bigint | number | string | readonly Value[] | Dict
export type Dict = ReadonlyMap<string, Value>

export const isDict = (value: Value | undefined): value is Dict => value instanceof Map
export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)
export const isScalar = (value: Value | undefined): boolean => !isDict(value) && !isList(value)
