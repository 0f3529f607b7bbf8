/** Credentials printed by a program (ProcessProvider of botocore/credentials.py, 2.36.7). It is started without a shell. */

import { Failure } from '../../core/errors.ts'
import { commandWords } from '../../core/executable.ts'
import { type Finished, type Host, isSystemError } from '../../core/host.ts'
import { osErrorMessage } from '../../python/oserror.ts'
import { repr, str, typeName } from '../../python/repr.ts'
import { type Dict, isDict } from '../../python/value.ts'
import { expirationOf } from './expiration.ts'
import {
  type CredentialProvider,
  CredentialRetrievalFailure,
  type Credentials,
  type Lookup,
  lasting,
  type Session,
  textOf,
} from './provider.ts'
import { decodeUtf8, parseJson, textMember } from './response.ts'

const METHOD = 'custom-process'

/** Runs the program now, and again before signing if its credentials have expired. Throws a Failure with its standard error. */
export async function credentialProcess(lookup: Lookup): Promise<CredentialProvider | undefined> {
  const command = textOf(lookup.profile, 'credential_process')
  if (command === undefined) return undefined
  const { host } = lookup
  const words = commandWords(command, host.platform)
  host.debug(`credentials: starting the program of credential_process, ${repr(words[0] ?? '')}`)
  const reply = execute(words, host)
  const credentials = credentialsIn(reply)
  if ((reply.get('Expiration') ?? null) === null) return { method: METHOD, load: async () => credentials }
  const session = sessionIn(reply)
  return { method: METHOD, load: () => lasting(session, () => sessionIn(execute(words, host)), host.clock) }
}

function execute(words: readonly string[], host: Host): Dict {
  let finished: Finished
  try {
    finished = host.execute(words)
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new Failure(osErrorMessage(cause, words[0] ?? ''), { cause })
  }
  if (finished.status !== 0) throw new CredentialRetrievalFailure(METHOD, decodeUtf8(finished.stderr))
  const reply = parseJson(decodeUtf8(finished.stdout))
  if (!isDict(reply)) throw new Failure(`'${typeName(reply)}' object has no attribute 'get'`)
  return reply
}

/** Throws a Failure unless the version is 1 (`1.0` and `true` are equal to it in Python), and for a missing member. */
function credentialsIn(reply: Dict): Credentials {
  const version = reply.get('Version') ?? (reply.has('Version') ? null : '<Version key not provided>')
  if (version !== 1n && version !== 1 && version !== true) {
    throw new CredentialRetrievalFailure(
      METHOD,
      `Unsupported version '${str(version)}' for credential process provider, supported versions: 1`,
    )
  }
  const missing = ['AccessKeyId', 'SecretAccessKey'].find(name => !reply.has(name))
  if (missing !== undefined) throw new CredentialRetrievalFailure(METHOD, `Missing required key in response: ${repr(missing)}`)
  return {
    accessKeyId: textMember(reply, 'AccessKeyId'),
    secretAccessKey: textMember(reply, 'SecretAccessKey'),
    ...((reply.get('SessionToken') ?? null) !== null && { sessionToken: textMember(reply, 'SessionToken') }),
  }
}

const sessionIn = (reply: Dict): Session => ({
  credentials: credentialsIn(reply),
  expiration: expirationOf(reply.get('Expiration') ?? null),
})
