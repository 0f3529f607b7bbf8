/** A name that AWS does not allow, at a service other than AWS that may allow it. */

import { iamEndpoint } from '../config/client-settings.ts'
import { isOfAws, withoutPassword } from '../config/endpoint.ts'
import { RefusedByForm } from '../core/errors.ts'
import type { Hint } from './index.ts'

export const otherForms: Hint = (failure, { invocation }) => {
  if (!(failure instanceof RefusedByForm) || invocation === undefined) return undefined
  const endpoint = iamEndpoint(invocation.setup)
  if (endpoint === undefined || isOfAws(endpoint)) return undefined
  const setting = `parameter_validation = false in the profile ${invocation.setup.profileName} sends it as it is`
  return `That is what AWS allows. If ${withoutPassword(endpoint)} allows more: ${setting}.`
}
