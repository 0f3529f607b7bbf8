/** Credentials in environment variables (EnvProvider of botocore/credentials.py, 2.36.7). */

import { type CredentialProvider, type Credentials, type Lookup, lasting, PartialCredentials } from './provider.ts'

const METHOD = 'env'
const ORIGIN = 'AWS_ACCESS_KEY_ID'

/** An empty variable counts as unset. Throws PartialCredentials without the secret, and a Failure for an unreadable expiration. */
export async function environment({ host }: Lookup): Promise<CredentialProvider | undefined> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SECURITY_TOKEN, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION } = host.env
  if (!AWS_ACCESS_KEY_ID) return undefined
  if (!AWS_SECRET_ACCESS_KEY) throw new PartialCredentials(METHOD, 'AWS_SECRET_ACCESS_KEY')
  const sessionToken = AWS_SECURITY_TOKEN || AWS_SESSION_TOKEN
  const credentials: Credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(sessionToken && { sessionToken }),
  }
  if (!AWS_CREDENTIAL_EXPIRATION) return { method: METHOD, origin: ORIGIN, load: async () => credentials }
  const { expirationOf } = await import('./expiration.ts')
  const session = { credentials, expiration: expirationOf(AWS_CREDENTIAL_EXPIRATION) }
  return { method: METHOD, origin: ORIGIN, load: () => lasting(session, () => session, host.clock) }
}
