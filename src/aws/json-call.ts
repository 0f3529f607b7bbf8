/**
 * One operation of a service that speaks AWS's JSON protocol: the request by hand, the signature by the SDK's own signer. The clients that
 * the SDK has for these services are many times the size of what is asked of them. Knows no operation.
 */

import { partition } from '@aws-sdk/core/client'
import { Sha256 } from '@smithy/core/checksum'
import { HttpRequest } from '@smithy/core/protocols'
import { SignatureV4 } from '@smithy/signature-v4'
import { Failure } from '../core/errors.ts'
import type { Clock } from '../core/host.ts'
import type { AwsRequest, RemoteReply } from '../core/remote.ts'
import { type Transport, withNamedPort } from '../core/transport.ts'
import { dumps } from '../python/json.ts'

/** The part of the X-Amz-Target header before the operation. */
const TARGETS = { secretsmanager: 'secretsmanager', ssm: 'AmazonSSM' } as const

/** So many milliseconds a reply must be away from this machine's clock for a new signature to be worth a try. */
const CLOCK_STEP = 240_000

interface JsonCallOptions {
  /** Undefined where none is configured. */
  readonly region: string | undefined
  /** A custom endpoint; undefined for AWS's own. */
  readonly endpointFor: (service: AwsRequest['service']) => string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
  readonly transport: Transport
  readonly userAgent: string
  readonly clock: Clock
}

/** Throws a TransportFailure, and a Failure without a region. A refusal by a service whose clock is another is asked again, signed by that clock. */
export function createJsonCall(options: JsonCallOptions): (request: AwsRequest, stop: AbortSignal) => Promise<RemoteReply> {
  const { transport, clock } = options
  let offset = 0

  async function once(asked: AwsRequest, stop: AbortSignal): Promise<RemoteReply> {
    const region = asked.region ?? options.region
    if (region === undefined) throw new Failure('no region is configured, and its name has none')
    const request = await signed(asked, region, new Date(clock.now() + offset), options)
    const { response } = await transport.handle(withNamedPort(request, options.endpointFor(asked.service)), { abortSignal: stop })
    return { status: response.statusCode, headers: response.headers, body: Buffer.from(response.body).toString() }
  }

  return async (asked, stop) => {
    const reply = await once(asked, stop)
    const said = Date.parse(reply.headers.date ?? '') - clock.now()
    const isRefused = reply.status >= 400 && reply.status < 500
    if (!isRefused || !(Math.abs(said - offset) >= CLOCK_STEP)) return reply
    offset = said
    return once(asked, stop)
  }
}

async function signed(
  { service, operation, input }: AwsRequest,
  region: string,
  signingDate: Date,
  { endpointFor, credentials, userAgent, useFipsEndpoint, useDualstackEndpoint }: JsonCallOptions,
): Promise<HttpRequest> {
  const { protocol, hostname, host, port, pathname } = new URL(
    endpointFor(service) ?? ownEndpoint(service, region, { useFipsEndpoint, useDualstackEndpoint }),
  )
  const request = new HttpRequest({
    method: 'POST',
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path: pathname,
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${TARGETS[service]}.${operation}`,
      'user-agent': userAgent,
    },
    body: dumps(input),
  })
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 })
  return (await signer.sign(request, { signingDate })) as HttpRequest
}

/**
 * The rules of both services' endpoints (endpoint-rule-set-1.json of botocore), with the SDK's table of partitions. Their exceptions: Secrets
 * Manager answers over IPv6 at its usual names where the partition is aws, aws-cn or aws-us-gov, and SSM's usual name in aws-us-gov is its
 * FIPS endpoint.
 */
function ownEndpoint(
  service: AwsRequest['service'],
  region: string,
  { useFipsEndpoint: fips, useDualstackEndpoint: dualstack }: Pick<JsonCallOptions, 'useFipsEndpoint' | 'useDualstackEndpoint'>,
): string {
  const { name, dnsSuffix, dualStackDnsSuffix } = partition(region)
  const hasPlainNames = service === 'secretsmanager' && ['aws', 'aws-us-gov', ...(fips ? [] : ['aws-cn'])].includes(name)
  const suffix = dualstack && !hasPlainNames ? dualStackDnsSuffix : dnsSuffix
  const isFipsAnyway = service === 'ssm' && name === 'aws-us-gov' && !dualstack
  return `https://${service}${fips && !isFipsAnyway ? '-fips' : ''}.${region}.${suffix}`
}
