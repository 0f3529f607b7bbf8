/**
 * Caches sessions in the files of aws-cli, `~/.aws/cli/cache/<sha1>.json` (JSONFileCache of botocore/utils.py, CachedCredentialFetcher
 * of botocore/credentials.py, 2.36.7), so that each program uses the other's sessions.
 */

import * as crypto from 'node:crypto'
import { Failure } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { dumps } from '../../python/json.ts'
import { loads } from '../../python/json-decoder.ts'
import { expandUser } from '../../python/path.ts'
import { repr } from '../../python/repr.ts'
import { type Dict, isDict } from '../../python/value.ts'
import { expirationOf } from './expiration.ts'
import type { Lookup, Session } from './provider.ts'
import { credentialsOf, decodeUtf8, dictMember, member } from './response.ts'

/** A directory of JSON files. */
export interface Store {
  /** Undefined if there is no such file. Throws a Failure, like Python's KeyError, if it is not a JSON object. */
  read(key: string): Dict | undefined
  /** Replaces the file, mode 0600. A failure is ignored: the session itself is valid. */
  write(key: string, content: Dict): void
}

/** @param directory may begin with `~` */
export function storeIn(directory: string, host: Host): Store {
  const pathOf = (key: string) => `${expandUser(directory, host)}/${key}.json`
  return {
    read(key) {
      const path = pathOf(key)
      const found = host.files.stat(path)
      if (found === undefined || found.isDirectory) return undefined
      try {
        const content = loads(decodeUtf8(host.files.read(path)))
        if (isDict(content)) return content
      } catch {
        // One message for every kind of file that is not a JSON object.
      }
      throw new Failure(repr(key))
    },
    write(key, content) {
      try {
        host.files.replace(pathOf(key), dumps(content), 0o600)
      } catch {
        host.debug(`credentials: ${pathOf(key)} could not be written`)
      }
    },
  }
}

export const sha1 = (text: string): string => crypto.createHash('sha1').update(text).digest('hex')

/** A cached session is used until 15 minutes before its end. */
const MARGIN = 15 * 60_000

/**
 * The session cached under `key`, or a new one, which is then cached. `fetch` returns the content of the file: `{Credentials: {AccessKeyId,
 * SecretAccessKey, SessionToken, Expiration, …}, …}`.
 */
export async function keptSession(key: string, { host, keepsSessions }: Lookup, fetch: () => Promise<Dict>): Promise<Session> {
  if (!keepsSessions) return sessionIn(await fetch())
  const store = storeIn('~/.aws/cli/cache', host)
  const kept = store.read(key)
  const session = kept && sessionIn(kept)
  if (session !== undefined && session.expiration.remaining(host.clock) >= MARGIN) {
    host.debug(`credentials: a session of an earlier run is used: ~/.aws/cli/cache/${key}.json`)
    return session
  }
  const reply = await fetch()
  store.write(key, reply)
  return sessionIn(reply)
}

function sessionIn(reply: Dict): Session {
  const credentials = dictMember(reply, 'Credentials')
  return {
    credentials: credentialsOf(credentials, 'AccessKeyId', 'SecretAccessKey', 'SessionToken'),
    expiration: expirationOf(member(credentials, 'Expiration')),
  }
}
