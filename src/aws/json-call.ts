/**
 * Calls an operation of a service with AWS's JSON protocol. The request is built here and signed by the SDK's signer; the SDK's clients for
 * these services are many times larger than what is needed. Knows no operation.
 */

import { partition } from '@aws-sdk/core/client'
import { Sha256 } from '@smithy/core/checksum'
import { HttpRequest } from '@smithy/core/protocols'
import { SignatureV4 } from '@smithy/signature-v4'
import { Failure } from '../core/errors.ts'
import type { Clock } from '../core/host.ts'
import type { AwsRequest, RemoteReply } from '../core/remote.ts'
import { headerTime } from '../core/service-time.ts'
import { type Transport, withNamedPort } from '../core/transport.ts'
import { dumps } from '../python/json.ts'

/** The part of the X-Amz-Target header before the operation. */
const TARGETS = { secretsmanager: 'secretsmanager', ssm: 'AmazonSSM' } as const

/** The least difference, in milliseconds, between a reply's date and this machine's clock that makes a retry worthwhile. */
const CLOCK_STEP = 240_000

interface JsonCallOptions {
  /** Undefined if none is configured. */
  readonly region: string | undefined
  /** A custom endpoint; undefined for AWS's. */
  readonly endpointFor: (service: AwsRequest['service']) => string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
  readonly transport: Transport
  readonly userAgent: string
  readonly clock: Clock
}

/** Throws a TransportFailure, and a Failure without a region. After a refusal because of the clock, signs again by the service's clock. */
export function createJsonCall(options: JsonCallOptions): (request: AwsRequest, stop: AbortSignal) => Promise<RemoteReply> {
  const { transport, clock } = options
  let offset = 0

  async function sendOnce(awsRequest: AwsRequest, stop: AbortSignal): Promise<RemoteReply> {
    const region = awsRequest.region ?? options.region
    if (region === undefined) throw new Failure('no region is configured, and its name has none')
    const request = await signed(awsRequest, region, new Date(clock.now() + offset), options)
    const { response } = await transport.handle(withNamedPort(request, options.endpointFor(awsRequest.service)), { abortSignal: stop })
    return { status: response.statusCode, headers: response.headers, body: Buffer.from(response.body).toString() }
  }

  return async (awsRequest, stop) => {
    const reply = await sendOnce(awsRequest, stop)
    const now = headerTime(reply.headers.date)
    if (now === undefined) return reply
    const measuredOffset = now - clock.now()
    const isRefused = reply.status >= 400 && reply.status < 500
    if (!isRefused || Math.abs(measuredOffset - offset) < CLOCK_STEP) return reply
    offset = measuredOffset
    return sendOnce(awsRequest, stop)
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
 * The endpoint rules of both services (endpoint-rule-set-1.json of botocore), with the SDK's table of partitions. Exceptions: in aws,
 * aws-cn and aws-us-gov Secrets Manager's usual hosts answer over IPv6, and in aws-us-gov SSM's usual host is its FIPS endpoint.
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
