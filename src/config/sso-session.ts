/** The `[sso-session NAME]` of a profile, as far as aws-cli looks at it before it makes any client (SSOTokenProvider of botocore/tokens.py, 2.36.7). */

import { Failure } from '../core/errors.ts'
import { repr } from '../python/repr.ts'
import type { Section } from './ini.ts'
import type { Profiles } from './profiles.ts'

const REQUIRED = ['sso_start_url', 'sso_region']

/** The keys of the session that `profileName` names. Throws a Failure where it is not there, or lacks what a log-in needs. */
export function ssoSession(name: string, profileName: string, { ssoSessions }: Profiles): Section {
  const section = ssoSessions.get(name)
  const configured = `The profile "${profileName}" is configured to use the SSO token provider but`
  if (section === undefined || section.size === 0) {
    throw new Failure(`${configured} the "${name}" sso_session configuration does not exist.`)
  }
  const missing = REQUIRED.filter(key => !section.has(key))
  if (missing.length > 0) throw new Failure(`${configured} is missing the following configuration: ${repr(missing)}.`)
  return section
}
