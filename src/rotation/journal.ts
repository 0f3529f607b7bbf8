/**
 * The port to the journal of a rotation: what runs have done to the keys of one user, recorded before it happens. Contains ids and times by
 * the service's clock, never a secret. Facts are only added, so that no lagging list can make the journal forget one. `local-journal.ts`
 * stores it. Pure.
 */

/** How a key was used when another replaced it: stores held it, or programs outside the stores use it. */
export type Replaced = 'held' | 'elsewhere'

interface Event {
  readonly at: number
}
interface KeyEvent extends Event {
  readonly id: string
}

export type Entry =
  /** CreateAccessKey is about to be sent; the user's keys before it. */
  | (Event & { readonly what: 'asked'; readonly before: readonly string[] })
  /** The request certainly had no effect. */
  | (Event & { readonly what: 'refused' })
  /** The reply named the key, which is to replace those. */
  | (KeyEvent & { readonly what: 'created'; readonly replaces: Readonly<Record<string, Replaced>> })
  /** The store is about to get the key; it has confirmed it; it certainly does not have it after all. */
  | (KeyEvent & { readonly what: 'storing' | 'stored' | 'unstored'; readonly store: string })
  /** Every store has the key. */
  | (KeyEvent & { readonly what: 'handed over'; readonly replaces: Readonly<Record<string, Replaced>> })
  /** IAM has done it. */
  | (KeyEvent & { readonly what: 'deactivated' | 'deleted' })
  /** IAM does not know it any more. */
  | (KeyEvent & { readonly what: 'missing' })

interface Succession extends Event {
  readonly replaces: Readonly<Record<string, Replaced>>
}

export interface KeyHistory {
  readonly created?: Succession
  readonly handedOver?: Succession
  readonly deactivated?: number
  readonly deleted?: number
  readonly missing?: number
}

export interface StoreHistory {
  /** The last key that the store certainly got. */
  readonly stored?: KeyEvent
  /** Keys that it was to get since then, and may have got. */
  readonly storing: readonly KeyEvent[]
}

export interface History {
  readonly keys: Readonly<Record<string, KeyHistory>>
  /** By KeyStore.identity. */
  readonly stores: Readonly<Record<string, StoreHistory>>
  /** CreateAccessKey requests whose replies named no key: the time span of the requests, and the keys before them. */
  readonly requested?: { readonly first: number; readonly last: number; readonly before: readonly string[] }
}

export const EMPTY: History = { keys: {}, stores: {} }

export interface Journal {
  readonly history: History
  /** Later runs will find the records. */
  readonly lasting: boolean
  /** Resolves once the record is durable. Rejects with a Failure. */
  record(entry: Entry): Promise<void>
  /**
   * Nothing more is recorded. Never rejects.
   *
   * @param listed the active keys in this run's list; undefined if it did not get that far
   */
  end(listed?: readonly string[]): Promise<void>
}

/** Adds an entry to the history. */
export function withEntry(history: History, entry: Entry): History {
  if (entry.what === 'asked') {
    const { first = entry.at, before = [] } = history.requested ?? {}
    return { ...history, requested: { first, last: entry.at, before: [...new Set([...before, ...entry.before])] } }
  }
  if (entry.what === 'refused') {
    const { requested, ...rest } = history
    return rest
  }
  const { id, at } = entry
  const about = (more: KeyHistory): History => ({ ...history, keys: { ...history.keys, [id]: { ...history.keys[id], ...more } } })
  switch (entry.what) {
    case 'created': {
      const { requested, ...rest } = about({ created: { at, replaces: entry.replaces } })
      return rest
    }
    case 'handed over':
      return about({ handedOver: { at, replaces: entry.replaces } })
    case 'storing':
    case 'stored':
    case 'unstored': {
      const store = storeWith(history.stores[entry.store] ?? { storing: [] }, entry.what, { id, at })
      return { ...history, stores: { ...history.stores, [entry.store]: store } }
    }
    case 'deactivated':
      return about({ deactivated: at })
    case 'deleted':
      return about({ deleted: at })
    case 'missing':
      return about({ missing: at })
  }
}

function storeWith({ stored, storing }: StoreHistory, what: 'storing' | 'stored' | 'unstored', { id, at }: KeyEvent): StoreHistory {
  const others = storing.filter(each => each.id !== id)
  if (what === 'storing') return { ...(stored && { stored }), storing: [...others, { id, at }] }
  // A store has the key that it was given last, so earlier entries no longer matter.
  if (what === 'stored') return { stored: { id, at }, storing: [] }
  return { ...(stored && stored.id !== id && { stored }), storing: others }
}

/** The fewest entries with the same result. */
export function entriesOf({ keys, stores, requested }: History): readonly Entry[] {
  return [
    ...Object.entries(keys).flatMap(([id, { created, handedOver, deactivated, deleted, missing }]): readonly Entry[] => [
      ...(created ? [{ what: 'created', id, ...created } as const] : []),
      ...(handedOver ? [{ what: 'handed over', id, ...handedOver } as const] : []),
      ...(deactivated ? [{ what: 'deactivated', id, at: deactivated } as const] : []),
      ...(deleted ? [{ what: 'deleted', id, at: deleted } as const] : []),
      ...(missing ? [{ what: 'missing', id, at: missing } as const] : []),
    ]),
    ...Object.entries(stores).flatMap(([store, { stored, storing }]): readonly Entry[] => [
      ...(stored ? [{ what: 'stored', store, ...stored } as const] : []),
      ...storing.map(each => ({ what: 'storing', store, ...each }) as const),
    ]),
    ...(requested
      ? [
          { what: 'asked', at: requested.first, before: requested.before } as const,
          { what: 'asked', at: requested.last, before: [] } as const,
        ]
      : []),
  ]
}

/** Drops keys that were deleted long ago, which no list shows any more. */
export function pruned(history: History, now: number): History {
  const stored = new Set(Object.values(history.stores).flatMap(({ stored, storing }) => [stored?.id, ...storing.map(({ id }) => id)]))
  const isGone = ({ deleted }: KeyHistory) => deleted !== undefined && deleted + LONGEST_LAG < now
  return { ...history, keys: Object.fromEntries(Object.entries(history.keys).filter(([id, key]) => stored.has(id) || !isGone(key))) }
}

/** In milliseconds: no list shows a deleted key for this long. */
const LONGEST_LAG = 86_400_000

/** The entry in a line of a journal; undefined for any other line. */
export function asEntry(line: unknown): Entry | undefined {
  if (typeof line !== 'object' || line === null) return undefined
  const { what, id, at, store, before, replaces } = line as Readonly<Record<string, unknown>>
  if (typeof at !== 'number' || !Number.isFinite(at)) return undefined
  if (what === 'asked') return isTexts(before) ? { what, at, before } : undefined
  if (what === 'refused') return { what, at }
  if (typeof id !== 'string') return undefined
  switch (what) {
    case 'created':
    case 'handed over':
      return isReplaced(replaces) ? { what, id, at, replaces } : undefined
    case 'storing':
    case 'stored':
    case 'unstored':
      return typeof store === 'string' ? { what, id, at, store } : undefined
    case 'deactivated':
    case 'deleted':
    case 'missing':
      return { what, id, at }
    default:
      return undefined
  }
}

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(each => typeof each === 'string')
const isReplaced = (value: unknown): value is Readonly<Record<string, Replaced>> =>
  typeof value === 'object' && value !== null && Object.values(value).every(each => each === 'held' || each === 'elsewhere')
