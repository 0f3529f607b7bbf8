/** aws-cli's checks of the global options that precede those of the command (customizations/globalargs.py, 2.36.7). */

import { ParameterError } from '../core/errors.ts'

/** A URL with a scheme by the rules of Python's `urlsplit`, which skips leading control characters and spaces. */
const SCHEME = /^[\0- ]*[a-zA-Z][a-zA-Z\d+.-]*:/

/** @throws ParameterError for an --endpoint-url without a scheme */
export function checkEndpointUrl(url: string | undefined): void {
  if (url === undefined || SCHEME.test(url) || SCHEME.test(url.replace(/[\t\r\n]/g, ''))) return
  throw new ParameterError(
    `Bad value for --endpoint-url "${url}": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/`,
  )
}
