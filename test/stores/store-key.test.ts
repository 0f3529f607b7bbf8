/** A key on its way into several stores and the output: all of them have it at the end, or none, and what happened is said. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/core/command.ts'
import { Failure, Interrupted } from '../../src/core/errors.ts'
import { type KeyStore, StoreFailure, StoreOutcomeUnknown } from '../../src/core/key-store.ts'
import { deliver } from '../../src/stores/deliver.ts'
import { systemError, testHost } from '../support/host.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const DELETE = 'iamkey delete-access-key --access-key-id AKIAIOSFODNN7EXAMPLE'
const KEY = { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', SecretAccessKey: SECRET }

interface Turn {
  readonly irrevocable: boolean
  readonly put: 'works' | 'fails' | 'breaks' | 'doubts'
  /** It can keep a key that nobody reads yet. */
  readonly stages?: 'works' | 'fails' | undefined
  readonly back: 'works' | 'fails'
  /** A signal comes while it is filled. */
  readonly signal: boolean
}

interface History {
  readonly turns: readonly Turn[]
  readonly output: 'works' | 'fails' | 'breaks'
  readonly ready: 'none' | 'works' | 'late' | 'signal' | 'breaks'
  readonly signalFirst: boolean
}

async function live({ turns, output, ready, signalFirst }: History) {
  const host = testHost()
  const signals = host.holdSignals()
  const log: string[] = []
  const holds = new Map<string, string>()
  let deleted = false
  const stores = turns.map(
    ({ irrevocable, put, back, signal, stages }, index): KeyStore => ({
      name: `store${index}`,
      identity: `store${index}`,
      ...(stages && {
        async stage() {
          if (stages === 'fails') throw new StoreFailure(`store${index}`, 'full')
          log.push(`stage ${index}`)
          return async () => {
            log.push(`unstage ${index}`)
            return ''
          }
        },
      }),
      irrevocable,
      check: async () => {},
      async put(key) {
        if (signal) host.signal('SIGTERM')
        if (put === 'fails') throw new StoreFailure(`store${index}`, 'full')
        if (put === 'breaks') throw new TypeError(`cannot read ${SECRET}`)
        holds.set(`store${index}`, key.SecretAccessKey)
        log.push(`put ${index}`)
        if (put === 'doubts') throw new StoreOutcomeUnknown(`store${index}`, 'no answer')
        return async () => {
          log.push(`back ${index}`)
          if (irrevocable || back === 'fails') return `store${index} still holds it`
          holds.delete(`store${index}`)
          return `store${index} holds what it held before`
        }
      },
    }),
  )
  const late = new Failure('the new key is delivered, but is not known to work yet')
  const waits: Record<History['ready'], (() => Promise<Failure | undefined>) | undefined> = {
    none: undefined,
    works: async () => undefined,
    late: async () => late,
    async signal() {
      host.signal('SIGINT')
      return late
    },
    breaks: async () => {
      throw new TypeError(SECRET)
    },
  }
  const wait = waits[ready]
  const outcome: Outcome = {
    output: new Map([['AccessKeyId', KEY.AccessKeyId]]),
    storeTo: { key: KEY, stores },
    undoCommand: () => DELETE,
    ...(wait && { waitUntilUsable: wait }),
    async undo() {
      log.push('delete')
      deleted = true
      return `the new key ${KEY.AccessKeyId} was deleted again`
    },
  }
  let shown = ''
  const showing = {
    render: () => KEY.AccessKeyId,
    async show(text: string) {
      if (output === 'fails') throw systemError('EPIPE')
      if (output === 'breaks') throw new TypeError(SECRET)
      shown = text
    },
  }
  if (signalFirst) host.signal('SIGHUP')
  const thrown: unknown = await deliver(outcome, showing, signals).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { thrown, holds, deleted, shown, log, all: stores.map(({ name }) => name) }
}

const turn: fc.Arbitrary<Turn> = fc.record({
  irrevocable: fc.boolean(),
  put: fc.constantFrom('works' as const, 'works' as const, 'works' as const, 'fails' as const, 'breaks' as const, 'doubts' as const),
  stages: fc.constantFrom(undefined, undefined, 'works' as const, 'fails' as const),
  back: fc.constantFrom('works' as const, 'works' as const, 'fails' as const),
  signal: fc.constantFrom(false, false, false, true),
})
const history: fc.Arbitrary<History> = fc.record({
  turns: fc.array(turn, { maxLength: 4 }),
  output: fc.constantFrom('works', 'works', 'fails', 'breaks'),
  ready: fc.constantFrom('none', 'works', 'late', 'signal', 'breaks'),
  signalFirst: fc.constantFrom(false, false, false, false, true),
})

