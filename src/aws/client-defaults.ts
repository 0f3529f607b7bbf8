/**
 * The settings shared by all clients of the SDK: values for everything that it would otherwise read from the environment and from files by
 * its own rules, and no retries. Knows no service.
 */

const ignored = () => {}

export const CLIENT_DEFAULTS = {
  ignoreConfiguredEndpointUrls: true,
  maxAttempts: 1,
  retryMode: 'standard',
  defaultsMode: 'standard',
  // Without a value the signer opens ~/.aws/config. A refusal because of the clock corrects the next attempt.
  disableClockSkewCorrection: async () => false,
  logger: { trace: ignored, debug: ignored, info: ignored, warn: ignored, error: ignored },
} as const

const NO_AUTH = 'smithy.api#noAuth'

/** For unsigned requests; the SDK's rules would sign some of them. */
export const UNSIGNED = {
  httpAuthSchemes: [
    { schemeId: NO_AUTH, identityProvider: () => async () => ({}), signer: { sign: async <Request>(request: Request) => request } },
  ],
  httpAuthSchemeProvider: () => [{ schemeId: NO_AUTH }],
}
