/**
 * Plain data in Python's terms, as aws-cli holds it between the service and the terminal: its type and type guards. `repr.ts` and `json.ts`
 * print it.
 */

/**
 * The data of JSON, YAML, a reply or a query.
 *
 * - an integer is a `bigint` and a float is a `number`: Python keeps the two apart (`1` and `1.0` print differently, integers are exact);
 * - an object is a `Map`, which keeps the insertion order of every key, also of `"2"` before `"1"`.
 */
export type Value = null | boolean | bigint | number | string | readonly Value[] | Dict
export type Dict = ReadonlyMap<string, Value>

export const isDict = (value: Value | undefined): value is Dict => value instanceof Map
export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)
export const isScalar = (value: Value | undefined): boolean => !isDict(value) && !isList(value)
