/** Two runs put a key of their own into the same store at the same moment: one of them has stored it, and the other one says that it has not. */
import { describe, expect, test } from 'vitest'
import { attempt, KINDS, NEVER, NEW, OLD, OTHER, pairOf, stageOf } from './stage.ts'

const REVOCABLE = KINDS.filter(({ irrevocable }) => !irrevocable)
const ROUNDS = 150

/** Numbers that look drawn, the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

describe.each(REVOCABLE.map(kind => [kind.name, kind] as const))('%s', (_, kind) => {
  test('one of two runs wins, and nothing is lost', async () => {
    const wrong: string[] = []
    const winners = new Set<string>()
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const random = numbers(seed)
      const stage = stageOf(kind.name, kind.prepare)
      const latency = () => random() * 600
      const [one, other] = [await stage.open({ latency }), await stage.open({ latency })]
      const late = random() * 800
      const both = Promise.all([
        attempt(one.store.put(NEW, NEVER)),
        stage.clock.sleep(late).then(() => attempt(other.store.put(OTHER, NEVER))),
      ])
      const ends = (await stage.clock.run(both)).map(({ failure }) => failure === undefined)
      const stored = [NEW, OTHER].filter((_, index) => ends[index])
      const now = kind.consumed(stage.services)
      if (stored.length !== 1) wrong.push(`seed ${seed}: ${stored.length} of two have stored their key`)
      if (stored[0]?.AccessKeyId !== now.AccessKeyId) wrong.push(`seed ${seed}: consumers have ${now.AccessKeyId}`)
      winners.add(String(now.AccessKeyId))
    }
    expect([wrong, winners.size]).toEqual([[], 2])
  }, 30_000)

  test('a run whose store another one has changed since it began leaves it alone', async () => {
    const stage = stageOf(kind.name, kind.prepare)
    const [one, other] = [await stage.open(), await stage.open()]
    await stage.clock.run(other.store.put(OTHER, NEVER))
    const { failure } = await stage.clock.run(attempt(one.store.put(NEW, NEVER)))
    expect([failure?.reason, pairOf(kind.consumed(stage.services))]).toEqual([
      'another run has put a key there since this one began',
      pairOf(OTHER),
    ])
  })

  test('a run takes nothing back that another one has put there since', async () => {
    const stage = stageOf(kind.name, kind.prepare)
    const one = await stage.open()
    const rollback = await stage.clock.run(one.store.put(NEW, NEVER))
    await stage.clock.run((await stage.open()).store.put(OTHER, NEVER))
    const sentence = await stage.clock.run(rollback())
    expect([sentence, pairOf(kind.consumed(stage.services))]).toEqual([
      `${kind.name} has been changed by another program, and was left alone`,
      pairOf(OTHER),
    ])
  })

  test('a rollback that cannot be carried out says so', async () => {
    const stage = stageOf(kind.name, kind.prepare)
    let isDown = false
    const { store } = await stage.open({ meets: () => (isDown ? { status: 503 } : undefined) })
    const rollback = await stage.clock.run(store.put(NEW, NEVER))
    isDown = true
    expect(await stage.clock.run(rollback())).toMatch(/could not be put back \(.*status 503\): it may still hold that key$/)
    expect(kind.consumed(stage.services).AccessKeyId).not.toBe(OLD.AccessKeyId)
  })
})
