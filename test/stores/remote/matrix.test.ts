/**
 * A key is put into each kind of store at a service, and each request meets each thing that can go wrong. Whatever that is, consumers have the
 * old key or the new one, whole; a store that says no has the old one; and the same put again, by a run that knows nothing of the first,
 * ends with the new one.
 */
import { describe, expect, test } from 'vitest'
import { StoreOutcomeUnknown } from '../../../src/core/key-store.ts'
import { isLasting, type WireFault } from '../../support/secret-wire.ts'
import { attempt, KINDS, type Kind, NEVER, NEW, OLD, pairOf, type Stage, stageOf } from './stage.ts'

const FAULTS: readonly (WireFault | 'killed before' | 'killed after' | 'interrupted')[] = [
  'killed before',
  'killed after',
  'interrupted',
  'request lost',
  'reply lost',
  'unreachable',
  'deaf',
  'offline',
  ...[400, 401, 403, 404, 409, 422].map(status => ({ status })),
  ...[429, 500, 502, 503].map(status => ({ status, once: true })),
  ...[429, 500, 503].map(status => ({ status })),
  { status: 500, done: true },
  { status: 503, done: true, once: true },
]

interface Told {
  readonly stage: Stage
  readonly end: 'stored' | 'refused' | 'in doubt' | 'killed'
  readonly wrong: readonly string[]
}

/** The first requests are those of the check. */
async function requestsOf(kind: Kind): Promise<{ readonly checks: number; readonly all: number }> {
  const stage = stageOf(kind.name, kind.prepare)
  const { store, sent } = await stage.open()
  const checks = sent.length
  await stage.clock.run(store.put(NEW, NEVER))
  return { checks, all: sent.length }
}

function isOneOf(kind: Kind, stage: Stage): string[] {
  const now = JSON.stringify(pairOf(kind.consumed(stage.services)))
  return [OLD, NEW].some(key => JSON.stringify(pairOf(key)) === now) ? [] : [`consumers have ${now}`]
}

async function put(kind: Kind, at: number, fault: (typeof FAULTS)[number]): Promise<Told> {
  const stage = stageOf(kind.name, kind.prepare)
  const wrong: string[] = []
  const death = new AbortController()
  const stop = new AbortController()
  const forEver = () => new Promise<never>(() => {})
  const { store } = await stage.open({
    meets: index => {
      if (fault === 'killed before' || fault === 'killed after' || fault === 'interrupted') return undefined
      return index === at || (index > at && isLasting(fault)) ? fault : undefined
    },
    on: (moment, index) => {
      if (!kind.inHalves) wrong.push(...isOneOf(kind, stage).map(what => `${what} ${moment} request ${index}`))
      if (death.signal.aborted) return forEver()
      if (index === at && fault === 'interrupted' && moment === 'after') stop.abort()
      if (index !== at || fault !== `killed ${moment}`) return undefined
      death.abort()
      return forEver()
    },
  })
  const killed = new Promise<'killed'>(resolve => death.signal.addEventListener('abort', () => resolve('killed')))
  const end = await stage.clock.run(Promise.race([attempt(store.put(NEW, stop.signal)), killed]))
  if (end === 'killed') return { stage, wrong, end }
  if (end.failure === undefined) return { stage, wrong, end: 'stored' }
  return { stage, wrong, end: end.failure instanceof StoreOutcomeUnknown ? 'in doubt' : 'refused' }
}

/** It passes, and the same request is answered when it is made again. */
const passes = (fault: (typeof FAULTS)[number]): boolean =>
  ['request lost', 'reply lost', 'unreachable'].includes(String(fault)) || (typeof fault === 'object' && fault.once === true)

/** What has to be true after a put that ended like that. */
function judged(kind: Kind, fault: (typeof FAULTS)[number], { stage, end, wrong }: Told): readonly string[] {
  if (passes(fault) && end !== 'stored') return [...wrong, 'not made again']
  const now = kind.consumed(stage.services)
  const isNew = now.AccessKeyId === NEW.AccessKeyId && now.SecretAccessKey === NEW.SecretAccessKey
  const isOld = now.AccessKeyId === OLD.AccessKeyId && now.SecretAccessKey === OLD.SecretAccessKey
  if (end === 'stored' && !isNew) return [...wrong, 'said to be stored, and is not']
  if (end === 'refused' && !isOld) return [...wrong, 'said to be refused, and is not as it was']
  return [...wrong, ...(kind.inHalves ? [] : isOneOf(kind, stage))]
}

async function again(kind: Kind, stage: Stage): Promise<readonly string[]> {
  const { store } = await stage.open()
  const { failure } = await stage.clock.run(attempt(store.put(NEW, NEVER)))
  const now = pairOf(kind.consumed(stage.services))
  const wrong = failure === undefined ? [] : [failure.message]
  return JSON.stringify(now) === JSON.stringify(pairOf(NEW)) ? wrong : [...wrong, 'the next run has not stored it']
}

describe.each(KINDS.map(kind => [kind.name, kind] as const))('%s', (_, kind) => {
  test('whatever a request meets, consumers have a whole key, and the next run stores the new one', async () => {
    const { checks, all } = await requestsOf(kind)
    const wrong: string[] = []
    const ends = new Set<string>()
    let cells = 0
    for (let at = checks; at < all; at++) {
      for (const fault of FAULTS) {
        const told = await put(kind, at, fault)
        ends.add(told.end)
        const found = [...judged(kind, fault, told), ...(await again(kind, told.stage))]
        wrong.push(...found.map(what => `request ${at - checks}, ${JSON.stringify(fault)}, ${told.end}: ${what}`))
        cells += 1
      }
    }
    console.info(`${kind.name}: ${cells} cells, ${all - checks} requests`)
    expect(wrong).toEqual([])
    expect([...ends].sort()).toEqual(['in doubt', 'killed', 'refused', 'stored'])
  }, 60_000)

  test('what is taken back is as it was', async () => {
    const stage = stageOf(kind.name, kind.prepare)
    const { store } = await stage.open()
    const rollback = await stage.clock.run(store.put(NEW, NEVER))
    const sentence = await stage.clock.run(rollback())
    const name = kind.irrevocable ? NEW.AccessKeyId : OLD.AccessKeyId
    expect([kind.consumed(stage.services).AccessKeyId, store.irrevocable, sentence]).toEqual([
      name,
      kind.irrevocable,
      kind.irrevocable ? `${kind.name} was given that key, and must be told otherwise` : `${kind.name} holds what it held before`,
    ])
  })
})
