/**
 * Sessions kept for the next run, in files that aws-cli shares with us: `~/.aws/cli/cache/<sha1>.json` (JSONFileCache of
 * botocore/utils.py, CachedCredentialFetcher of botocore/credentials.py, 2.36.7).
 */

import * as crypto from 'node:crypto'
import { Failure } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { dumps, loads } from '../../python/json.ts'
import { expandUser } from '../../python/path.ts'
import { repr } from '../../python/repr.ts'
import { type Dict, isDict } from '../../python/value.ts'
import { expirationOf } from './expiration.ts'
import type { Lookup, Session } from './provider.ts'
import { credentialsOf, decodeUtf8, dictMember, member } from './response.ts'

/** A directory of JSON files. */
export interface Store {
  /** Undefined where there is none. Throws a Failure, as Python's KeyError, where it is no JSON object. */
  read(key: string): Dict | undefined
  /** 0600, at once. A file that cannot be written is not worth failing for: the session at hand is good. */
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
        // The same sentence for every way in which it is no JSON object.
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

/** A kept session is used up to 15 minutes before its end. */
const MARGIN = 15 * 60_000

/**
 * The session kept under `key`, or a new one, which is then kept. `fetch` answers with what is written: `{Credentials: {AccessKeyId,
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
