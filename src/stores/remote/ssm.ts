/** `ssm:NAME[?id=FIELD&secret=FIELD]`: two fields of the JSON object in a SecureString of AWS Systems Manager's Parameter Store. */

import { type KeyPair, type KeyStore, StoreFailure } from '../../core/key-store.ts'
import { isDict, isList, type Value } from '../../python/value.ts'
import type { OpenStore } from '../open.ts'
import { parseAddress } from './address.ts'
import { awsCalls, refusal, textIn } from './aws.ts'
import { failure, type RequestContext } from './call.ts'
import { fieldsOf, readPair, writePair } from './json-pair.ts'
import { type ReplaceableValue, replaceValue, type StoredValue } from './replace.ts'

/** Bytes of a value, for standard and advanced parameters. */
const LONGEST_VALUE = { standard: 4096, advanced: 8192 } as const

const NEVER = new AbortController().signal

const CHANGED = 'another run has put a key there since this one began'

export const summary = 'a JSON object in a SecureString of SSM'

export const open: OpenStore = (rest, store, { host, remote }) => {
  const { place: Name, parameters } = parseAddress(rest, store, ['id', 'secret'])
  if (!/^[\w./-]+$/.test(Name)) throw new StoreFailure(store, 'that is no name of a parameter')
  const fields = fieldsOf(parameters)
  const context: RequestContext = { store, host }
  const aws = awsCalls({ ...context, service: 'ssm', region: undefined, remote })
  const refused = (operation: string, answer: Awaited<ReturnType<typeof aws>>) => refusal(operation, answer, 'ssm', context)
  /** The key that encrypts the parameter; without it, a new value would be encrypted with the account's default key. */
  let KeyId: string | undefined
  /** The key that was there when this run last read it; undefined before the first read. */
  let lastRead: { readonly id: string | undefined } | undefined

  async function load(stop: AbortSignal): Promise<StoredValue> {
    const answer = await aws('GetParameter', { Name, WithDecryption: true }, stop)
    if (answer.code === 'ParameterNotFound') return { text: undefined }
    if (answer.code !== undefined) throw refused('GetParameter', answer)
    const parameter = answer.output.get('Parameter')
    const [text, version] = isDict(parameter) ? [textIn(parameter, 'Value'), parameter.get('Version')] : []
    if (text === undefined || !isDict(parameter)) throw new StoreFailure(store, 'GetParameter: the reply has no value')
    if (parameter.get('Type') !== 'SecureString') throw new StoreFailure(store, `it is a ${textIn(parameter, 'Type')}, not a SecureString`)
    return { text, version: typeof version === 'bigint' ? version : undefined }
  }

  const place: ReplaceableValue = {
    load,
    async save(Value, over, stop) {
      const kind = over.text === undefined ? { Type: 'SecureString', Overwrite: false } : { Type: 'SecureString', Overwrite: true, KeyId }
      const answer = await aws('PutParameter', { Name, Value, ...kind }, stop, { changes: true, attempts: 1 })
      // It may be this run's own, from an attempt without an answer: the next look tells.
      if (answer.code === 'ParameterAlreadyExists') throw failure('PutParameter: ParameterAlreadyExists', true, context)
      if (answer.code !== undefined) throw refused('PutParameter', answer)
    },
    async remove(stop) {
      const answer = await aws('DeleteParameter', { Name }, stop, { changes: true })
      if (answer.code !== undefined && answer.code !== 'ParameterNotFound') throw refused('DeleteParameter', answer)
    },
  }

  async function loadCurrent(stop: AbortSignal): Promise<StoredValue> {
    const content = await load(stop)
    lastRead = { id: pairIn(content)?.AccessKeyId }
    return content
  }

  const pairIn = ({ text }: StoredValue): KeyPair | undefined => (text === undefined ? undefined : readPair(text, fields, store))

  return {
    name: store,
    identity: `ssm ${Name}${Object.values(fields)
      .map(name => ` ${name}`)
      .join('')}`,
    irrevocable: false,
    effect: 'a new version of the parameter',
    async check() {
      const { text } = await loadCurrent(NEVER)
      const trial = writePair(text, fields, { AccessKeyId: 'A'.repeat(128), SecretAccessKey: 'S'.repeat(128) }, store)
      const limit = Buffer.byteLength(text ?? '') > LONGEST_VALUE.standard ? LONGEST_VALUE.advanced : LONGEST_VALUE.standard
      if (Buffer.byteLength(trial) > limit) throw new StoreFailure(store, `its value has no room for a key (${limit} bytes)`)
      if (text !== undefined) KeyId = await keyOf(Name)
    },
    read: async () => pairIn(await loadCurrent(NEVER)),
    async put(key, stop) {
      const before = await load(stop)
      if (lastRead !== undefined && pairIn(before)?.AccessKeyId !== lastRead.id) throw new StoreFailure(store, CHANGED)
      const text = writePair(before.text, fields, key, store)
      if (text === before.text) return async () => ''
      const rollback = await replaceValue(text, before, place, stop, context)
      lastRead = { id: key.AccessKeyId }
      return () => {
        lastRead = undefined
        return rollback()
      }
    },
  } satisfies KeyStore

  async function keyOf(name: string): Promise<string | undefined> {
    const filter = new Map<string, Value>([
      ['Key', 'Name'],
      ['Option', 'Equals'],
      ['Values', [name]],
    ])
    const answer = await aws('DescribeParameters', { ParameterFilters: [filter] }, NEVER)
    if (answer.code !== undefined) throw refused('DescribeParameters', answer)
    const found = answer.output.get('Parameters')
    const [first] = isList(found) ? found : []
    return isDict(first) ? textIn(first, 'KeyId') : undefined
  }
}
