/**
 * What a recording of `aws iam create-access-key` (aws-cli 2.36.7) holds, and when a run of iamkey counts as the same: byte for byte, but
 * for the program's name, the service's own timestamps, and the places where iamkey is better on purpose.
 */
import * as fs from 'node:fs'
import type { Seen } from './recorded-endpoint.ts'

export interface Recording {
  readonly id: string
  readonly area: string
  readonly argv: readonly string[]
  /** Added to the bench's own environment; null takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>
  readonly files?: Readonly<Record<string, string | { readonly b64: string }>>
  readonly stdin?: string
  readonly tty?: unknown
  readonly shell?: string
  readonly signal?: unknown
  readonly expect: { readonly stdout: Text; readonly stderr: Text; readonly rc: number }
  readonly requests: readonly Shape[]
}

/** Output that is not UTF-8 is kept as it was. */
export type Text = string | { readonly b64: string }

/** The part of a request that must be the same, by name. */
export type Shape = Readonly<Record<string, string>>

export interface Observed {
  readonly code: number
  readonly stdout: Text
  readonly stderr: Text
  readonly requests: readonly Shape[]
}

const recorded = (name: string) => new URL(`../recordings/${name}`, import.meta.url)
export const RECORDINGS: readonly Recording[] = JSON.parse(fs.readFileSync(recorded('aws-cli-2.36.7.json'), 'utf8'))
const REPLIES: Readonly<Record<string, { status: number; body: string }>> = JSON.parse(fs.readFileSync(recorded('replies.json'), 'utf8'))

const KEY_ID = 'AKIAIOSFODNN7EXAMPLE'
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY'

/** A request as the recordings keep it: without what differs from run to run and from client to client. */
export function shape({ method, path, headers, body }: Seen): Shape {
  const kept: Record<string, string> = { method, path, body: body.replace(/RoleSessionName=[a-z-]+-\d+/, 'RoleSessionName=<generated>') }
  const [, credential] = /Credential=([^,]+)/.exec(String(headers.authorization ?? '')) ?? []
  if (credential) kept.credential = credential.replace(/\/\d{8}\//, '/<date>/')
  const told = ['host', 'x-amz-security-token', 'proxy-authorization', 'x-amz-sso_bearer_token', 'x-aws-ec2-metadata-token', 'content-type']
  for (const name of told) if (headers[name] !== undefined) kept[name] = String(headers[name])
  return kept
}

/** What iamkey must do where it does not differ on purpose. */
export function wanted({ env, files, expect, requests }: Recording): Observed {
  const asksForIso = JSON.stringify([env, files]).includes('cli_timestamp_format')
  const [, date] = /\/date\/(.*)$/.exec(env.AWS_ENDPOINT_URL ?? '') ?? []
  const stdout = edited(expect.stdout, text => ownName(asksForIso ? text : asSent(text, date)))
  return { code: expect.rc, stdout, stderr: edited(expect.stderr, ownName), requests }
}

/** Output that is not UTF-8 is edited byte by byte. */
function edited(text: Text, edit: (text: string) => string): Text {
  if (typeof text === 'string') return edit(text)
  const bytes = Buffer.from(edit(Buffer.from(text.b64, 'base64').toString('latin1')), 'latin1')
  return { b64: bytes.toString('base64') }
}

/** In the prefix of a message and in the usage block; not inside JSON, whose line breaks are escaped. */
export const ownName = (text: string) =>
  text.replace(/^aws: /gm, 'iamkey: ').replace(/^(usage: | {2})aws (\[options\]|\[--|help|<command>)/gm, '$1iamkey $2')

/**
 * aws-cli 2 writes every timestamp anew; iamkey prints what the service sent, in tables padded to the same width.
 * @param date what the service sent, where it is not the usual one
 */
function asSent(text: string, date: string | undefined): string {
  if (date !== undefined) return text.replace(/("CreateDate": )".*"/, (_, name: string) => `${name}"${date}"`)
  const [rewritten, sent] = ['2015-03-09T18:39:23.411000+00:00', '2015-03-09T18:39:23.411Z']
  return text.replaceAll(/2015-03-09T18:39:23\.411000\+00:00( *\|)?/g, (_, border?: string) =>
    border ? sent.padEnd(rewritten.length) + border : sent,
  )
}

/** The reason where iamkey differs on purpose and does it right; else undefined. */
export function betterOnPurpose(recording: Recording, want: Observed, got: Observed): string | undefined {
  return DIFFERENCES.find(([, applies]) => applies(recording, want, got))?.[0]
}

const says = (text: Text, words: string) => typeof text === 'string' && text.includes(words)

const DIFFERENCES: readonly (readonly [reason: string, applies: (recording: Recording, want: Observed, got: Observed) => boolean])[] = [
  [
    'a user name IAM would refuse is refused before the call',
    ({ requests }, _, got) =>
      requests.some(request => isCreation(request) && !/^([\w+=,.@-]{1,128})?$/.test(parameters(request).get('UserName') ?? '')) &&
      got.code === 252 &&
      got.requests.length === 0 &&
      says(got.stderr, 'UserName'),
  ],
  ['IAM is global: no region is needed', (_, want, got) => says(want.stderr, 'NoRegion') && got.code === 0],
  [
    'the output skeleton works',
    (_, want, got) => says(want.stderr, 'valid min length: 16') && got.code === 0 && got.requests.length === 0 && got.stderr === '',
  ],
  ['its own version', (_, want, got) => says(want.stdout, 'aws-cli/2') && says(got.stdout, 'iamkey/') && got.code === 0],
  ['no key is lost', keepsThePromise],
]

const parameters = (request: Shape) => new URLSearchParams(request.body)
const isCreation = (request: Shape) => parameters(request).get('Action') === 'CreateAccessKey'
const isLooking = (request: Shape) => ['ListAccessKeys', 'DeleteAccessKey'].includes(parameters(request).get('Action') ?? '')

/** What the endpoint says to CreateAccessKey in a case. A 4xx refuses: there is no key. After an unclear end there may be one. */
function verdict({ argv, env, files, shell }: Recording): 'success' | 'refusal' | 'unclear' {
  const places = JSON.stringify([argv, env, files, shell])
  const match = /\{(?:SERVER|TLS|HOST|TLSHOST)\}\/(err|raw|seq|hang|reset|close)([^"\\\s]*)/.exec(places)
  if (!match) return 'success'
  const [, kind, rest = ''] = match
  const words = rest.split('/').slice(1)
  const refusing = (status: number) => status >= 400 && status < 500
  if (kind === 'err') return refusing(Number(words[1] ?? 400)) ? 'refusal' : 'unclear'
  if (kind === 'seq') return ['throttle', '408', '429', '403exp'].includes(words[2] ?? '') ? 'refusal' : 'unclear'
  const reply = kind === 'raw' ? REPLIES[words[0] ?? ''] : undefined
  if (!reply) return 'unclear'
  if (reply.status < 300 && reply.body.includes(SECRET)) return 'success'
  return refusing(reply.status) ? 'refusal' : 'unclear'
}

/** aws-cli loses the key it made, or may have made; iamkey refuses before, delivers it, names it, takes it back, or looks for it. */
function keepsThePromise(recording: Recording, want: Observed, got: Observed): boolean {
  const made = want.requests.find(isCreation)
  const delivered = says(want.stdout, SECRET)
  const said = verdict(recording)
  if (!made || said === 'refusal' || (delivered && said === 'success')) return false
  const sent = got.requests.filter(isCreation)
  if (sent.some(request => JSON.stringify(request) !== JSON.stringify(made)) || says(got.stderr, SECRET)) return false
  if (sent.length === 0) return got.stderr !== '' && got.code >= 252
  const looked = got.requests.some(isLooking)
  const same = got.stdout === want.stdout
  if (got.code !== 0) {
    const told = looked || says(got.stderr, 'delete-access-key') || says(got.stderr, 'list-access-keys')
    return told && got.stderr !== '' && !says(got.stdout, SECRET)
  }
  if (delivered) return same && looked
  if (says(got.stdout, KEY_ID) && says(got.stdout, SECRET)) return true
  return want.code === 0 && same && says(got.stderr, 'delete-access-key')
}
