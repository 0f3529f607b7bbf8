/**
 * The journal in a tag of the user, for runs that do not share a state directory: `--journal user-tags`. `tag-value.ts` encodes the value;
 * this file decides when the tag is written, and detects other runs.
 *
 * IAM has no conditional write for tags. Each run therefore writes its own id into the tag, and reads the tag again before it creates a key,
 * after it has created one, and before it gives the key to a store. If the tag has the id of another run, this run stops and deletes its own
 * key. If two runs write at the same time nevertheless, IAM's limit of two keys lets only one of them create a key.
 */

import * as crypto from 'node:crypto'
import type { Context } from '../core/command.ts'
import { Failure } from '../core/errors.ts'
import type { Iam, Operation } from '../core/iam.ts'
import type { KeyStore } from '../core/key-store.ts'
import { withAnswerTimeout } from '../keys/answer-timeout.ts'
import { callWithRetry } from '../keys/retry.ts'
import { withThrottlingRetries } from '../keys/throttling.ts'
import { moment } from './duration.ts'
import { EMPTY, type Entry, type History, type Journal, withEntry } from './journal.ts'
import { decodeTag, encodeTag, LONGEST_VALUE, type TagContent } from './tag-value.ts'
import { Stopped } from './verdict.ts'

export const TAG = 'iamkey:rotation'

type TagJournalContext = Pick<
  Context,
  'openIam' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'debug' | 'progress' | 'stores' | 'host'
>

/** Entries that are written with the next one or at the end, because a later run can do without them. */
const DEFERRED: ReadonlySet<Entry['what']> = new Set(['stored', 'unstored', 'deactivated', 'deleted', 'missing'])
/** Entries before which the tag is read again, because they precede the creation of a key or its storing. */
const CHECKED: ReadonlySet<Entry['what']> = new Set(['asked', 'created', 'storing'])

/**
 * @param longestRun the longest time, in milliseconds, between two writes of a run that has not ended
 * @throws Failure if the tags cannot be read or written; Stopped if another run may be under way
 */
export async function openTagJournal(UserName: string, longestRun: number, context: TagJournalContext): Promise<Journal> {
  const tag = await openTag(UserName, context)
  const { content, now, value } = await tag.read()
  if (content && !content.ended && now < content.at + longestRun) {
    const when = `It last wrote to the tag ${TAG} at ${moment(content.at)}. If it is gone, run this again after ${moment(content.at + longestRun)}`
    throw new Stopped('NotFinished', `another run is rotating the keys of ${UserName}. ${when}`)
  }
  const journal = journalIn(
    tag,
    { history: content?.history ?? EMPTY, before: value, offset: now - context.clock.now(), longestRun },
    context,
  )
  // Claimed at once: this run continues earlier ones, and no other run may do so at the same time.
  if (content) await journal.claim()
  return journal
}

/** Reads the tag without changing it. */
export async function readTagHistory(UserName: string, context: TagJournalContext): Promise<History> {
  return (await (await openTag(UserName, context)).read()).content?.history ?? EMPTY
}

interface StartingPoint {
  readonly history: History
  /** The value that the tag had. */
  readonly before: string | undefined
  /** By how much the service's clock is ahead of ours, in milliseconds. */
  readonly offset: number
  /** The time, in milliseconds, after which other runs assume that this one has ended. */
  readonly longestRun: number
}

function journalIn(
  tag: Tag,
  { before, offset, longestRun, ...start }: StartingPoint,
  { clock, debug }: TagJournalContext,
): Journal & { claim(): Promise<void> } {
  const run = runId(tag.seed)
  let { history } = start
  /** When this run last wrote to the tag, by this host's clock. */
  let written: number | undefined
  const now = () => clock.now() + offset
  const content = (ended: boolean): TagContent => ({ run, at: now(), ended, history })

  /** Whether another run has written to the tag since this one started. A lagging read shows the value from before. */
  async function hasOtherRun(): Promise<boolean> {
    const found = await tag.read()
    return found.value !== undefined && found.value !== before && found.content?.run !== run
  }
  async function write(value: string): Promise<void> {
    if (value.length > LONGEST_VALUE) throw new Failure(TOO_LONG)
    const since = clock.now()
    await tag.write(value)
    // After a suspended machine or a very slow request another run may have started, and this write has replaced its value.
    if (clock.now() - (written ?? since) >= longestRun) throw new Stopped('NotFinished', TOO_LATE)
    written = since
  }

  return {
    history,
    lasting: true,
    async claim() {
      await write(tag.encode(content(false)))
    },
    async record(entry) {
      // A store that ends with its job.
      if ('store' in entry && !tag.marks.includes(entry.store)) return
      history = withEntry(history, entry)
      if (DEFERRED.has(entry.what)) return
      // Checked before there is a key: afterwards every entry must fit.
      if (entry.what === 'asked' && tag.encode(longestContent(content(false), tag.marks)).length > LONGEST_VALUE)
        throw new Failure(TOO_LONG)
      if (CHECKED.has(entry.what) && (await hasOtherRun())) throw new Stopped('NotFinished', TAKEN)
      await write(tag.encode(content(false)))
    },
    async end(keys) {
      if (written === undefined) return
      try {
        if (await hasOtherRun()) return
        if (isPending(history, now(), keys)) await tag.write(tag.encode(content(true)), true)
        else await tag.remove()
      } catch (error) {
        debug(`the tag ${TAG} stays as it is: ${error instanceof Error ? error.message : error}`)
      }
    },
  }
}

