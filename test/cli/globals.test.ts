import { expect, test } from 'vitest'
import { checkEndpointUrl } from '../../src/cli/globals.ts'
import { ParameterError } from '../../src/core/errors.ts'

test.each([undefined, 'http://localhost', 'HTTPS://x', ' http://x', 'http:', 'ftp://x', 'localhost:80'])(
  '%j has a scheme, or is none',
  url => {
    expect(() => checkEndpointUrl(url)).not.toThrow()
  },
)

// Recorded from aws-cli 2.36.7.
test.each(['', 'x', '127.0.0.1:4650', '//x', '://x', 'a b://x', '1http://x'])('%j has no scheme', url => {
  expect(() => checkEndpointUrl(url)).toThrow(
    new ParameterError(
      `Bad value for --endpoint-url "${url}": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/`,
    ),
  )
})
