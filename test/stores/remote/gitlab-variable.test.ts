/** What only GitLab has: variables of a type and a scope, masked and hidden ones. */
import { describe, expect, test } from 'vitest'
import { fileOf, jsonOf } from '../../support/secret-places.ts'
import type { GitlabVariable, SecretServices } from '../../support/secret-services.ts'
import { attempt, NEVER, NEW, OLD, OTHER, stageOf } from './stage.ts'

const NAME = 'gitlab-variable:group/sub/project?name=KEY'
const project = 'group/sub/project'

const variable = (about: Partial<GitlabVariable>) => (services: SecretServices) =>
  void services.variable({ project, value: fileOf(OLD), ...about })

describe('refuses, before there is a key,', () => {
  const masked = "GitLab masks it, and masks only a single line: format=json, with 'Expand variable reference' switched off"
  const missing = (scope: string) =>
    `GitLab has no such variable with the scope ${scope}, or does not show it to the token in GITLAB_TOKEN (404)`
  test.each<[string, string, (services: SecretServices) => void, string]>([
    ['a variable that is not there', NAME, () => {}, missing('*')],
    ['one with another scope', `${NAME}&scope=prod`, variable({}), missing('prod')],
    ['one that is no file', NAME, variable({ variable_type: 'env_var' }), 'it is not of type File'],
    ['a masked one', NAME, variable({ masked: true, raw: true }), masked],
    ['a masked one that is expanded', `${NAME}&format=json`, variable({ masked: true }), masked],
    ['another format', `${NAME}&format=yaml`, variable({}), 'format is credentials or json'],
    ['no project', 'gitlab-variable:?name=KEY', () => {}, 'it is written GROUP/PROJECT, and then ?name=NAME'],
    ['no name', 'gitlab-variable:group/project', () => {}, 'name=NAME is letters, digits and _'],
    ['an odd name', 'gitlab-variable:group/project?name=a-b', () => {}, 'name=NAME is letters, digits and _'],
    ['what is no credentials file', NAME, variable({ value: 'text' }), 'as a credentials file, it cannot be parsed'],
    ['a session', NAME, variable({ value: `${fileOf(OLD)}aws_session_token = x\n` }), 'as a credentials file, it holds a session'],
  ])('%s', async (_, name, prepare, why) => {
    const stage = stageOf(name, prepare)
    const { failure } = await attempt(stage.open().then(({ store }) => stage.clock.run(store.put(NEW, NEVER))))
    expect(failure?.message).toBe(`cannot use ${name}: ${why}`)
  })

  test.each([
    [{}, 'GITLAB_TOKEN is not set'],
    [{ GITLAB_TOKEN: 'a b' }, 'GITLAB_TOKEN holds a blank or a character that no token has'],
    [{ GITLAB_TOKEN: 'wrong' }, 'GitLab does not accept the token in GITLAB_TOKEN (401)'],
    [{ GITLAB_TOKEN: 'x', CI_API_V4_URL: 'gitlab.example' }, 'CI_API_V4_URL is no URL that can be used'],
  ])('an environment of %j', async (env, why) => {
    const { failure } = await attempt(stageOf(NAME, variable({}), undefined, env).open())
    expect(failure?.message).toBe(`cannot use ${NAME}: ${why}`)
  })
})

test('requests have the form that the API documents: the path escaped, the scope always, nothing but the value', async () => {
  const stage = stageOf(`${NAME}&scope=review/*`, variable({ environment_scope: 'review/*' }))
  const { store, sent } = await stage.open()
  await stage.clock.run(store.put(NEW, NEVER))
  const path = '/api/v4/projects/group%2Fsub%2Fproject/variables/KEY?filter%5Benvironment_scope%5D=review%2F*'
  expect([...new Set(sent.map(({ url }) => url))]).toEqual([path])
  expect(sent.filter(({ method }) => method === 'PUT').map(({ body }) => JSON.parse(body))).toEqual([{ value: fileOf(NEW) }])
})

test('of several variables with the name the one with the scope is written', async () => {
  const stage = stageOf(`${NAME}&scope=prod`, all => {
    all.variable({ project, value: fileOf(OTHER) })
    all.variable({ project, value: fileOf(OLD), environment_scope: 'prod' })
  })
  const { store } = await stage.open()
  await stage.clock.run(store.put(NEW, NEVER))
  expect(stage.services.gitlab.map(({ value }) => value)).toEqual([fileOf(OTHER), fileOf(NEW)])
})

test('other content of the file is kept, and an empty file is filled', async () => {
  const rest = '# ours\n[profile]\nregion = eu-west-1\n\n'
  for (const [value, expected] of [
    [rest + fileOf(OLD), rest + fileOf(NEW)],
    ['', fileOf(NEW)],
  ] as const) {
    const stage = stageOf(NAME, variable({ value }))
    const { store } = await stage.open()
    await stage.clock.run(store.put(NEW, NEVER))
    expect(stage.services.gitlab[0]?.value).toBe(expected)
  }
})

test('a masked variable gets one line without a blank, for credential_process', async () => {
  const stage = stageOf(`${NAME}&format=json`, variable({ value: 'unset___', masked: true, hidden: true, raw: true }))
  const { store } = await stage.open()
  const before = [store.irrevocable, store.read]
  await stage.clock.run(store.put(NEW, NEVER))
  const { AccessKeyId, SecretAccessKey } = NEW
  expect([before, stage.services.gitlab[0]?.value]).toEqual([
    [true, undefined],
    JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey }),
  ])
})

test('one that is masked and not hidden can be read and taken back', async () => {
  const value = JSON.stringify({ Version: 1, ...jsonOf(OLD) })
  const stage = stageOf(`${NAME}&format=json`, variable({ value, masked: true, raw: true }))
  const { store } = await stage.open()
  const before = await store.read?.()
  const rollback = await stage.clock.run(store.put(NEW, NEVER))
  const sentence = await stage.clock.run(rollback())
  expect([before?.AccessKeyId, store.irrevocable, sentence, stage.services.gitlab[0]?.value]).toEqual([
    OLD.AccessKeyId,
    false,
    `${NAME}&format=json holds what it held before`,
    value,
  ])
})
