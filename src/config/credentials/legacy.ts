/** Two files that predate profiles and that aws-cli still reads (OriginalEC2Provider, BotoProvider of botocore/credentials.py, 2.36.7). */

import { Failure } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { expandUser, expandVars } from '../../python/path.ts'
import { splitlines, strip } from '../../python/str.ts'
import { NotIni, parseIni, type Section } from '../ini.ts'
import { UnreadableConfigFile } from '../profiles.ts'
import type { CredentialProvider, Lookup } from './provider.ts'
import { decodeUtf8 } from './response.ts'
import { keyPair } from './static.ts'

/** `AWSAccessKeyId=` and `AWSSecretKey=` in the file that AWS_CREDENTIAL_FILE names. Throws a Failure for an unreadable file. */
export function ec2CredentialsFile({ host }: Lookup): CredentialProvider | undefined {
  const path = host.env.AWS_CREDENTIAL_FILE
  if (path === undefined) return undefined
  const bytes = readIfThere(expandUser(path, host), host)
  if (bytes === undefined) throw new Failure(`The specified config file (${expandUser(path, host)}) could not be found.`)
  const values = new Map(
    splitlines(decodeUtf8(bytes)).flatMap(line => {
      const sign = line.indexOf('=')
      return sign < 0 ? [] : [[strip(line.slice(0, sign)), strip(line.slice(sign + 1))] as const]
    }),
  )
  const accessKeyId = values.get('AWSAccessKeyId')
  const secretAccessKey = values.get('AWSSecretKey')
  if (accessKeyId === undefined) return undefined
  if (secretAccessKey === undefined) throw new Failure("'AWSSecretKey'")
  return { method: 'ec2-credentials-file', origin: path, load: async () => ({ accessKeyId, secretAccessKey }) }
}

/** `[Credentials]` of the first boto file with a key id. Throws UnreadableConfigFile, PartialCredentials. */
export function botoConfig({ host }: Lookup): CredentialProvider | undefined {
  for (const where of host.env.BOTO_CONFIG === undefined ? ['/etc/boto.cfg', '~/.boto'] : [host.env.BOTO_CONFIG]) {
    const path = expandUser(expandVars(where, host.env), host)
    const bytes = readIfThere(path, host)
    const section = bytes && sectionsOf(path, bytes).get('Credentials')
    const own = section && new Map([...section].filter(([key]) => !/token$/.test(key)))
    const source = keyPair('boto-config', path, own)
    if (source !== undefined) return source
  }
  return undefined
}

function sectionsOf(path: string, bytes: Uint8Array): ReadonlyMap<string, Section> {
  try {
    return parseIni(bytes)
  } catch (cause) {
    throw cause instanceof NotIni ? new UnreadableConfigFile(path, { cause }) : cause
  }
}

function readIfThere(path: string, host: Host): Uint8Array | undefined {
  try {
    return host.files.read(path)
  } catch {
    return undefined
  }
}
