/** What only Secrets Manager has: versions with labels, and a key that is there before anybody reads it. */
import { describe, expect, test } from 'vitest'
import { jsonOf } from '../../support/secret-places.ts'
import type { SecretServices } from '../../support/secret-services.ts'
import { attempt, NEVER, NEW, OLD, OTHER, pairOf, type Stage, stageOf } from './stage.ts'

const NAME = 'secrets-manager:ci/key'
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:ci/key-AbCdEf'

const withOld = (services: SecretServices) => void services.secret('ci/key', jsonOf(OLD))

/** Label → the id of the key in the version that has it. */
function labels({ services }: Stage): Readonly<Record<string, string>> {
  const versions = [...(services.secrets.get('ci/key')?.versions.values() ?? [])]
  return Object.fromEntries(versions.flatMap(({ text, labels }) => [...labels].map(label => [label, JSON.parse(text).AccessKeyId])))
}

const textOf = ({ services }: Stage) =>
  [...(services.secrets.get('ci/key')?.versions.values() ?? [])].find(({ labels }) => labels.has('AWSCURRENT'))?.text

describe('refuses, before there is a key,', () => {
  test.each<[string, string, (services: SecretServices) => void, string]>([
    ['a secret that is not there', NAME, () => {}, 'there is no such secret; create it first'],
    [
      'one with a rotation',
      NAME,
      all => all.secret('ci/key', jsonOf(OLD), { RotationEnabled: true }),
      'it has a rotation of its own, which would work against this one',
    ],
    [
      'one of another service',
      NAME,
      all => all.secret('ci/key', jsonOf(OLD), { OwningService: 'rds' }),
      'it belongs to another service of AWS',
    ],
    ['one that is being deleted', NAME, all => all.secret('ci/key', jsonOf(OLD), { DeletedDate: 1.7e9 }), 'it is about to be deleted'],
    ['text', NAME, all => all.secret('ci/key', 'just text'), 'its value is not a JSON object'],
    ['a list', NAME, all => all.secret('ci/key', '["secret"]'), 'its value is not a JSON object'],
    ['a value without room', NAME, all => all.secret('ci/key', { other: 'x'.repeat(65_500) }), 'its value has no room for a key'],
    ['no name', 'secrets-manager:', withOld, 'the name or ARN of a secret is missing'],
    ['the ARN of something else', 'secrets-manager:arn:aws:s3:::bucket', withOld, 'that is the ARN of something else'],
    ['a parameter that it does not know', `${NAME}?field=x`, withOld, 'field is none of its parameters (id, secret)'],
    ['a parameter without a value', `${NAME}?id=`, withOld, 'id has no value'],
    ['a parameter twice', `${NAME}?id=a&id=b`, withOld, 'id is given twice'],
    ['an escape that is none', `${NAME}?id=100%`, withOld, 'a percent sign is typed as %25'],
  ])('%s', async (_, name, prepare, why) => {
    const { failure } = await attempt(stageOf(name, prepare).open())
    expect(failure?.message).toBe(`cannot use ${name}: ${why}`)
  })

  test('and says which permission is missing', async () => {
    const stage = stageOf(NAME, withOld)
    const denied = { status: 400, code: 'AccessDeniedException' } as const
    const { failure } = await attempt(
      stage.open({ meets: (_, { name }) => (name === 'secretsmanager.GetSecretValue' ? denied : undefined) }),
    )
    expect(failure?.reason).toBe('secretsmanager:GetSecretValue is not allowed for the credentials of this run')
  })
})

