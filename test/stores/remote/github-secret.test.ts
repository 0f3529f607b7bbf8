/** What only GitHub has: secrets that nobody reads, in several places, sealed for a key of the repository. */
import { describe, expect, test } from 'vitest'
import { StoreOutcomeUnknown } from '../../../src/core/key-store.ts'
import { complaints } from '../../support/openapi.ts'
import { fileOf } from '../../support/secret-places.ts'
import type { SecretServices } from '../../support/secret-services.ts'
import { attempt, NEVER, NEW, OLD, stageOf } from './stage.ts'

const REPOSITORY = '/repos/octo/hello/actions'
const NAME = 'github-secret:octo/hello?name=KEY'

const repository = (services: SecretServices) => void services.repository(REPOSITORY)

describe('refuses, before there is a key,', () => {
  const written = 'it is written OWNER/REPO or OWNER/REPO:ENVIRONMENT, and then ?name=NAME'
  const names = 'it takes name=NAME, or both id=NAME and secret=NAME'
  test.each([
    ['github-secret:hello?name=KEY', written],
    ['github-secret:?name=KEY', written],
    ['github-secret:octo/hello', names],
    ['github-secret:octo/hello?id=ID', names],
    ['github-secret:octo/hello?id=SAME&secret=same', names],
    ['github-secret:octo/hello?name=KEY&id=ID&secret=SECRET', names],
    ['github-secret:octo/hello?name=1KEY', '1KEY cannot be a name: letters, digits and _ only, no digit first, not GITHUB_…'],
    ['github-secret:octo/hello?name=GITHUB_KEY', 'GITHUB_KEY cannot be a name: letters, digits and _ only, no digit first, not GITHUB_…'],
    ['github-secret:octo/hello?name=KEY&marker=a-b', 'a-b cannot be a name: letters, digits and _ only, no digit first, not GITHUB_…'],
    ['github-secret:octo/hello?name=KEY&app=pages', 'app is one of actions, dependabot, codespaces'],
    ['github-secret:octo/hello:prod?name=KEY&app=dependabot', 'dependabot knows no environments'],
    [
      'github-secret:octo/nowhere?name=KEY',
      'the key to encrypt for: GitHub has no such place, or does not show it to the token in GH_TOKEN (404)',
    ],
  ])('%s', async (name, why) => {
    const { failure } = await attempt(stageOf(name, repository).open())
    expect(failure?.message).toBe(`cannot use ${name}: ${why}`)
  })

  test.each([
    [{ status: 401 }, 'GitHub does not accept the token in GH_TOKEN (401)'],
    [{ status: 403 }, 'the token in GH_TOKEN may not do that (403): it needs the permission Secrets, read and write'],
    [{ status: 301 }, 'GitHub names another place (301): the repository has been renamed or moved'],
    [{ status: 418 }, 'GitHub answers with status 418'],
  ])('an answer with %j', async (met, why) => {
    const { failure } = await attempt(stageOf(NAME, repository).open({ meets: () => met }))
    expect(failure?.message).toBe(`cannot use ${NAME}: the key to encrypt for: ${why}`)
  })

  test.each([
    [{}, 'neither GH_TOKEN nor GITHUB_TOKEN is set'],
    [{ GH_TOKEN: 'two\nlines' }, 'GH_TOKEN holds a blank or a character that no token has'],
    [{ GH_TOKEN: 'x', GITHUB_API_URL: 'https://name:password@github.example/api/v3' }, 'GITHUB_API_URL is no URL that can be used'],
    [
      { GITHUB_TOKEN: 'ghs_job', GITHUB_ACTIONS: 'true' },
      'the key to encrypt for: the token in GITHUB_TOKEN may not do that (403). The token that Actions gives to a job can never read or ' +
        "write secrets: GH_TOKEN has to be a fine-grained token or an app's",
    ],
  ])('an environment of %j', async (env, why) => {
    const met = { status: 403, code: 'Resource not accessible by integration' } as const
    const { failure } = await attempt(stageOf(NAME, repository, undefined, env).open({ meets: () => met }))
    expect(failure?.message).toBe(`cannot use ${NAME}: ${why}`)
  })
})

test('GH_TOKEN comes before GITHUB_TOKEN, and GITHUB_API_URL says where an Enterprise server is', async () => {
  const stage = stageOf(NAME, repository, undefined, { GH_TOKEN: 'x', GITHUB_TOKEN: 'y', GITHUB_API_URL: 'https://github.example/api/v3/' })
  const { failure } = await attempt(stage.open())
  expect(failure?.reason).toMatch(/GH_TOKEN may not|GitHub has no such place/)
})

const PLACES: readonly [string, string, Readonly<Record<string, string>>][] = [
  ['octo/hello?name=KEY', REPOSITORY, { KEY: fileOf(NEW) }],
  ['octo/hello?name=key', REPOSITORY, { KEY: fileOf(NEW) }],
  ['octo/hello?id=KEY_ID&secret=KEY_SECRET', REPOSITORY, { KEY_SECRET: NEW.SecretAccessKey, KEY_ID: NEW.AccessKeyId }],
  ['octo/hello:prod?name=KEY', '/repos/octo/hello/environments/prod', { KEY: fileOf(NEW) }],
  ['octo/hello:eu%3F%20west/1?name=KEY', '/repos/octo/hello/environments/eu%3F%20west%2F1', { KEY: fileOf(NEW) }],
  ['octo/hello?name=KEY&app=dependabot', '/repos/octo/hello/dependabot', { KEY: fileOf(NEW) }],
  ['octo/hello?name=KEY&app=codespaces', '/repos/octo/hello/codespaces', { KEY: fileOf(NEW) }],
]

