/** One of the services of `profiles.ts` on loopback: its keys, its replies, and faults for the reply to CreateAccessKey. Signatures are not looked at. */
import * as http from 'node:http'
import type { Profile, ServiceKey } from './profiles.ts'

/** What becomes of the next reply to CreateAccessKey, once the key is made. */
export type CreateFault =
  /** 500, and the key is there. */
  | 'fails'
  /** The connection breaks off behind the closing tag of the key's id. */
  | 'cut behind the id'
  /** The body is another one. */
  | ((honest: string) => string | Uint8Array)

export interface Call {
  readonly action: string
  readonly parameters: Readonly<Record<string, string>>
}

export interface Service {
  readonly endpoint: string
  readonly keys: ServiceKey[]
  readonly calls: Call[]
  /** A key that was there before. */
  add(user: string, id: string, created?: number): ServiceKey
  /** The key that the next CreateAccessKey makes; else the profile's, in turn. */
  readonly next: (readonly [id: string, secret: string])[]
  fail(fault: CreateFault): void
  /** What DeleteAccessKey answers instead: its status, and no body. */
  wordless: 200 | 204 | undefined
  close(): Promise<void>
}

export interface Options {
  /** How many keys a user may have. */
  readonly limit?: number
  /** Whether replies have a Date. */
  readonly dated?: boolean
  readonly now?: () => number
}

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** The user whom the key belongs to that signs. */
export const CALLER = 'admin'

export async function serveProfile(
  profile: Profile,
  { dated = true, now = Date.now, limit = Number.POSITIVE_INFINITY }: Options = {},
): Promise<Service> {
  const keys: ServiceKey[] = []
  const calls: Call[] = []
  const next: (readonly [string, string])[] = []
  const faults: CreateFault[] = []
  let made = 0

  const make = (user: string): ServiceKey => {
    const pair = next.shift() ?? profile.pairs[made++ % profile.pairs.length]
    if (pair === undefined) throw new Error('the profile has no key')
    const [id, secret] = pair
    const key: ServiceKey = { user, id, secret, created: now(), status: 'Active' }
    keys.push(key)
    return key
  }

  const find = (user: string, id: string | undefined): ServiceKey => {
    const key = keys.find(key => key.user === user && key.id === id)
    if (key === undefined) throw new Refusal(404, 'NoSuchEntity', `The Access Key with id ${id} cannot be found.`)
    return key
  }

  const answer = ({ action, parameters }: Call, signer?: string): string => {
    const { UserName: user = CALLER, AccessKeyId: id } = parameters
    switch (action) {
      case 'CreateAccessKey':
        if (keys.filter(key => key.user === user).length >= limit) throw new Refusal(409, 'LimitExceeded', 'Cannot exceed quota')
        return profile.created(make(user))
      case 'ListAccessKeys':
        return profile.listed(
          user,
          keys.filter(key => key.user === user),
        )
      case 'UpdateAccessKey':
        find(user, id).status = parameters.Status === 'Inactive' ? 'Inactive' : 'Active'
        return profile.done(action)
      case 'DeleteAccessKey': {
        const at = keys.findIndex(key => key.user === user && key.id === id)
        if (at >= 0) keys.splice(at, 1)
        else if (!profile.deletesUnknown) find(user, id)
        return profile.done(action)
      }
      case 'GetAccessKeyLastUsed': {
        if (profile.lastUsed === undefined) break
        const key = keys.find(key => key.id === id)
        if (key === undefined) throw new Refusal(404, 'NoSuchEntity', `The Access Key with id ${id} cannot be found.`)
        return profile.lastUsed(key)
      }
      case 'GetCallerIdentity':
        return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/${userOf(signer)}</Arn><UserId>${userOf(signer)}</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
    }
    throw new Refusal(501, 'NotImplemented', `${action} is not implemented`)
  }

  const userOf = (signer: string | undefined) => keys.find(({ id }) => id === signer)?.user ?? CALLER

  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const parameters = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
    const call = { action: parameters.Action ?? '', parameters }
    calls.push(call)
    response.sendDate = false
    const headers = { 'content-type': profile.contentType, ...(dated && { date: new Date(now()).toUTCString() }) }
    try {
      const honest = answer(call, /Credential=(.*?)\/\d{8}\//.exec(request.headers.authorization ?? '')?.[1])
      const fault = call.action === 'CreateAccessKey' ? faults.shift() : undefined
      if (fault === 'fails') throw new Refusal(500, 'InternalFailure', 'The request processing has failed')
      if (call.action === 'DeleteAccessKey' && service.wordless) {
        response.writeHead(service.wordless, { ...headers, 'content-length': 0 }).end()
        return
      }
      const body = typeof fault === 'function' ? fault(honest) : honest
      if (fault === 'cut behind the id') {
        response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) })
        const end = honest.indexOf('</AccessKeyId>') + '</AccessKeyId>'.length
        response.write(honest.slice(0, end), () => response.destroy())
        return
      }
      const framed = profile.chunked ? {} : { 'content-length': Buffer.byteLength(body) }
      response.writeHead(200, { ...headers, ...framed }).end(body)
    } catch (error) {
      if (!(error instanceof Refusal)) {
        response.destroy(error instanceof Error ? error : undefined)
        return
      }
      const body = profile.error(error.code, error.message)
      response.writeHead(error.status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const service: Service = {
    endpoint: `http://127.0.0.1:${address.port}`,
    keys,
    calls,
    next,
    add(user, id, created = now()) {
      const key: ServiceKey = { user, id, secret: 'unknown', created, status: 'Active' }
      keys.push(key)
      return key
    },
    fail: fault => void faults.push(fault),
    wordless: undefined,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return service
}