test('the key waits as AWSPENDING, and becomes AWSCURRENT in one step; what was current is AWSPREVIOUS', async () => {
  const stage = stageOf(NAME, withOld)
  const { store, sent } = await stage.open()
  const before = sent.length
  await stage.clock.run(store.stage?.(NEW, NEVER) ?? Promise.reject())
  const staged = labels(stage)
  await stage.clock.run(store.put(NEW, NEVER))
  expect([staged, labels(stage), sent.slice(before).map(({ name }) => name.replace('secretsmanager.', ''))]).toEqual([
    { AWSCURRENT: OLD.AccessKeyId, AWSPENDING: NEW.AccessKeyId },
    { AWSPREVIOUS: OLD.AccessKeyId, AWSCURRENT: NEW.AccessKeyId },
    ['GetSecretValue', 'PutSecretValue', 'GetSecretValue', 'UpdateSecretVersionStage', 'UpdateSecretVersionStage'],
  ])
})

test('what another run has staged is found, and finished, by one that knows nothing of it', async () => {
  const stage = stageOf(NAME, withOld)
  const first = await stage.open()
  await stage.clock.run(first.store.stage?.(NEW, NEVER) ?? Promise.reject())
  const { store } = await stage.open()
  const found = await stage.clock.run(store.staged?.() ?? Promise.reject())
  await stage.clock.run(store.put(NEW, NEVER))
  expect([found, labels(stage), await stage.clock.run(store.staged?.() ?? Promise.reject())]).toEqual([
    pairOf(NEW),
    { AWSPREVIOUS: OLD.AccessKeyId, AWSCURRENT: NEW.AccessKeyId },
    undefined,
  ])
})

test('what was staged is taken off, also when it is off already', async () => {
  const stage = stageOf(NAME, withOld)
  const { store } = await stage.open()
  const rollback = await stage.clock.run(store.stage?.(NEW, NEVER) ?? Promise.reject())
  const sentences = [await stage.clock.run(rollback()), await stage.clock.run(rollback())]
  expect([sentences, labels(stage)]).toEqual([['', ''], { AWSCURRENT: OLD.AccessKeyId }])
})

test('a key that was staged and taken off can be staged again', async () => {
  const stage = stageOf(NAME, withOld)
  const { store } = await stage.open()
  await stage.clock.run((await stage.clock.run(store.stage?.(NEW, NEVER) ?? Promise.reject()))())
  await stage.clock.run(store.stage?.(NEW, NEVER) ?? Promise.reject())
  expect(labels(stage)).toEqual({ AWSCURRENT: OLD.AccessKeyId, AWSPENDING: NEW.AccessKeyId })
})

test('a used client token with another value is refused, and consumers keep what they have', async () => {
  const stage = stageOf(NAME, withOld)
  const { store, sent } = await stage.open()
  await stage.clock.run((await stage.clock.run(store.stage?.(NEW, NEVER) ?? Promise.reject()))())
  const token = JSON.parse(sent.find(({ name }) => name.endsWith('PutSecretValue'))?.body ?? '').ClientRequestToken
  stage.services.secrets.get('ci/key')?.versions.set(token, { text: JSON.stringify(jsonOf(OTHER)), labels: new Set() })
  const { failure } = await stage.clock.run(attempt(store.put(NEW, NEVER)))
  expect([failure?.message, labels(stage)]).toEqual([
    `cannot use ${NAME}: PutSecretValue: ResourceExistsException`,
    { AWSCURRENT: OLD.AccessKeyId },
  ])
})

test('the client token has the id of the key in it, and between 32 and 64 characters', async () => {
  for (const AccessKeyId of ['AKIA', NEW.AccessKeyId, 'K'.repeat(128)]) {
    const stage = stageOf(NAME, withOld)
    const { store, sent } = await stage.open()
    await stage.clock.run(store.put({ ...NEW, AccessKeyId }, NEVER))
    const token: string = JSON.parse(sent.find(({ name }) => name.endsWith('PutSecretValue'))?.body ?? '').ClientRequestToken
    expect([token.startsWith(AccessKeyId.slice(0, 31)), token.length >= 32 && token.length <= 64]).toEqual([true, true])
  }
})