const TAKEN = 'another run has started to rotate the keys of this user'
const TOO_LATE = 'this run has taken so long that another one may have started'
const TOO_LONG = `the journal of this rotation does not fit into the tag ${TAG}, which has at most ${LONGEST_VALUE} characters: use fewer stores, or --journal local`

/** The longest content that this rotation can reach: its entries up to the end. */
function longestContent(content: TagContent, stores: readonly string[]): TagContent {
  const { history, at } = content
  const before = history.requested?.before ?? []
  const id = 'N'.repeat(Math.max(...before.map(id => id.length), 20))
  const replaces = Object.fromEntries(before.map(id => [id, 'held' as const]))
  const entries = [
    { what: 'created', id, at, replaces } as const,
    ...stores.map(store => ({ what: 'storing', id, at, store }) as const),
    { what: 'handed over', id, at, replaces } as const,
  ]
  return { ...content, history: entries.reduce<History>(withEntry, history) }
}

/** The time, in milliseconds, within which ListAccessKeys shows a key after the request to create it. */
const LISTED_WITHIN = 600_000

/**
 * Whether a later run needs the journal.
 *
 * @param listed the active keys, as this run has listed them; undefined if it has not
 */
function isPending({ keys, stores, requested }: History, now: number, listed: readonly string[] | undefined): boolean {
  const mayExist = (id: string) => {
    const { created, deactivated, deleted, missing } = keys[id] ?? {}
    if ((deactivated ?? deleted ?? missing) !== undefined) return false
    return created !== undefined || listed === undefined || listed.includes(id)
  }
  const unexplained = (listed ?? []).some(id => requested && !requested.before.includes(id) && keys[id]?.created === undefined)
  if (requested && (listed === undefined || unexplained || now < requested.last + LISTED_WITHIN)) return true
  if (Object.values(stores).some(({ storing }) => storing.some(({ id }) => mayExist(id)))) return true
  return Object.entries(keys).some(
    ([id, { created, handedOver }]) =>
      mayExist(id) && (handedOver ? Object.keys(handedOver.replaces).some(old => old !== id && mayExist(old)) : created !== undefined),
  )
}

// ---- the tag ----------------------------------------------------------------------------------------------------------------------

interface TagReading {
  readonly value: string | undefined
  readonly content: TagContent | undefined
  /** By the service's clock. */
  readonly now: number
}

interface Tag {
  /** Different for each run. */
  readonly seed: string
  /** The identities of the stores of this run. */
  readonly marks: readonly string[]
  read(): Promise<TagReading>
  encode(content: TagContent): string
  /** @param atOnce one attempt, with a time limit; also after a signal */
  write(value: string, atOnce?: boolean): Promise<void>
  remove(): Promise<void>
}

async function openTag(UserName: string, context: TagJournalContext): Promise<Tag> {
  const { host, clock, stores, openIam, random } = context
  const iam: Iam<Operation> = withThrottlingRetries(await openIam(), context)
  const retryContext = { ...context, iam }
  const marked = new Map(stores.filter(({ ephemeral }) => !ephemeral).map(store => [store.identity, markFor(store, host.hostname)]))
  const identities = new Map([...marked].map(([identity, mark]) => [mark, identity]))

  return {
    seed: `${host.hostname} ${host.pid} ${clock.now()} ${random()}`,
    marks: [...marked.keys()],
    async read() {
      for (let Marker: string | undefined; ; ) {
        const { output, serverTime } = await callWithRetry('ListUserTags', { UserName, Marker }, retryContext)
        const value = output.Tags?.find(({ Key }) => Key === TAG)?.Value
        if (value !== undefined) return { value, content: parseTagValue(value, identities), now: serverTime ?? clock.now() }
        Marker = output.IsTruncated ? output.Marker : undefined
        if (Marker === undefined) return { value: undefined, content: undefined, now: serverTime ?? clock.now() }
      }
    },
    encode: content => encodeTag({ ...content, history: withStores(content.history, identity => marked.get(identity) ?? identity) }),
    async write(Value, atOnce = false) {
      const input = { UserName, Tags: [{ Key: TAG, Value }] }
      if (atOnce) await withAnswerTimeout(stop => iam.call('TagUser', input, stop), context)
      else await callWithRetry('TagUser', input, retryContext)
    },
    async remove() {
      await withAnswerTimeout(stop => iam.call('UntagUser', { UserName, TagKeys: [TAG] }, stop), context)
    },
  }
}

/** @throws Stopped for a value that is not of this format */
function parseTagValue(value: string, identities: ReadonlyMap<string, string>): TagContent {
  const content = decodeTag(value)
  if (content === undefined) {
    throw new Stopped(
      'DecisionNeeded',
      `the tag ${TAG} has a value that cannot be read: a later version of this program may have written it. Without the tag, a run starts anew`,
    )
  }
  return { ...content, history: withStores(content.history, mark => identities.get(mark) ?? mark) }
}

const withStores = (history: History, nameOf: (store: string) => string): History => ({
  ...history,
  stores: Object.fromEntries(Object.entries(history.stores).map(([store, about]) => [nameOf(store), about])),
})

/** Six characters that identify a store: a local file on this host only, any other store on all hosts. */
function markFor({ identity, local = false }: KeyStore, hostname: string): string {
  const place = local ? `${hostname} ${identity}` : identity
  return crypto.createHash('sha256').update(place).digest('base64url').slice(0, 6)
}

const runId = (seed: string): string =>
  (crypto.createHash('sha256').update(seed).digest().readUInt32BE() % 36 ** 4).toString(36).padStart(4, '0')
