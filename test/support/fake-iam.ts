/**
 * IAM and STS on loopback: the Query protocol over real HTTP, every signature verified, and ways to break a call on purpose. What an
 * account is and answers is `account.ts` and `actions.ts`; this file owns the wire.
 *
 *     const account = new Account({ users: ['Bob'] })
 *     const iam = await serve(account)
 *     iam.fail('CreateAccessKey', Fault.lostReply)     // the next call: the key exists, and nobody hears of it
 */
import * as crypto from 'node:crypto'
import * as http from 'node:http'
import * as timers from 'node:timers/promises'
import { type Account, type Parameters, ServiceRefusal } from './account.ts'
import { ACTIONS, type Action, isAction, perform, type Result } from './actions.ts'
import { checkSignature, readClaim, type SignedRequest } from './signature.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What goes wrong with one call. Without any member nothing does. */
export interface Fault {
  /** False: the account never hears of the call. */
  readonly carriedOut?: boolean
  /** Milliseconds from the call to its reply. */
  readonly delay?: number
  /** What is said instead of the honest reply; or the connection is reset, or stays open and silent. */
  readonly reply?: 'reset' | 'silence' | ((honest: Reply) => Reply)
  /** So many bytes of the body arrive, then the connection breaks off. */
  readonly cutAfter?: number
}

/** An error as these services word it, put in the place of the honest reply. */
export const refusal =
  (status: number, code: string, message: string) =>
  (honest: Reply): Reply => ({ ...honest, status, body: errorBody('iam', status, code, message, honest.headers['x-amzn-requestid']) })

/** The faults tests speak of by name: each as seen from outside, and whether the call took effect. */
export const Fault = {
  none: {},
  lostRequest: { carriedOut: false, reply: 'reset' },
  lostReply: { reply: 'reset' },
  neverAnswered: { carriedOut: false, reply: 'silence' },
  stuckReply: { reply: 'silence' },
  cutReply: { cutAfter: 100 },
  failedBefore: {
    carriedOut: false,
    reply: refusal(500, 'ServiceFailure', 'The request processing has failed because of an unknown error'),
  },
  failedAfter: { reply: refusal(500, 'ServiceFailure', 'The request processing has failed because of an unknown error') },
  throttled: { carriedOut: false, reply: refusal(400, 'Throttling', 'Rate exceeded') },
} as const satisfies Readonly<Record<string, Fault>>

/** One request as the log keeps it. */
export interface Call {
  readonly action: string
  readonly parameters: Parameters
  /** The access key id that signed it; undefined where it was not signed. */
  keyId: string | undefined
  readonly at: number
  /** `OK`, or the code of the refusal; what was really done, whatever the caller was told. */
  outcome: string
}

/** Moments a test can hold: the server goes on when the hook's promise resolves. */
export type Moment = 'received' | 'decided' | 'replied'

export interface ServeOptions {
  /** Zero, and by default, a free one. */
  readonly port?: number
  readonly on?: (moment: Moment, call: Call) => void | Promise<void>
  /** So many calls in a second, and as many at once after a pause; what is more is throttled. */
  readonly perSecond?: number
}

export interface FakeIam {
  readonly endpoint: string
  readonly calls: readonly Readonly<Call>[]
  /** The next calls of this action meet these faults, one each. */
  fail(action: Action, ...faults: readonly Fault[]): void
  /** How many calls were throttled for `perSecond`. */
  readonly throttled: number
  /** Faults no call has met: a test that scripted too many checks nothing. */
  readonly unmet: number
  close(): Promise<void>
}

