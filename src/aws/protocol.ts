/**
 * The AWS Query protocol as client-iam speaks it, with two steps replaced where aws-cli differs: the XML of a reply is read by names
 * without prefixes and with every entity, and timestamps stay the text the service sent. The SDK would lose a key over either: it
 * finds nothing under a prefixed name, and a date it does not like throws after the key exists.
 */

import { AwsQueryProtocol, XmlShapeDeserializer } from '@aws-sdk/core/protocols'
import { NormalizedSchema } from '@smithy/core/schema'
import type { HandlerExecutionContext, HttpResponse, MetadataBearer, OperationSchema, Schema, SerdeFunctions } from '@smithy/types'
import { reprBytes } from '../python/bytes.ts'
import { decode } from '../python/codec.ts'
import type { Dict, Value } from '../python/value.ts'
import { mayHoldSecret } from './partial-response.ts'
import { type Element, NotXml, parseXml } from './xml.ts'

/** A reply that says the call failed: anything from 301 on (botocore/parsers.py, 2.36.7, draws the line there). */
export class ErrorReply extends Error {
  override readonly name = 'ErrorReply'
  /** Without it the SDK adds to the message of an error. */
  readonly $metadata = {}
  readonly status: number
  /** The members of the `Error` element; undefined where the reply has none. */
  readonly members: Dict | undefined
  constructor(status: number, members: Dict | undefined) {
    super(`status ${status}`)
    this.status = status
    this.members = members
  }
}

/** A reply from which nobody can tell what happened. The message is aws-cli's; it never quotes a reply that may hold a key. */
export class UnreadableReply extends Error {
  override readonly name = 'UnreadableReply'
  readonly $metadata = {}
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Phrases of http.client.responses (Python 3.11) for the replies botocore answers for itself. */
const PHRASES: Readonly<Record<number, string>> = {
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  506: 'Variant Also Negotiates',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  510: 'Not Extended',
  511: 'Network Authentication Required',
}

type Base = AwsQueryProtocol
type Context = HandlerExecutionContext & SerdeFunctions

export class IamProtocol extends AwsQueryProtocol {
  constructor(options: ConstructorParameters<typeof AwsQueryProtocol>[0]) {
    super(options)
    this.deserializer = new ReplyDeserializer({
      timestampFormat: { useTrait: true, default: 5 },
      httpBindings: false,
      xmlNamespace: options.xmlNamespace,
      serviceNamespace: options.defaultNamespace,
    })
  }

  override async serializeRequest(...[operation, input, context]: Parameters<Base['serializeRequest']>) {
    const request = await super.serializeRequest(operation, input, context)
    request.headers['content-type'] = 'application/x-www-form-urlencoded; charset=utf-8'
    return request
  }

  /** Throws ErrorReply or UnreadableReply. */
  override async deserializeResponse<Output extends MetadataBearer>(operation: OperationSchema, context: Context, response: HttpResponse) {
    const { statusCode: status, body } = response
    if (status >= 301) throw new ErrorReply(status, errorMembers(status, body))
    if (body.length === 0) throw new UnreadableReply(status, 'Unable to parse response (no element found: line 1, column 0)')
    return super.deserializeResponse<Output>(operation, context, { ...response, statusCode: 200 })
  }
}

class ReplyDeserializer extends XmlShapeDeserializer {
  override read(schema: Schema, bytes: Uint8Array, key?: string): unknown {
    const reply = plain(readXml(200, bytes))
    if (key === undefined) return this.readSchema(schema, reply)
    if (typeof reply === 'string' || reply[key] === undefined) throw new UnreadableReply(200, `'${key}'`)
    return this.readSchema(schema, reply[key])
  }

  override readSchema(schema: Schema, value: unknown): unknown {
    if (typeof value === 'string' && NormalizedSchema.of(schema).isTimestampSchema()) return value
    // Anything but `true` is false (botocore/parsers.py, 2.36.7); the SDK takes other spellings, and throws for the rest.
    if (typeof value === 'string' && NormalizedSchema.of(schema).isBooleanSchema()) return value === 'true'
    return super.readSchema(schema, value)
  }
}

type Plain = string | { readonly [name: string]: Plain | readonly Plain[] }

/** An element as the SDK's schema reader takes it: a leaf is its text, repeated names are a list. */
function plain(element: Element): Plain {
  if (element.children.length === 0) return element.text ?? ''
  const members: Record<string, Plain | readonly Plain[]> = Object.create(null)
  for (const child of element.children) {
    const earlier = members[child.name]
    members[child.name] = earlier === undefined ? plain(child) : [...(Array.isArray(earlier) ? earlier : [earlier]), plain(child)]
  }
  return members
}

function readXml(status: number, bytes: Uint8Array): Element {
  try {
    return parseXml(textOf(bytes))
  } catch (error) {
    if (!(error instanceof NotXml)) throw error
    // aws-cli quotes them all; a 4xx says no, and unless its status was damaged it holds no key.
    const quotable = status >= 400 && status < 500 && !mayHoldSecret(bytes)
    const quoted = quotable ? `, invalid XML received. Further retries may succeed:\n${reprBytes(bytes)}` : ''
    throw new UnreadableReply(status, `Unable to parse response (${error.message})${quoted}`)
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return decode(bytes, 'utf-8')
  } catch {
    const readable = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    throw new NotXml('not well-formed (invalid token)', readable, readable.indexOf('\ufffd'))
  }
}

/** As botocore/parsers.py (2.36.7) finds the `Error` of a Query reply. */
function errorMembers(status: number, body: Uint8Array): Dict | undefined {
  const text = new TextDecoder().decode(body).trim()
  if (status >= 500 && (text === '' || text.startsWith('<html>'))) {
    return new Map<string, Value>([
      ['Code', String(status)],
      ['Message', PHRASES[status] ?? ''],
    ])
  }
  const root = readXml(status, body)
  const errors = root.children.find(child => child.name === 'Errors') ?? root
  const error = errors.children.find(child => child.name === 'Error')
  if (error?.children.length === 0)
    throw new UnreadableReply(status, `'${error.text === null ? 'NoneType' : 'str'}' object has no attribute 'get'`)
  return error && new Map(error.children.map(child => [child.name, member(child)]))
}

function member(element: Element): Value {
  return element.children.length === 0 ? element.text : new Map(element.children.map(child => [child.name, member(child)]))
}
