/**
 * What every client of the SDK is made with, whatever it asks: answers to all that it would otherwise look for in the environment and in
 * files, by rules of its own, and no retries, for those are ours. Knows no service.
 */

const ignored = () => {}

export const CLIENT_DEFAULTS = {
  ignoreConfiguredEndpointUrls: true,
  maxAttempts: 1,
  retryMode: 'standard',
  defaultsMode: 'standard',
  // Without an answer the signer opens ~/.aws/config; a refusal for the clock's sake corrects the next attempt.
  disableClockSkewCorrection: async () => false,
  logger: { trace: ignored, debug: ignored, info: ignored, warn: ignored, error: ignored },
} as const

const NO_AUTH = 'smithy.api#noAuth'

/** For requests without a signature; the SDK's own rules would sign some all the same. */
export const UNSIGNED = {
  httpAuthSchemes: [
    { schemeId: NO_AUTH, identityProvider: () => async () => ({}), signer: { sign: async <Request>(request: Request) => request } },
  ],
  httpAuthSchemeProvider: () => [{ schemeId: NO_AUTH }],
}