test.each([
  ['in one line', '{"id": 12345678901234567890, "AccessKeyId": "old", "SecretAccessKey": "old", "ratio": 1.50, "ä": ["\\u00e9", null]}'],
  ['indented', '{\n    "id": 12345678901234567890,\n    "AccessKeyId": "old",\n    "SecretAccessKey": "old",\n    "ratio": 1.5\n}'],
])('other fields stay as they are, %s', async (_, text) => {
  const stage = stageOf(NAME, all => all.secret('ci/key', text))
  const { store } = await stage.open()
  await stage.clock.run(store.put(NEW, NEVER))
  const expected = text
    .replace('"AccessKeyId": "old"', `"AccessKeyId": "${NEW.AccessKeyId}"`)
    .replace('"SecretAccessKey": "old"', `"SecretAccessKey": "${NEW.SecretAccessKey}"`)
  expect(textOf(stage)).toBe(expected.replace('1.50', '1.5').replace('\\u00e9', 'é'))
})

test('a field that is changed during the write is kept', async () => {
  const stage = stageOf(NAME, withOld)
  let isChanged = false
  const { store } = await stage.open({
    on(moment, _, { name }) {
      if (isChanged || moment !== 'before' || !name.endsWith('UpdateSecretVersionStage')) return
      isChanged = true
      const text = JSON.stringify({ ...jsonOf(OLD), region: 'changed' })
      const request = { SecretId: 'ci/key', ClientRequestToken: 'c'.repeat(32), SecretString: text }
      stage.services.answer({
        method: 'POST',
        url: '/',
        headers: { 'x-amz-target': 'secretsmanager.PutSecretValue' },
        body: JSON.stringify(request),
      })
    },
  })
  await stage.clock.run(store.put(NEW, NEVER))
  expect([isChanged, JSON.parse(textOf(stage) ?? '')]).toEqual([true, { ...jsonOf(NEW), region: 'changed' }])
})

test('a secret without a value gets its first one, which cannot be taken back', async () => {
  const stage = stageOf(NAME, all => all.secret('ci/key'))
  const { store } = await stage.open()
  const nothing = await stage.clock.run(store.stage?.(NEW, NEVER) ?? Promise.reject())
  const before = [await stage.clock.run(nothing()), labels(stage)]
  const rollback = await stage.clock.run(store.put(NEW, NEVER))
  expect([before, labels(stage), await stage.clock.run(rollback())]).toEqual([
    ['', {}],
    { AWSCURRENT: NEW.AccessKeyId },
    `${NAME} could not be put back: before it had no value, and it still holds that key`,
  ])
})

test('the fields have the requested names', async () => {
  const stage = stageOf(`${NAME}?id=aws%20id&secret=aws_secret`, all =>
    all.secret('ci/key', { 'aws id': OLD.AccessKeyId, aws_secret: 'x' }),
  )
  const { store } = await stage.open()
  const before = await store.read?.()
  await stage.clock.run(store.put(NEW, NEVER))
  expect([before, JSON.parse(textOf(stage) ?? '')]).toEqual([
    { AccessKeyId: OLD.AccessKeyId, SecretAccessKey: 'x' },
    { 'aws id': NEW.AccessKeyId, aws_secret: NEW.SecretAccessKey },
  ])
})

test('half a key is none', async () => {
  const stage = stageOf(NAME, all => all.secret('ci/key', { AccessKeyId: OLD.AccessKeyId, SecretAccessKey: '' }))
  expect(await (await stage.open()).store.read?.()).toBeUndefined()
})

test('a key that is there already is not put there again', async () => {
  const stage = stageOf(NAME, withOld)
  const { store, sent } = await stage.open()
  const rollback = await stage.clock.run(store.put(OLD, NEVER))
  expect([sent.filter(({ name }) => /Put|Update/.test(name)), await rollback()]).toEqual([[], ''])
})

test('the region of an ARN is the one that is called', async () => {
  const regions = async (name: string) => new Set((await stageOf(name, withOld).open()).sent.map(({ region }) => region))
  expect([await regions(`secrets-manager:${ARN}`), await regions(NAME)]).toEqual([new Set(['eu-central-1']), new Set([undefined])])
})
