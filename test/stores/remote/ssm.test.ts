/** What only SSM has: parameters that may be missing, of a type, of a size, encrypted with a key. */
import { describe, expect, test } from 'vitest'
import { jsonOf } from '../../support/secret-places.ts'
import type { SecretServices } from '../../support/secret-services.ts'
import { attempt, NEVER, NEW, OLD, pairOf, stageOf } from './stage.ts'

const NAME = 'ssm:/ci/key'

describe('refuses, before there is a key,', () => {
  test.each<[string, string, (services: SecretServices) => void, string]>([
    ['plain text', NAME, all => all.parameter('/ci/key', jsonOf(OLD), 'String'), 'it is a String, not a SecureString'],
    ['what is no JSON object', NAME, all => all.parameter('/ci/key', 'text'), 'its value is not a JSON object'],
    [
      'a value without room',
      NAME,
      all => all.parameter('/ci/key', { x: 'x'.repeat(4000) }),
      'its value has no room for a key (4096 bytes)',
    ],
    ['an ARN', 'ssm:arn:aws:ssm:eu-west-1:123456789012:parameter/ci/key', () => {}, 'that is no name of a parameter'],
  ])('%s', async (_, name, prepare, why) => {
    const { failure } = await attempt(stageOf(name, prepare).open())
    expect(failure?.message).toBe(`cannot use ${name}: ${why}`)
  })
})

test('a new value is encrypted with the key that the old one is', async () => {
  const stage = stageOf(NAME, all => all.parameter('/ci/key', jsonOf(OLD), 'SecureString', 'alias/own'))
  const { store } = await stage.open()
  await stage.clock.run(store.put(NEW, NEVER))
  expect(stage.services.parameters.get('/ci/key')).toEqual({
    type: 'SecureString',
    keyId: 'alias/own',
    history: [JSON.stringify(jsonOf(OLD)), expect.stringContaining(NEW.SecretAccessKey)],
  })
})

test('a missing parameter is created, and removed by a rollback', async () => {
  const stage = stageOf(NAME, () => {})
  const { store } = await stage.open()
  const before = await store.read?.()
  const rollback = await stage.clock.run(store.put(NEW, NEVER))
  const stored = await stage.clock.run(store.read?.() ?? Promise.reject())
  const sentence = await stage.clock.run(rollback())
  expect([before, stored, sentence, stage.services.parameters.size]).toEqual([
    undefined,
    pairOf(NEW),
    `${NAME} holds what it held before`,
    0,
  ])
})

test('one that another run has made meanwhile is left alone', async () => {
  const stage = stageOf(NAME, () => {})
  const { store } = await stage.open({
    on(moment, _, { name }) {
      if (moment === 'before' && name === 'AmazonSSM.PutParameter') stage.services.parameter('/ci/key', jsonOf(OLD))
    },
  })
  const { failure } = await stage.clock.run(attempt(store.put(NEW, NEVER)))
  expect([failure?.reason, stage.services.parameters.get('/ci/key')?.history.length]).toEqual([
    'another program has written it at the same moment',
    1,
  ])
})
