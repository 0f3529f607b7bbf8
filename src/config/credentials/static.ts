/** A key pair in a section of a file (SharedCredentialProvider and ConfigProvider of botocore/credentials.py, 2.36.7). */

import type { Section } from '../ini.ts'
import { type CredentialProvider, type Credentials, PartialCredentials, textOf } from './provider.ts'

/**
 * The pair in `section` of the file `origin`: id and secret of different files are never combined. An empty value counts as a value.
 * Throws PartialCredentials for an id without a secret.
 */
export function keyPair(method: string, origin: string, section: Section | undefined): CredentialProvider | undefined {
  const accessKeyId = section && textOf(section, 'aws_access_key_id')
  if (section === undefined || accessKeyId === undefined) return undefined
  const secretAccessKey = textOf(section, 'aws_secret_access_key')
  if (secretAccessKey === undefined) throw new PartialCredentials(method, 'aws_secret_access_key')
  const sessionToken = textOf(section, 'aws_security_token') ?? textOf(section, 'aws_session_token')
  const credentials: Credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
  return { method, origin, load: async () => credentials }
}
