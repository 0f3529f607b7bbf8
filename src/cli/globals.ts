/** What aws-cli checks of the global options before it looks at the command (customizations/globalargs.py, 2.36.7), as far as it needs no other stage. */

import { ParameterError } from '../core/errors.ts'

/** Python's `urlsplit` finds a scheme: a letter, then letters, digits and `+-.` up to a colon; control characters and blanks before it do not count. */
const SCHEME = /^[\0- ]*[a-zA-Z][a-zA-Z\d+.-]*:/

/** @throws ParameterError for an --endpoint-url without a scheme */
export function checkEndpointUrl(url: string | undefined): void {
  if (url === undefined || SCHEME.test(url.replace(/[\t\r\n]/g, ''))) return
  throw new ParameterError(
    `Bad value for --endpoint-url "${url}": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/`,
  )
}
