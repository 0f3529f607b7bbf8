/**
 * `secrets-manager:NAME-OR-ARN[?id=FIELD&secret=FIELD]`: two fields of the JSON object in a secret of AWS Secrets Manager. A key is first
 * stored in a version that consumers do not read (AWSPENDING); one step that names the version it replaces makes it the current one
 * (AWSCURRENT), so that only one of two runs succeeds. Another run, on any machine, can take up the pending version.
 */

import * as crypto from 'node:crypto'
import {
  type KeyPair,
  type KeyStore,
  type Rollback,
  type StoredKey,
  StoreFailure,
  StoreOutcomeUnknown,
  type WholeKey,
} from '../../core/key-store.ts'
import { type Dict, isList } from '../../python/value.ts'
import type { OpenStore } from '../open.ts'
import { parseAddress } from './address.ts'
import { awsCalls, refusal, textIn } from './aws.ts'
import { failure, type RequestContext } from './call.ts'
import { fieldsOf, readPair, writePair } from './json-pair.ts'

const CURRENT = 'AWSCURRENT'
const PENDING = 'AWSPENDING'
/** Bytes of a value (a quota of the service). */
const LONGEST_VALUE = 65_536
/** How often a concurrent change of another field is merged. */
const ROUNDS = 3

/** For requests that must not be cut short. */
const NEVER = new AbortController().signal

/** A version of the secret. */
interface Version {
  readonly id: string
  readonly text: string
}

/** A key in a version of its own. */
interface Staged {
  readonly id: string
  /** The version with the same other fields; undefined for a secret without a value. */
  readonly base: Version | undefined
  readonly isCurrent: boolean
}

export const summary = 'a JSON object in AWS Secrets Manager'

