/**
 * Encodes a journal as the value of a tag: at most 256 of the characters that IAM allows (letters, digits, spaces and `+-=._:/@`); key ids
 * and times only. Pure.
 *
 *     1.k3x9.6fhqa0 kAKIAOLD kAKIANEW.c6fhq9w+0 sV3hT0a:16fhqa0
 *
 * The first word has the version, the id of the run that wrote the value, the time, and `e` if that run has ended. The first letter of the
 * other words is their kind: a key and what happened to it, a store and what it got or was about to get, a request to create a key. Keys are
 * referred to by their index, times are in seconds.
 */

import type { History, KeyHistory, Replaced, StoreHistory } from './journal.ts'

/** IAM's limit for the value of a tag (IAM User Guide, "IAM and AWS STS quotas"). */
export const LONGEST_VALUE = 256

export interface TagContent {
  /** Four characters that identify the run. */
  readonly run: string
  /** When it was written, by the service's clock, in milliseconds since 1970. */
  readonly at: number
  readonly ended: boolean
  /** Stores are identified by six characters. */
  readonly history: History
}

const VERSION = '1'
/** Six digits of base 36 last until 2088. */
const EPOCH = Date.UTC(2020, 0, 1)
const DIGITS = 6

/** Where a key was when another one replaced it. */
const SIGNS: Readonly<Record<Replaced, string>> = { held: '+', elsewhere: '-' }

/** The result may be too long for a tag. */
export function encodeTag({ run, at, ended, history: { keys, stores, requested } }: TagContent): string {
  const ids = [
    ...new Set([
      ...(requested?.before ?? []),
      ...Object.entries(keys).flatMap(([id, { created, handedOver }]) => [
        ...Object.keys({ ...created?.replaces, ...handedOver?.replaces }),
        id,
      ]),
      ...Object.values(stores).flatMap(({ stored, storing }) => [stored, ...storing].flatMap(each => each?.id ?? [])),
    ]),
  ]
  const place = (id: string) => ids.indexOf(id).toString(36)
  const replaced = (replaces: Readonly<Record<string, Replaced>>) =>
    Object.entries(replaces)
      .map(([id, how]) => `${SIGNS[how]}${place(id)}`)
      .join('')
  const facts = ({ created, handedOver, deactivated, deleted }: KeyHistory = {}) => [
    ...(created ? [`c${time(created.at)}${replaced(created.replaces)}`] : []),
    ...(handedOver ? [`h${time(handedOver.at)}${replaced(handedOver.replaces)}`] : []),
    ...(deactivated === undefined ? [] : [`d${time(deactivated)}`]),
    ...(deleted === undefined ? [] : [`x${time(deleted)}`]),
  ]
  const events = ({ stored, storing }: StoreHistory) => [
    ...(stored ? [`=${place(stored.id)}${time(stored.at)}`] : []),
    ...storing.map(each => `:${place(each.id)}${time(each.at)}`),
  ]
  return [
    [VERSION, run, time(at), ...(ended ? ['e'] : [])].join('.'),
    ...ids.map(id => [`k${id}`, ...facts(keys[id])].join('.')),
    ...Object.entries(stores).map(([mark, store]) => `s${mark}${events(store).join('')}`),
    ...(requested
      ? [`a${time(requested.first, Math.floor)}${time(requested.last)}${requested.before.map(id => `.${place(id)}`).join('')}`]
      : []),
  ].join(' ')
}

/** Rounds up, so that no wait ends too early. */
function time(milliseconds: number, round = Math.ceil): string {
  return Math.max(0, round((milliseconds - EPOCH) / 1000))
    .toString(36)
    .padStart(DIGITS, '0')
}

const T = `[0-9a-z]{${DIGITS}}`
const HEAD = new RegExp(`^${VERSION}\\.([0-9a-z]{4})\\.(${T})(\\.e)?$`)
const KEY = new RegExp(`^k(\\w+)((?:\\.[ch]${T}(?:[+-][0-9a-z])*|\\.[dx]${T})*)$`)
const STORE = new RegExp(`^s([\\w-]{6})((?:=[0-9a-z]${T})?)((?::[0-9a-z]${T})*)$`)
const REQUESTED = new RegExp(`^a(${T})(${T})((?:\\.[0-9a-z])*)$`)

/** Undefined for a value that is not of this format. */
export function decodeTag(value: string): TagContent | undefined {
  const [head = '', ...words] = value.split(' ')
  const [, run, at, ended] = HEAD.exec(head) ?? []
  if (run === undefined || at === undefined) return undefined
  const ids = words.flatMap(word => KEY.exec(word)?.[1] ?? [])
  const idAt = (place = ''): string | undefined => ids[Number.parseInt(place, 36)]
  const keys: Record<string, KeyHistory> = {}
  const stores: Record<string, StoreHistory> = {}
  let requested: History['requested']
  for (const word of words) {
    const [, id, facts] = KEY.exec(word) ?? []
    const [, mark, stored, storing] = STORE.exec(word) ?? []
    const [, first, last, before] = REQUESTED.exec(word) ?? []
    if (id !== undefined) {
      const history = keyHistory(facts ?? '', idAt)
      if (Object.keys(history).length > 0) keys[id] = history
    } else if (mark !== undefined) {
      const [got] = eventsIn(stored ?? '', idAt)
      stores[mark] = { ...(got && { stored: got }), storing: eventsIn(storing ?? '', idAt) }
    } else if (first !== undefined && last !== undefined) {
      requested = {
        first: timeOf(first),
        last: timeOf(last),
        before: [...(before ?? '').matchAll(/\.(.)/g)].flatMap(([, place]) => idAt(place) ?? []),
      }
    } else return undefined
  }
  return { run, at: timeOf(at), ended: ended !== undefined, history: { keys, stores, ...(requested && { requested }) } }
}

const timeOf = (text: string): number => Number.parseInt(text, 36) * 1000 + EPOCH

type IdAt = (place?: string) => string | undefined

function keyHistory(facts: string, idAt: IdAt): KeyHistory {
  const found = new Map(
    [...facts.matchAll(/\.([chdx])([0-9a-z]{6})([^.]*)/g)].map(([, kind, at = '', rest = '']) => [kind, { at: timeOf(at), rest }]),
  )
  const succession = (kind: string) => {
    const fact = found.get(kind)
    if (fact === undefined) return undefined
    const replaced = [...fact.rest.matchAll(/([+-])(.)/g)].flatMap(([, sign, place]): (readonly [string, Replaced])[] => {
      const id = idAt(place)
      return id === undefined ? [] : [[id, sign === SIGNS.held ? 'held' : 'elsewhere']]
    })
    return { at: fact.at, replaces: Object.fromEntries(replaced) }
  }
  const [created, handedOver, deactivated, deleted] = [succession('c'), succession('h'), found.get('d')?.at, found.get('x')?.at]
  return {
    ...(created && { created }),
    ...(handedOver && { handedOver }),
    ...(deactivated !== undefined && { deactivated }),
    ...(deleted !== undefined && { deleted }),
  }
}

const eventsIn = (text: string, idAt: IdAt) =>
  [...text.matchAll(/[=:](.)([0-9a-z]{6})/g)].flatMap(([, place, at = '']) => {
    const id = idAt(place)
    return id === undefined ? [] : [{ id, at: timeOf(at) }]
  })
