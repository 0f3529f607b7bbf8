/** The profile's `[sso-session NAME]`, as aws-cli checks it before it creates a client (SSOTokenProvider of botocore/tokens.py, 2.36.7). */

import { Failure } from '../core/errors.ts'
import { repr } from '../python/repr.ts'
import type { Section } from './ini.ts'
import type { Profiles } from './profiles.ts'

const REQUIRED = ['sso_start_url', 'sso_region']

/** The keys of the session. Throws a Failure if it does not exist or lacks a key that a login needs. */
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
