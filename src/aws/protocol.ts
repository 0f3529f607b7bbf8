/**
 * The AWS Query protocol of IAM and STS, with two steps replaced to match aws-cli. XML names are read without prefixes and with all
 * entities, and timestamps stay text. With the SDK's own steps a key could be lost: they find nothing under a prefixed name, and throw for
 * an unusual date after the key exists.
 */

import { AwsQueryProtocol, XmlShapeDeserializer } from '@aws-sdk/core/protocols'
import { NormalizedSchema } from '@smithy/core/schema'
import type { HandlerExecutionContext, HttpResponse, MetadataBearer, OperationSchema, Schema, SerdeFunctions } from '@smithy/types'
import { reprBytes } from '../python/bytes.ts'
import { decode } from '../python/codec.ts'
import { type Dict, isDict, type Value } from '../python/value.ts'
import { type Element, parsePlainXml } from './plain-xml.ts'

/** A reply that reports an error: any status from 301 on (botocore/parsers.py, 2.36.7). */
export class ErrorReply extends Error {
  override readonly name = 'ErrorReply'
  /** Without it the SDK would extend the message. */
  readonly $metadata = {}
  readonly status: number
  /** The members of the `Error` element; undefined if there is none. */
  readonly members: Dict | undefined
  constructor(status: number, members: Dict | undefined) {
    super(`status ${status}`)
    this.status = status
    this.members = members
  }
}

/** A reply that does not tell what happened. The message is aws-cli's, but never quotes a reply that may contain a key. */
export class UnreadableReply extends Error {
  override readonly name = 'UnreadableReply'
  readonly $metadata = {}
  readonly status: number
  /** The reply announces an empty body. Without that, a body that ends with the connection may have been cut off. */
  readonly isEmpty: boolean
  constructor(status: number, message: string, isEmpty = false) {
    super(message)
    this.status = status
    this.isEmpty = isEmpty
  }
}

/** The phrases of http.client.responses (Python 3.11) for errors that botocore words itself. */
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

type BaseProtocol = AwsQueryProtocol
type SerdeContext = HandlerExecutionContext & SerdeFunctions

export class QueryProtocol extends AwsQueryProtocol {
  constructor(options: ConstructorParameters<typeof AwsQueryProtocol>[0]) {
    super(options)
    this.deserializer = new ReplyDeserializer({
      timestampFormat: { useTrait: true, default: 5 },
      httpBindings: false,
      xmlNamespace: options.xmlNamespace,
      serviceNamespace: options.defaultNamespace,
    })
  }

  override async serializeRequest(...[operation, input, context]: Parameters<BaseProtocol['serializeRequest']>) {
    const request = await super.serializeRequest(operation, input, context)
    request.headers['content-type'] = 'application/x-www-form-urlencoded; charset=utf-8'
    request.body = inOrderGiven(request.body, Object.keys(input))
    return request
  }

  /** Throws ErrorReply or UnreadableReply. */
  override async deserializeResponse<Output extends MetadataBearer>(
    operation: OperationSchema,
    context: SerdeContext,
    response: HttpResponse,
  ) {
    const { statusCode: status, body, headers } = response
    const answered = { status, operation: operation.name }
    if (status >= 301) throw new ErrorReply(status, await errorMembers(answered, body))
    if (body.length === 0) {
      const saysSo = status === 204 || 'content-length' in headers || 'transfer-encoding' in headers
      throw await unreadable(answered, body, 'no element found: line 1, column 0', saysSo)
    }
    return super.deserializeResponse<Output>(operation, context, { ...response, statusCode: 200 })
  }
}

/**
 * The parameters in the order of the input, after Action and Version, as botocore writes them (QuerySerializer of botocore/serialize.py,
 * 2.36.7); the SDK orders them by its schema. Every member here is a single pair: there are no lists or structures.
 */
function inOrderGiven(body: string, names: readonly string[]): string {
  const [action = '', version = '', ...members] = body.split('&')
  if (members.length < 2) return body
  const place = (pair: string) => names.indexOf(pair.slice(0, pair.indexOf('=')))
  return [action, version, ...members.toSorted((one, other) => place(one) - place(other))].join('&')
}

class ReplyDeserializer extends XmlShapeDeserializer {
  override async read(schema: Schema, bytes: Uint8Array, key?: string): Promise<unknown> {
    const reply = await readXml({ status: 200, operation: key?.endsWith('Result') ? key.slice(0, -'Result'.length) : key }, bytes)
    const found = key === undefined ? [reply] : reply.children.filter(({ name }) => name === key)
    if (found.length === 0) throw new UnreadableReply(200, `'${key}'`)
    return this.#readElements(NormalizedSchema.of(schema), found)
  }

