/** A rotation is broken at each of its steps in each way there is. What each cell must come to is said in `matrix.ts`. */

import { afterAll, describe, expect, test } from 'vitest'
import { aftermath, cellsOf, described, type Scene, stage, story } from './matrix.ts'

const STORES = [
  ['profile:bob'],
  ['env-file:/here/.env'],
  ['csv:/here/keys.csv'],
  ['command:to-vault'],
  ['command:to-vault < show-id'],
  ['command:to-vault < show-key'],
  ['profile:bob', 'env-file:/here/.env'],
  ['profile:bob', 'command:to-vault'],
  ['command:to-vault', 'command:to-other'],
  ['command:to-vault < show-id', 'command:to-other < show-other-id'],
  ['csv:/here/keys.csv', 'github-env'],
] as const
const everywhere = (about: Omit<Scene, 'caller' | 'journal' | 'store'>, stores: readonly (readonly string[])[]): readonly Scene[] =>
  stores.flatMap(store => [true, false].map(journal => ({ store, caller: "another user's key", journal, ...about })))

const SCENES: readonly Scene[] = [
  // Files differ in their text alone.
  ...everywhere({ flags: {} }, STORES).filter(({ store, journal }) => journal || !/^(env-file|csv)/.test(store[0] ?? '')),
  ...everywhere({ flags: { retireAfter: '0m' } }, [STORES[0], STORES[3], STORES[4], STORES[7]]),
  ...everywhere({ flags: { retireAfter: '0m', retire: 'delete' } }, [STORES[0], STORES[3], STORES[4], STORES[7]]),
  ...everywhere({ flags: { twoKeys: 'delete-unused' } }, [STORES[0], STORES[3]]),
  ...everywhere({ flags: { checkCommand: 'check' } }, [STORES[7]]),
  ...everywhere({ flags: {}, predecessor: true }, [STORES[0], STORES[3]]),
  ...everywhere({ flags: {}, known: true }, [STORES[3], STORES[8]]),
  ...[STORES[0], STORES[3], STORES[4], STORES[7]].flatMap(store =>
    [{}, { retireAfter: '0m' }].flatMap(flags =>
      [true, false].map((journal): Scene => ({ store, caller: 'their own key', journal, flags })),
    ),
  ),
]

/** With a journal nothing is left to a person where all stores can be read; and one of several the whole key of, for the others to have it from. */
const isReadable = (store: readonly string[]) =>
  store.every(name => !name.startsWith('command:') || name.includes(' < ')) &&
  (store.length === 1 || store.some(name => !name.startsWith('command:') || name.includes('show-key')))

const counts = { cells: 0, persons: 0 }
afterAll(() => console.info(`crash matrix: ${counts.cells} cells, of which ${counts.persons} are left to a person`))

const nameOf = ({ caller, store, journal, flags, predecessor, known }: Scene) =>
  [caller, store.join(' '), journal ? 'with a journal' : 'without', ...Object.values(flags), predecessor && 'two keys', known && 'known']
    .filter(Boolean)
    .join(', ')

describe.each(SCENES.map(scene => [nameOf(scene), scene] as const))('%s', (_, scene) => {
  test('a run that meets nothing rotates', async () => {
    const here = await stage(scene)
    const first = await here.run()
    expect([first.failure, (await aftermath(here, first)).wrong]).toEqual([undefined, []])
  })

  test('whatever a run is broken by, the next ones make it good, or say what a person must decide', async () => {
    const wrong: string[] = []
    const persons: string[] = []
    for (const cell of await cellsOf(scene)) {
      const ended = await story(scene, here => here.run({ fault: cell }))
      wrong.push(...ended.wrong.map(what => `${described(cell)}: ${what}`))
      counts.cells += 1
      if (ended.person) {
        counts.persons += 1
        persons.push(`${described(cell)}: ${ended.person.split('\n')[0]}`)
      }
    }
    expect(wrong).toEqual([])
    if (scene.journal && isReadable(scene.store)) expect(persons).toEqual([])
  }, 120_000)
})
