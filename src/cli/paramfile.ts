/** `file://` and `fileb://`: a value read from a file (awscli/paramfile.py, aws-cli 2.36.7). Any other value is used as it is. */

import { Failure, ParameterError } from '../core/errors.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { LookupError, readText, UnicodeDecodeError, UnicodeError } from '../python/codec.ts'
import { osErrorMessage } from '../python/oserror.ts'
import { expandUser, expandVars } from '../python/path.ts'

const TEXT = 'file://'
const BINARY = 'fileb://'

/**
 * The value of an option: text, or the bytes of a `fileb://`. Text files are decoded by AWS_CLI_FILE_ENCODING, or UTF-8.
 *
 * @param option its name in error messages: `--user-name`
 * @throws ParameterError for a file that cannot be read
 * @throws Failure for an unknown encoding
 */
export function loadValue(option: string, value: string, host: Pick<Host, 'env' | 'files' | 'home'>): string | Uint8Array {
  const prefix = [TEXT, BINARY].find(prefix => value.startsWith(prefix))
  if (prefix === undefined) return value
  const path = expandVars(expandUser(value.slice(prefix.length), host), host.env)
  const refuse = (why: string) => new ParameterError(`Error parsing parameter '${option}': ${why}`)
  try {
    const bytes = host.files.read(path)
    return prefix === BINARY ? bytes : readText(bytes, host.env.AWS_CLI_FILE_ENCODING ?? 'utf-8')
  } catch (error) {
    if (isSystemError(error)) throw refuse(`Unable to load paramfile ${value}: ${osErrorMessage(error, path)}`)
    if (error instanceof UnicodeDecodeError) {
      throw refuse(
        `Unable to load paramfile (${path}), text contents could not be decoded.  If this is a binary file, please use the fileb:// prefix instead of the file:// prefix.`,
      )
    }
    throw error instanceof LookupError || error instanceof UnicodeError ? new Failure(error.message) : error
  }
}
