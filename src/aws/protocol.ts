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
  /** It has no body, and says so itself: one that ends with the connection may have been cut off. */
  readonly isEmpty: boolean
  constructor(status: number, message: string, isEmpty = false) {
    super(message)
    this.status = status
    this.isEmpty = isEmpty
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
    const { statusCode: status, body, headers } = response
    if (status >= 301) throw new ErrorReply(status, errorMembers(status, body))
    if (body.length === 0) {
      const saysSo = status === 204 || 'content-length' in headers || 'transfer-encoding' in headers
      throw new UnreadableReply(status, 'Unable to parse response (no element found: line 1, column 0)', saysSo)
    }
    return super.deserializeResponse<Output>(operation, context, { ...response, statusCode: 200 })
  }
}

class ReplyDeserializer extends XmlShapeDeserializer {
  override read(schema: Schema, bytes: Uint8Array, key?: string): unknown {
    const reply = readXml(200, bytes)
    const found = key === undefined ? [reply] : reply.children.filter(({ name }) => name === key)
    if (found.length === 0) throw new UnreadableReply(200, `'${key}'`)
    return this.#readElements(NormalizedSchema.of(schema), found)
  }

  /**
   * Elements of one name as botocore reads them (botocore/parsers.py, 2.36.7): of a structure that stands twice the first counts, and an element
   * of a list may have any name. Of a text that stands twice the first counts here, where aws-cli would show Python's objects; where the texts
   * are those of a key and differ, nothing counts.
   */
  #readElements(schema: NormalizedSchema, elements: readonly Element[]): unknown {
    const [first] = elements
    if (first === undefined || schema.isUnitSchema()) return undefined
    if (schema.isListSchema()) {
      const item = schema.getValueSchema()
      return (elements.length > 1 ? elements : first.children).map(element => this.#readElements(item, [element]))
    }
    if (schema.isStructSchema()) {
      const members: Record<string, unknown> = {}
      for (const [name, member] of schema.structIterator()) {
        const xmlName = member.getMergedTraits().xmlName ?? name
        const found = first.children.filter(child => child.name === xmlName)
        if (found.length > 0) members[name] = this.#readElements(member, found)
      }
      return members
    }
    const text = first.text ?? ''
    if (OF_A_KEY.has(first.name) && elements.some(other => (other.text ?? '') !== text)) {
      throw new UnreadableReply(200, `The reply has more than one ${first.name}`)
    }
    if (schema.isTimestampSchema()) return text
    // Anything but `true` is false (botocore/parsers.py, 2.36.7); the SDK takes other spellings, and throws for the rest.
    return schema.isBooleanSchema() ? text === 'true' : this.readSchema(schema, text)
  }
}

/** Two that differ contradict each other: one of them is not the key's. */
const OF_A_KEY: ReadonlySet<string> = new Set(['AccessKeyId', 'SecretAccessKey'])

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