export const open: OpenStore = (rest, store, { host, remote }) => {
  const { place, parameters } = parseAddress(rest, store, ['id', 'secret'])
  if (place === '') throw new StoreFailure(store, 'the name or ARN of a secret is missing')
  const fields = fieldsOf(parameters)
  const [, arnRegion] = /^arn:[\w-]+:secretsmanager:([\w-]+):\d+:secret:./.exec(place) ?? []
  if (place.startsWith('arn:') && arnRegion === undefined) throw new StoreFailure(store, 'that is the ARN of something else')
  const context: RequestContext = { store, host }
  const aws = awsCalls({ ...context, service: 'secretsmanager', region: arnRegion, remote })
  const refused = (operation: string, answer: Awaited<ReturnType<typeof aws>>) => refusal(operation, answer, 'secretsmanager', context)
  /** The key that was there when this run last read it; undefined before the first read. */
  let lastRead: { readonly id: string | undefined } | undefined

  const pairIn = (text: string): KeyPair | undefined => readPair(text, fields, store)

  /** The version with this label. */
  async function version(VersionStage: string, stop: AbortSignal): Promise<Version | undefined> {
    const answer = await aws('GetSecretValue', { SecretId: place, VersionStage }, stop)
    if (answer.code === 'ResourceNotFoundException') return undefined
    if (answer.code !== undefined) throw refused('GetSecretValue', answer)
    const [id, text] = [textIn(answer.output, 'VersionId'), textIn(answer.output, 'SecretString')]
    if (id !== undefined && text !== undefined) return { id, text }
    throw new StoreFailure(store, answer.output.has('SecretBinary') ? 'its value is binary' : 'GetSecretValue: the reply has no value')
  }

  /** Moves or removes a label. False if it is not where it was expected. */
  async function label(VersionStage: string, from: string | undefined, to: string | undefined, stop: AbortSignal): Promise<boolean> {
    const ids = { RemoveFromVersionId: from, MoveToVersionId: to }
    const answer = await aws('UpdateSecretVersionStage', { SecretId: place, VersionStage, ...ids }, stop, {
      changes: VersionStage === CURRENT,
    })
    if (answer.code === undefined) return true
    const moved = ['InvalidParameterException', 'InvalidRequestException', 'ResourceNotFoundException']
    if (moved.includes(answer.code)) return false
    throw refused('UpdateSecretVersionStage', answer)
  }

  /** Stores the key in a version beside the current one. */
  async function stageOn(base: Version | undefined, key: WholeKey, stop: AbortSignal): Promise<Staged> {
    const ClientRequestToken = tokenOf(key, base?.id, fields)
    const SecretString = writePair(base?.text, fields, key, store)
    const put = { SecretId: place, ClientRequestToken, SecretString, VersionStages: [PENDING] }
    const answer = await aws('PutSecretValue', put, stop, { changes: base === undefined })
    if (answer.code !== undefined) throw refused('PutSecretValue', answer)
    const id = textIn(answer.output, 'VersionId') ?? ClientRequestToken
    const labels = answer.output.get('VersionStages')
    const has = (name: string) => isList(labels) && labels.includes(name)
    // The first version of a secret becomes current immediately.
    const isCurrent = base === undefined && (has(CURRENT) || (await version(CURRENT, stop))?.id === id)
    if (isCurrent || has(PENDING)) return { id, base, isCurrent }
    // Storing an existing version again does not restore its label.
    const pending = await version(PENDING, stop)
    if (pending?.id !== id) await label(PENDING, pending?.id, id, stop)
    return { id, base, isCurrent }
  }

  const unstage = ({ id }: Staged) => label(PENDING, id, undefined, NEVER)

  /** Makes a staged version current. False if the current version has changed. */
  async function promote({ id, base }: Staged, stop: AbortSignal): Promise<boolean> {
    const isDone = async () => (await version(CURRENT, NEVER))?.id === id
    const doubt = (cause: unknown) => failure(`it is not known whether ${CURRENT} has been moved`, true, context, cause)
    let moved: boolean
    try {
      moved = await label(CURRENT, base?.id, id, stop)
    } catch (error) {
      if (error instanceof StoreOutcomeUnknown && (await isDone().catch(() => false))) return true
      throw error instanceof StoreOutcomeUnknown ? doubt(error) : error
    }
    if (moved) return true
    // A refusal, perhaps because an earlier attempt without an answer moved the label.
    return isDone().catch(cause => {
      throw doubt(cause)
    })
  }

  async function current(stop: AbortSignal): Promise<Version | undefined> {
    const found = await version(CURRENT, stop)
    lastRead ??= { id: found && pairIn(found.text)?.AccessKeyId }
    return found
  }

  let staged: Staged | undefined
  let rounds = 0

  async function put(key: WholeKey, stop: AbortSignal): Promise<Rollback> {
    const base = await current(stop)
    const held = base && pairIn(base.text)
    if (held?.AccessKeyId === key.AccessKeyId && held.SecretAccessKey === key.SecretAccessKey) return async () => ''
    if (held?.AccessKeyId !== lastRead?.id) throw new StoreFailure(store, 'another run has put a key there since this one began')
    const mine = staged?.base?.id === base?.id && staged !== undefined ? staged : await stageOn(base, key, stop)
    staged = mine
    if (!mine.isCurrent && !(await promote(mine, stop))) {
      await unstage(mine).catch(() => {})
      staged = undefined
      // A concurrent change, of another field or of the key.
      if (++rounds < ROUNDS) return put(key, stop)
      throw new StoreFailure(store, 'it is being changed all the time')
    }
    lastRead = { id: key.AccessKeyId }
    // On the current version the label has no meaning.
    await unstage(mine).catch(() => {})
    staged = undefined
    return () => rollback(mine, held?.AccessKeyId)
  }

  async function rollback({ id, base }: Staged, before: string | undefined): Promise<string> {
    const left = `${store} could not be put back`
    if (base === undefined) return `${left}: before it had no value, and it still holds that key`
    try {
      if (await label(CURRENT, id, base.id, NEVER)) {
        lastRead = { id: before }
        return `${store} holds what it held before`
      }
      const now = await version(CURRENT, NEVER)
      if (now?.id === base.id) return `${store} holds what it held before`
      return now?.id === id ? `${left}: it still holds that key` : `${store} has been changed by another program, and was left alone`
    } catch (error) {
      return `${left} (${error instanceof StoreFailure ? error.reason : 'unexpected end'}): it may still hold that key`
    }
  }

  return {
    name: store,
    identity: `secrets-manager ${place}${Object.values(fields)
      .map(name => ` ${name}`)
      .join('')}`,
    irrevocable: false,
    effect: `a new version is kept as ${PENDING} until it works, and then becomes ${CURRENT}`,
    async check() {
      const answer = await aws('DescribeSecret', { SecretId: place }, NEVER)
      if (answer.code === 'ResourceNotFoundException') throw new StoreFailure(store, 'there is no such secret; create it first')
      if (answer.code !== undefined) throw refused('DescribeSecret', answer)
      const why = whyUnfit(answer.output)
      if (why !== undefined) throw new StoreFailure(store, why)
      const found = await current(NEVER)
      const trial = writePair(found?.text, fields, { AccessKeyId: 'A'.repeat(128), SecretAccessKey: 'S'.repeat(128) }, store)
      if (Buffer.byteLength(trial) > LONGEST_VALUE) throw new StoreFailure(store, 'its value has no room for a key')
    },
    async read(): Promise<StoredKey | undefined> {
      const found = await version(CURRENT, NEVER)
      const key = found && pairIn(found.text)
      lastRead = { id: key?.AccessKeyId }
      return key
    },
    async staged(): Promise<StoredKey | undefined> {
      const [pending, now] = [await version(PENDING, NEVER), await version(CURRENT, NEVER)]
      return pending === undefined || pending.id === now?.id ? undefined : pairIn(pending.text)
    },
    async stage(key, stop) {
      const base = await current(stop)
      // Consumers would read the first value of a secret immediately.
      if (base === undefined) return async () => ''
      const mine = await stageOn(base, key, stop)
      staged = mine
      return async () => {
        staged = undefined
        const isOff = await unstage(mine).then(
          () => true,
          () => false,
        )
        return isOff ? '' : `${store} may still have that key as ${PENDING}, which nothing reads`
      }
    },
    put(key, stop) {
      rounds = 0
      return put(key, stop)
    },
  } satisfies KeyStore
}

/** Why the secret cannot be used, from its description. */
function whyUnfit(description: Dict): string | undefined {
  if (description.get('RotationEnabled') === true) return 'it has a rotation of its own, which would work against this one'
  if (typeof description.get('OwningService') === 'string') return 'it belongs to another service of AWS'
  return (description.get('DeletedDate') ?? null) === null ? undefined : 'it is about to be deleted'
}

/**
 * A version's id, which makes storing it twice the same as once. Derived from the key's id and from everything else that determines the
 * value: the version with the other fields, and the names of the key's fields. The service requires 32 to 64 characters.
 */
function tokenOf({ AccessKeyId }: KeyPair, base: string | undefined, { id, secret }: { id: string; secret: string }): string {
  const digest = crypto
    .createHash('sha256')
    .update(JSON.stringify([AccessKeyId, base ?? '', id, secret]))
    .digest('hex')
  return `${AccessKeyId.slice(-31)}-${digest.slice(0, 32)}`
}
