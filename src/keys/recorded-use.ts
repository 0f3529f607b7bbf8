/** Whether a service's report that a key was never used means anything. Pure. */

/**
 * AWS records uses. Another service may report `never` for a key in use (Floci does for all keys), so it must have reported a use of some key.
 *
 * @param isAws the endpoint is one of AWS's own
 * @param keys a use that was reported is an object
 */
export const recordsUse = (isAws: boolean, keys: readonly { readonly used: unknown }[]): boolean =>
  isAws || keys.some(({ used }) => typeof used === 'object' && used !== null)