test.each(PLACES)('%s is stored, by requests as GitHub describes them', async (place, path, secrets) => {
  const stage = stageOf(`github-secret:${place}`, all => all.repository(path))
  const { store, sent } = await stage.open()
  await stage.clock.run(store.put(NEW, NEVER))
  const stored = stage.services.github.get(path)?.secrets ?? new Map()
  expect([Object.fromEntries([...stored].map(([name, { text }]) => [name, text])), sent.flatMap(complaints)]).toEqual([secrets, []])
})

test.each([
  ['octo/hello?name=KEY&marker=KEY_ID', REPOSITORY],
  ['octo/hello:prod?name=KEY&marker=KEY_ID', '/repos/octo/hello/environments/prod'],
])('%s: a variable shows the id, made where it is missing and written last', async (place, path) => {
  const stage = stageOf(`github-secret:${place}`, all => all.repository(path))
  const first = await stage.open()
  const before = await first.store.read?.()
  await stage.clock.run(first.store.put(OLD, NEVER))
  const second = await stage.open()
  const between = await second.store.read?.()
  await stage.clock.run(second.store.put(NEW, NEVER))
  const changes = [...first.sent, ...second.sent]
    .filter(({ method }) => method !== 'GET')
    .map(({ method, url }) => `${method} ${url.slice(path.length)}`)
  expect([before, between, await second.store.read?.(), changes, [...first.sent, ...second.sent].flatMap(complaints)]).toEqual([
    undefined,
    { AccessKeyId: OLD.AccessKeyId },
    { AccessKeyId: NEW.AccessKeyId },
    ['PUT /secrets/KEY', 'POST /variables', 'PUT /secrets/KEY', 'PATCH /variables/KEY_ID'],
    [],
  ])
})

test('without a marker it cannot be read', async () => {
  expect((await stageOf(NAME, repository).open()).store.read).toBeUndefined()
})

test('GitHub has to show that it was written', async () => {
  const stage = stageOf(NAME, all => all.repository(REPOSITORY).secrets.set('KEY', { text: fileOf(OLD), updated: Date.UTC(2020, 0) }))
  const { store } = await stage.open({
    on(moment, _, { method }) {
      // It says yes, and does nothing.
      if (moment === 'after' && method === 'PUT')
        stage.services.github.get(REPOSITORY)?.secrets.set('KEY', { text: fileOf(OLD), updated: Date.UTC(2020, 0) })
    },
  })
  const { failure } = await stage.clock.run(attempt(store.put(NEW, NEVER)))
  expect([failure instanceof StoreOutcomeUnknown, failure?.reason]).toEqual([
    true,
    'KEY was accepted, but GitHub shows that it was last written before',
  ])
})

test('where the repository has got another key to encrypt for, that one is fetched', async () => {
  const stage = stageOf(NAME, repository)
  const { store, sent } = await stage.open({
    meets: (index, { method }) => (method === 'PUT' && index === 2 ? { status: 422, once: true } : undefined),
  })
  await stage.clock.run(store.put(NEW, NEVER))
  expect([sent.map(({ method }) => method), stage.services.github.get(REPOSITORY)?.secrets.size]).toEqual([
    ['GET', 'GET', 'PUT', 'GET', 'PUT', 'GET'],
    1,
  ])
})

test('of a pair, the message names the half that is missing', async () => {
  const stage = stageOf('github-secret:octo/hello?id=KEY_ID&secret=KEY_SECRET&marker=SHOWN', repository)
  const { store } = await stage.open({
    meets: (_, { method, url }) => (method === 'PUT' && url.endsWith('/KEY_ID') ? { status: 403 } : undefined),
  })
  const { failure } = await stage.clock.run(attempt(store.put(NEW, NEVER)))
  expect([failure instanceof StoreOutcomeUnknown, failure?.reason]).toEqual([
    true,
    'KEY_SECRET has the new key, but KEY_ID may not (KEY_ID: the token in GH_TOKEN may not do that (403): it needs the permission Secrets, ' +
      'read and write)',
  ])
})

test('a limit is waited for as long as GitHub says', async () => {
  const limits = [{ 'retry-after': '7' }, { 'x-ratelimit-remaining': '0' }]
  const stage = stageOf(NAME, repository)
  const { store, sent } = await stage.open({
    meets: (index, { method }) => (method === 'PUT' ? limits.map(headers => ({ status: 403, headers, once: true }))[index - 2] : undefined),
  })
  const began = stage.clock.now()
  await stage.clock.run(store.put(NEW, NEVER))
  const took = stage.clock.now() - began
  expect([sent.filter(({ method }) => method === 'PUT').length, took >= 7000 && took < 10_000]).toEqual([3, true])
})
