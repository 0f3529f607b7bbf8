/** Signature Version 4 as IAM and STS check it: the request's clock, scope and signature. Says what AWS says to each thing wrong. */
import * as crypto from 'node:crypto'
import { ServiceRefusal } from './account.ts'

export interface SignedRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  /** By their lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

/** What the Authorization header claims. */
export interface Claim {
  readonly keyId: string
  /** Day, region and service, between which the key was derived. */
  readonly scope: readonly [day: string, region: string, service: string]
  readonly signedHeaders: readonly string[]
  readonly signature: string
  readonly date: string
  readonly token: string | undefined
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/
const TOLERANCE = 15 * 60_000

const mismatch = (message: string) => new ServiceRefusal('SignatureDoesNotMatch', 403, message)
const sha256 = (data: string | Uint8Array) => crypto.createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Uint8Array, data: string) => crypto.createHmac('sha256', key).update(data).digest()

/** The value of a header, several joined as HTTP does. */
function header({ headers }: SignedRequest, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

/** Throws a ServiceRefusal where the request is not signed. */
export function readClaim(request: SignedRequest): Claim {
  const match = AUTHORIZATION.exec(header(request, 'authorization') ?? '')
  if (!match) throw new ServiceRefusal('MissingAuthenticationToken', 403, 'Request is missing Authentication Token')
  const [, keyId = '', day = '', region = '', service = '', names = '', signature = ''] = match
  return {
    keyId,
    scope: [day, region, service],
    signedHeaders: names.split(';'),
    signature,
    date: header(request, 'x-amz-date') ?? '',
    token: header(request, 'x-amz-security-token'),
  }
}

/** Throws a ServiceRefusal unless `claim` is what signing `request` with `secret` for `service` gives, at about `now`. */
export function checkSignature(request: SignedRequest, claim: Claim, secret: string, service: string, now: number): void {
  const [day, region, scopedService] = claim.scope
  if (scopedService !== service) throw mismatch(`Credential should be scoped to correct service: '${service}'.`)
  // IAM is global and lives in one region; STS answers in each.
  if (service === 'iam' && region !== 'us-east-1') throw mismatch('Credential should be scoped to a valid region.')
  checkClock(claim.date, day, now)
  for (const name of ['host', 'x-amz-date']) {
    if (!claim.signedHeaders.includes(name)) throw mismatch(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`)
  }
  const scope = `${day}/${region}/${service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', claim.date, scope, sha256(canonical(request, claim.signedHeaders))].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`)
  if (crypto.timingSafeEqual(hmac(key, toSign), Buffer.from(claim.signature, 'hex'))) return
  throw mismatch(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. ' +
      'Consult the service documentation for details.',
  )
}

function checkClock(date: string, day: string, now: number): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)
  if (!parts) {
    throw new ServiceRefusal(
      'IncompleteSignature',
      400,
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    )
  }
  if (!date.startsWith(day)) {
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${date.slice(0, 8)}', from '${date}'.`,
    )
  }
  const [, year, month, dayOfMonth, hour, minute, second] = parts
  const signed = Date.parse(`${year}-${month}-${dayOfMonth}T${hour}:${minute}:${second}Z`)
  const basic = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')
  if (signed < now - TOLERANCE) {
    throw mismatch(`Signature expired: ${date} is now earlier than ${basic(now - TOLERANCE)} (${basic(now)} - 15 min.)`)
  }
  if (signed > now + TOLERANCE) {
    throw mismatch(`Signature not yet current: ${date} is still later than ${basic(now + TOLERANCE)} (${basic(now)} + 15 min.)`)
  }
}

/** The one form of a request that both sides can agree on. */
function canonical(request: SignedRequest, signedHeaders: readonly string[]): string {
  const [path = '/', query = ''] = request.url.split('?')
  const encode = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const parameters = [...new URLSearchParams(query)].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort()
  const headers = signedHeaders.map(name => `${name}:${(header(request, name) ?? '').trim().replace(/ +/g, ' ')}`)
  return [request.method, path, parameters.join('&'), ...headers, '', signedHeaders.join(';'), sha256(request.body)].join('\n')
}
