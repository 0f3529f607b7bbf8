/** A key pair written in a section of a file (SharedCredentialProvider and ConfigProvider of botocore/credentials.py, 2.36.7). */

import type { Section } from '../ini.ts'
import { type CredentialProvider, type Credentials, PartialCredentials, textOf } from './provider.ts'

/**
 * The pair in the own `section` of the file at `origin`: a key id in one file is never joined to a secret of the other. An empty value is a value.
 * Throws PartialCredentials where there is a key id and no secret.
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