const API = {
  iam: { version: '2010-05-08', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
  sts: { version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
} as const

/** Serves the account on 127.0.0.1 until closed. */
export async function serve(account: Account, { port = 0, on = () => {}, perSecond }: ServeOptions = {}): Promise<FakeIam> {
  const calls: Call[] = []
  const faults = new Map<string, Fault[]>()

  let [room, last] = [perSecond ?? 0, Date.now()]
  let throttled = 0
  function hasRoom(): boolean {
    if (perSecond === undefined) return true
    const now = Date.now()
    room = Math.min(perSecond, room + ((now - last) / 1000) * perSecond)
    last = now
    if (room < 1) {
      throttled++
      return false
    }
    room--
    return true
  }

  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const signed = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: await read(request) }
    const parameters = Object.fromEntries(new URLSearchParams(signed.body.toString()))
    const call: Call = { action: parameters.Action ?? '', parameters, keyId: undefined, at: account.now(), outcome: 'OK' }
    calls.push(call)
    await on('received', call)
    const fault: Fault = faults.get(call.action)?.shift() ?? (hasRoom() ? Fault.none : Fault.throttled)
    const honest = decide(account, signed, call, fault)
    await on('decided', call)
    if (fault.delay) await timers.setTimeout(fault.delay, undefined, { ref: false })
    send(response, honest, fault)
    await on('replied', call)
  }

  const server = http.createServer((request, response) => {
    // A mistake in here must fail the test that met it, not hang it.
    answer(request, response).catch(error => response.destroy(error))
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const close = async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls,
    fail: (action, ...more) => faults.set(action, [...(faults.get(action) ?? []), ...more]),
    get throttled() {
      return throttled
    },
    get unmet() {
      return [...faults.values()].flat().length
    },
    close,
  }
}

/** What the account does with a call, and what it says to it. */
function decide(account: Account, signed: SignedRequest, call: Call, fault: Fault): Reply {
  const { action, parameters } = call
  const service = isAction(action) ? ACTIONS[action].service : 'iam'
  const requestId = crypto.randomUUID()
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, date: new Date(account.now()).toUTCString() }
  try {
    if (!isAction(action) || parameters.Version !== API[service].version) {
      throw new ServiceRefusal('InvalidAction', 400, `Could not find operation ${action} for version ${parameters.Version}`)
    }
    const claim = readClaim(signed)
    const caller = account.identify(claim.keyId, claim.token)
    checkSignature(signed, claim, caller.secret, service, account.now())
    call.keyId = claim.keyId
    if ('user' in caller) caller.used = { at: account.now(), service, region: claim.scope[1] }
    const result = fault.carriedOut === false ? {} : perform(account, action, parameters, caller)
    return { status: 200, headers, body: resultBody(action, result, requestId) }
  } catch (error) {
    if (!(error instanceof ServiceRefusal)) throw error
    call.outcome = error.code
    return { status: error.status, headers, body: errorBody(service, error.status, error.code, error.message, requestId) }
  }
}

async function read(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function send(response: http.ServerResponse, honest: Reply, { reply, cutAfter }: Fault): void {
  if (reply === 'silence') return
  if (reply === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  const { status, headers, body } = reply ? reply(honest) : honest
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  if (cutAfter === undefined) response.end(body)
  else response.write(Buffer.from(body).subarray(0, cutAfter), () => response.destroy())
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function xml(value: Result): string {
  if (typeof value === 'string') return value.replace(/[&<>"]/g, char => ENTITIES[char] ?? char)
  if (Array.isArray(value)) return value.map(member => `<member>${xml(member)}</member>`).join('')
  return Object.entries(value)
    .map(([name, member]) => (member === undefined ? '' : `<${name}>${xml(member)}</${name}>`))
    .join('')
}

/** An operation that answers nothing has no `…Result` element. */
function resultBody(action: Action, result: Result, requestId: string): string {
  const members = Object.keys(result).length > 0 ? { [`${action}Result`]: result } : {}
  const inner = xml({ ...members, ResponseMetadata: { RequestId: requestId } })
  return `<${action}Response xmlns="${API[ACTIONS[action].service].namespace}">${inner}</${action}Response>`
}

function errorBody(service: 'iam' | 'sts', status: number, code: string, message: string, requestId = ''): string {
  const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message }
  return `<ErrorResponse xmlns="${API[service].namespace}">${xml({ Error: error, RequestId: requestId })}</ErrorResponse>`
}
