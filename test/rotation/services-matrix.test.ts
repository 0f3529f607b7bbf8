/**
 * The crash matrix over stores at services: a rotation is broken at each of its requests, also those to the services, in each way there is.
 * What each cell must come to is said in `matrix.ts`.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { SECRET_PLACES } from '../support/secret-places.ts'
import { aftermath, cellsOf, described, type Scene, stage, story } from './matrix.ts'
import { FAULTS } from './world.ts'

const PLACES = SECRET_PLACES.filter(({ inHalves }) => !inHalves).map(({ name }) => name)
const [SECRETS_MANAGER = '', , , , GITHUB = ''] = PLACES

const scenes = (store: readonly string[], about: Partial<Scene> = {}): readonly Scene[] =>
  [true, false].map(journal => ({ caller: "another user's key", store, journal, flags: {}, ...about }))

const SCENES: readonly Scene[] = [
  ...PLACES.flatMap(name => scenes([name])),
  ...scenes([SECRETS_MANAGER], { caller: 'their own key' }),
  ...scenes([SECRETS_MANAGER, GITHUB]),
  ...scenes(['profile:bob', SECRETS_MANAGER]),
  ...scenes([SECRETS_MANAGER], { flags: { retireAfter: '0m', retire: 'delete' } }),
]

const counts = { cells: 0, persons: 0 }
afterAll(() => console.info(`crash matrix of the services: ${counts.cells} cells, of which ${counts.persons} are left to a person`))

const nameOf = ({ caller, store, journal, flags }: Scene) =>
  [caller, store.join(' '), journal ? 'with a journal' : 'without', ...Object.values(flags)].join(', ')

describe.each(SCENES.map(scene => [nameOf(scene), scene] as const))('%s', (_, scene) => {
  test('a run that meets nothing rotates', async () => {
    const here = await stage(scene)
    const first = await here.run()
    expect([first.failure, (await aftermath(here, first)).wrong]).toEqual([undefined, []])
  })

  test('whatever a run is broken by, the next ones make it good, or say what a person must decide', async () => {
    const wrong: string[] = []
    for (const cell of await cellsOf(scene, { remote: FAULTS.remote, request: ['killed after', 'deaf'] })) {
      const ended = await story(scene, here => here.run({ fault: cell }))
      wrong.push(...ended.wrong.map(what => `${described(cell)}: ${what}`))
      counts.cells += 1
      if (ended.person) counts.persons += 1
    }
    expect(wrong).toEqual([])
  }, 240_000)
})