test('over five thousand histories a key is everywhere and lives, or nowhere and is deleted, or what still holds it is named', async () => {
  await fc.assert(
    fc.asyncProperty(history, async about => {
      const { thrown, holds, deleted, shown, log, all } = await live(about)
      const message = thrown instanceof Error ? thrown.message : ''
      const finals = all.filter((_, index) => about.turns[index]?.irrevocable)
      expect(message).not.toContain(SECRET)
      if (thrown !== undefined) expect(thrown).toBeInstanceOf(Failure)
      if (deleted) {
        expect(message).toContain(`${KEY.AccessKeyId} was deleted again`)
        for (const name of holds.keys()) expect(message).toContain(`${name} still holds it`)
        // What was filled last is emptied first, and the key outlives them all.
        const filled = log.flatMap(line => (line.startsWith('put') ? [line.replace('put', 'back')] : []))
        expect(log.filter(line => /^(back|delete)/.test(line))).toEqual([...filled.reverse(), 'delete'])
        // What was kept for a later run is not, when the key is gone.
        const kept = log.flatMap(line => (line.startsWith('stage') ? [line.replace('stage', 'unstage')] : []))
        expect(log.filter(line => line.startsWith('unstage'))).toEqual(kept.reverse())
      } else if (message.includes(`${KEY.AccessKeyId} stays`)) {
        expect(log.filter(line => /^(back|delete|unstage)/.test(line))).toEqual([])
        for (const name of holds.keys()) expect(message).toMatch(new RegExp(`${name}.* (has|have) it|${name} may have it`))
        const isDue = all.some((_, index) => ['breaks', 'doubts'].includes(about.turns[index]?.put ?? ''))
        expect([message.includes(DELETE), isDue || finals.some(name => holds.has(name))]).toEqual([true, true])
      } else {
        expect([...holds.keys()].sort()).toEqual(all)
        // Only a store that keeps it anyway makes up for an output that failed.
        if (shown === '') expect(finals).not.toEqual([])
      }
    }),
    { numRuns: 5000 },
  )
})

const GOOD: Turn = { irrevocable: false, put: 'works', back: 'works', signal: false }
const LIFE: History = { turns: [GOOD, GOOD], output: 'works', ready: 'none', signalFirst: false }

describe('what is said', () => {
  test.each<[string, Partial<History>, string | undefined]>([
    ['nothing, if all went well', {}, undefined],
    [
      'why a store did not take it, and what became of the others',
      { turns: [GOOD, GOOD, { ...GOOD, put: 'fails' }] },
      'cannot use store2: full; store1 holds what it held before; store0 holds what it held before; the new key AKIAIOSFODNN7EXAMPLE was deleted again',
    ],
    [
      'that a store could not be put back',
      { turns: [{ ...GOOD, back: 'fails' }], output: 'fails' },
      'could not write the output (EPIPE); store0 still holds it; the new key AKIAIOSFODNN7EXAMPLE was deleted again',
    ],
    [
      'that the key stays where it cannot be taken back',
      { turns: [{ ...GOOD, irrevocable: true }], output: 'fails' },
      'could not write the output (EPIPE); the new key is stored all the same',
    ],
    [
      'that it stays where it may be in use',
      { turns: [GOOD, { ...GOOD, irrevocable: true }, { ...GOOD, irrevocable: true, put: 'fails' }] },
      `cannot use store2: full; the new key AKIAIOSFODNN7EXAMPLE stays, for store0 and store1 have it. If it is not wanted there, delete it with\n  ${DELETE}`,
    ],
    [
      'that it stays where nobody knows whether it is in use',
      { turns: [GOOD, { ...GOOD, put: 'doubts' }, GOOD] },
      `cannot use store1: no answer; the new key AKIAIOSFODNN7EXAMPLE stays, for store0 has it, and store1 may have it. If it is not wanted there, delete it with\n  ${DELETE}`,
    ],
    [
      'why it cannot be kept for a later run, before anything else happens',
      {
        turns: [
          { ...GOOD, stages: 'works' },
          { ...GOOD, stages: 'fails' },
        ],
      },
      'cannot use store1: full; the new key AKIAIOSFODNN7EXAMPLE was deleted again',
    ],
    ['that it may not work yet', { ready: 'late' }, 'the new key is delivered, but is not known to work yet'],
    ['the same where a signal ended the wait', { ready: 'signal' }, 'the new key is delivered, but is not known to work yet'],
    ['a name, where nobody foresaw it', { ready: 'breaks' }, 'the new key is delivered, but could not be tried (TypeError)'],
  ])('%s', async (_, about, message) => {
    const { thrown } = await live({ ...LIFE, ...about })
    expect(thrown instanceof Error ? thrown.message : undefined).toBe(message)
  })
})

test('a key is kept for a later run before it is waited for, and taken off when it comes to nothing', async () => {
  const { log } = await live({
    ...LIFE,
    turns: [
      { ...GOOD, stages: 'works' },
      { ...GOOD, put: 'fails' },
    ],
  })
  expect(log).toEqual(['stage 0', 'put 0', 'back 0', 'unstage 0', 'delete'])
})

test('stores that keep what they get come last', async () => {
  const { log } = await live({ ...LIFE, turns: [{ ...GOOD, irrevocable: true }, GOOD, { ...GOOD, irrevocable: true }, GOOD] })
  expect(log).toEqual(['put 1', 'put 3', 'put 0', 'put 2'])
})

test('a signal between two stores takes back the first, and ends the run as a shell expects', async () => {
  const { thrown, log, holds } = await live({ ...LIFE, turns: [{ ...GOOD, signal: true }, GOOD] })
  expect([log, [...holds]]).toEqual([['put 0', 'back 0', 'delete'], []])
  expect(thrown).toBeInstanceOf(Interrupted)
})

test('a signal that ends the wait leaves the delivery alone', async () => {
  const { thrown, holds, shown } = await live({ ...LIFE, ready: 'signal' })
  expect([[...holds.keys()], shown]).toEqual([['store0', 'store1'], KEY.AccessKeyId])
  expect(thrown).toMatchObject({ exitCode: 255 })
})
