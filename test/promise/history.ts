/** What can go wrong, as data, and how fast-check makes it up. No behaviour. */
import * as fc from 'fast-check'
import type { End } from './endings.ts'

/** How the calls of each operation may end. */
const ENDS = {
  CreateAccessKey: [
    'reply',
    'reply without secret',
    'reply with a blank secret',
    'reply without key',
    'reply with a blank id',
    'broken reply that names the key',
    'lost',
    '500',
    '307',
    'never',
    'bug',
    'not sent',
    'throttled',
    'clock',
    'denied',
  ],
  ListAccessKeys: ['reply', 'lost', '500', 'never', 'bug', 'not sent', 'throttled', 'denied'],
  DeleteAccessKey: ['reply', 'lost', '500', '307', 'never', 'bug', 'not sent', 'throttled', 'denied'],
} as const satisfies Readonly<Record<string, readonly End[]>>

export type Called = keyof typeof ENDS

export interface Fault {
  readonly end: End
  /** Whether the service does it where the caller cannot tell. */
  readonly done: boolean
  /** Milliseconds from the call to its effect, and to its end for the caller: a lost call may take effect after it. */
  readonly effect: number
  readonly ends: number
}

export type Output =
  | { readonly kind: 'taken' }
  | { readonly kind: 'breaks off'; readonly after: number; readonly code: string }
  /** The reader pauses in the middle for so many milliseconds; a signal ends the wait for it, or does not where a write blocks. */
  | { readonly kind: 'stalls' | 'blocks'; readonly for: number }
  | { readonly kind: 'cannot be rendered' }

export interface History {
  readonly UserName: string | undefined
  readonly maxAttempts: number
  /** Keys of the user's that are there before, by their age in milliseconds. */
  readonly before: readonly number[]
  /** Keys that somebody else makes, in milliseconds from the start. */
  readonly strangers: readonly number[]
  /** The server's clock is that far ahead of ours, in milliseconds; and whether its replies say the time. */
  readonly skew: number
  readonly dated: boolean
  /** What its lists say of a key's age. */
  readonly dates: 'readable' | 'unreadable' | 'absent'
  /** Whether ids and secrets are of AWS's letters. */
  readonly likeAws: boolean
  /** Milliseconds until a new key is listed, and until it can be deleted. */
  readonly listLag: number
  readonly deleteLag: number
  /** The calls of each operation meet these in turn, and later ones nothing. */
  readonly faults: { readonly [O in Called]: readonly Fault[] }
  readonly signals: readonly { readonly at: number; readonly name: NodeJS.Signals }[]
  readonly output: Output
  readonly random: number
}

/** How long after its end a lost call may still take effect, and how far a list may lag, in milliseconds. */
const LATE = 8000
const LAG = 3500

function fault(operation: Called): fc.Arbitrary<Fault> {
  const time = fc.oneof(fc.constant(0), fc.nat(400), fc.nat(15_000))
  const end = fc.oneof({ weight: 2, arbitrary: fc.constantFrom<End>(...ENDS[operation]) }, fc.constant<End>('lost'))
  return fc
    .record({ end, done: fc.boolean(), effect: time, late: fc.oneof(fc.constant(0), fc.integer({ min: -LATE, max: LATE })) })
    .map(({ late, ...fault }) => ({
      ...fault,
      ends: Math.max(0, fault.end === 'lost' ? fault.effect - late : fault.effect + Math.abs(late)),
    }))
}

/** A lost call that takes effect once nobody looks for it any more, and the attempt that is made in its place. */
const straggler: fc.Arbitrary<readonly Fault[]> = fc
  .record({ effect: fc.integer({ min: 2000, max: 2 * LATE }), next: fc.nat(LATE) })
  .map(({ effect, next }) => [
    { end: 'lost', done: true, effect, ends: 0 },
    { end: 'reply', done: true, effect: next, ends: next },
  ])

const few = <T>(arbitrary: fc.Arbitrary<T>, most: number) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.array(arbitrary, { minLength: 1, maxLength: most }) })

const deletions = fc.oneof(
  fc.record({ deleteLag: fc.constant(0), DeleteAccessKey: few(fault('DeleteAccessKey'), 6) }),
  // Both together no program can tell from a deletion that was done.
  fc.record({ deleteLag: fc.nat(3000), DeleteAccessKey: fc.constant([]) }),
)

export const history: fc.Arbitrary<History> = fc
  .record({
    UserName: fc.constantFrom('Bob', undefined),
    maxAttempts: fc.integer({ min: 1, max: 4 }),
    before: few(fc.integer({ min: 10_000, max: 10_000_000 }), 2),
    strangers: few(fc.nat(20_000), 2),
    skew: fc.oneof(fc.constant(0), fc.integer({ min: -4_000_000, max: 4_000_000 })),
    dated: fc.boolean(),
    dates: fc.oneof({ weight: 3, arbitrary: fc.constant('readable' as const) }, fc.constantFrom('unreadable' as const, 'absent' as const)),
    likeAws: fc.boolean(),
    listLag: fc.oneof(fc.constant(0), fc.nat(LAG)),
    CreateAccessKey: fc.oneof({ weight: 9, arbitrary: fc.array(fault('CreateAccessKey'), { maxLength: 4 }) }, straggler),
    ListAccessKeys: few(fault('ListAccessKeys'), 12),
    deletions,
    signals: few(fc.record({ at: fc.nat(20_000), name: fc.constantFrom<NodeJS.Signals>('SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT') }), 3),
    output: fc.oneof(
      fc.constant<Output>({ kind: 'taken' }),
      fc.record({
        kind: fc.constant('breaks off' as const),
        after: fc.nat(120),
        code: fc.constantFrom('EPIPE', 'ENOSPC', 'EFBIG', 'EIO', 'EBADF'),
      }),
      fc.record({ kind: fc.constantFrom('stalls' as const, 'blocks' as const), for: fc.nat(30_000) }),
      fc.constant<Output>({ kind: 'cannot be rendered' }),
    ),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  })
  .map(({ CreateAccessKey, ListAccessKeys, deletions: { deleteLag, DeleteAccessKey }, dated, skew, ...rest }) => ({
    ...rest,
    deleteLag,
    // Without a Date in the reply nobody can know of clocks that differ by more than five minutes.
    dated: dated || Math.abs(skew) > 250_000,
    skew,
    faults: { CreateAccessKey, ListAccessKeys, DeleteAccessKey },
  }))