  /**
   * Reads the elements of one name as botocore does (botocore/parsers.py, 2.36.7): of a repeated structure the first counts, and the
   * elements of a list may have any name. Of a repeated text the first counts, where aws-cli would show Python's objects; different texts
   * of a key's id or secret are an error.
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
    // Only `true` is true (botocore/parsers.py, 2.36.7); the SDK accepts other spellings, and throws for the rest.
    return schema.isBooleanSchema() ? text === 'true' : this.readSchema(schema, text)
  }
}

/** If two of these differ, one of them is wrong. */
const OF_A_KEY: ReadonlySet<string> = new Set(['AccessKeyId', 'SecretAccessKey'])

/** The request that a body answers. */
interface Answered {
  readonly status: number
  readonly operation: string | undefined
}

/** Throws UnreadableReply. */
async function readXml(answered: Answered, bytes: Uint8Array): Promise<Element> {
  // Plain XML is ASCII, so that its encoding does not matter.
  const plain = parsePlainXml(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'))
  return plain ?? readAnyXml(answered, bytes)
}

async function readAnyXml(answered: Answered, bytes: Uint8Array): Promise<Element> {
  const { NotXml, parseXml } = await import('./xml.ts')
  try {
    const text = textOf(bytes)
    if (text !== undefined) return parseXml(text)
    const readable = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    throw new NotXml('not well-formed (invalid token)', readable, readable.indexOf('\ufffd'))
  } catch (error) {
    throw error instanceof NotXml ? await unreadable(answered, bytes, error.message) : error
  }
}

/** aws-cli quotes every body. Here it is not quoted if it may contain a secret. */
async function unreadable(answered: Answered, bytes: Uint8Array, complaint: string, isEmpty = false): Promise<UnreadableReply> {
  const quoted = (await isQuotable(answered, bytes)) ? `, invalid XML received. Further retries may succeed:\n${reprBytes(bytes)}` : ''
  return new UnreadableReply(answered.status, `Unable to parse response (${complaint})${quoted}`, isEmpty)
}

const GIVE_SESSIONS: ReadonlySet<string | undefined> = new Set(['AssumeRole', 'AssumeRoleWithWebIdentity'])

async function isQuotable({ status, operation }: Answered, bytes: Uint8Array): Promise<boolean> {
  const { mayHoldSecret, namesSecret } = await import('./partial-response.ts')
  // A 4xx is a refusal, and contains no key unless its status is damaged.
  if (operation === 'CreateAccessKey') return status >= 400 && status < 500 && !mayHoldSecret(bytes)
  // A success gives a session, in whatever encoding.
  return !(status < 300 && GIVE_SESSIONS.has(operation)) && !namesSecret(bytes)
}

/** Undefined if the bytes are not UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decode(bytes, 'utf-8')
  } catch {
    return undefined
  }
}

/**
 * The `Error` element of a reply as botocore finds it (`_do_error_parse` and `_replace_nodes` of botocore/parsers.py, 2.36.7), if there is
 * one. Of a repeated element the first counts, with its own children.
 *
 * @throws UnreadableReply if aws-cli fails on a reply that is neither a success nor an error
 */
async function errorMembers(answered: Answered, body: Uint8Array): Promise<Dict | undefined> {
  const { status } = answered
  const text = new TextDecoder().decode(body).trim()
  if (status >= 500 && (text === '' || text.startsWith('<html>'))) {
    return new Map<string, Value>([
      ['Code', String(status)],
      ['Message', PHRASES[status] ?? ''],
    ])
  }
  const members = childMembers(await readXml(answered, body))
  const errors = members.get('Errors')
  if (errors !== undefined && !isDict(errors)) {
    throw new UnreadableReply(
      status,
      errors === null ? "'NoneType' object is not iterable" : 'dictionary update sequence element #0 has length 1; 2 is required',
    )
  }
  const error = errors?.has('Error') ? errors.get('Error') : members.get('Error')
  if (isDict(error) && isDict(error.get('Code'))) throw new UnreadableReply(status, "unhashable type: 'dict'")
  if (error === undefined || isDict(error)) return error
  throw new UnreadableReply(status, `'${error === null ? 'NoneType' : 'str'}' object has no attribute 'get'`)
}

function childMembers({ children }: Element): Dict {
  const members = new Map<string, Value>()
  for (const [name, [first, ...others]] of byName(children)) {
    if (first !== undefined) members.set(name, first.children.length > 0 || others.length > 0 ? childMembers(first) : first.text)
  }
  return members
}

function byName(elements: readonly Element[]): ReadonlyMap<string, readonly Element[]> {
  const found = new Map<string, Element[]>()
  for (const element of elements) {
    const alike = found.get(element.name)
    if (alike) alike.push(element)
    else found.set(element.name, [element])
  }
  return found
}
