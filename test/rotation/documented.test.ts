/** docs/rotation.md, held against the program: each row of its table as a run, and each output against its schema. */

import * as fs from 'node:fs'
import { describe, expect, test } from 'vitest'
import { codeOf, type Scene, type Stage, stage } from './matrix.ts'
import { DAY, type Fault, type Ran, START } from './world.ts'

const DOCUMENT = fs.readFileSync(new URL('../../docs/rotation.md', import.meta.url), 'utf8')

/** The rows of the table with these titles. */
function rowsUnder(...titles: readonly string[]): readonly (readonly string[])[] {
  const [, rows = ''] = DOCUMENT.split(`| ${titles.join(' | ')} |\n`)
  const [table = ''] = rows.split('\n\n', 1)
  return [...table.matchAll(/^\| (.*) \|$/gm)].slice(1).map(([, cells = '']) => cells.split(' | '))
}

const ROWS = rowsUnder('a run finds', 'it does', 'Result', 'exit code')

const BOB = "another user's key" as const
const PROFILE = ['profile:bob']
const VAULT = ['command:to-vault']
const CREDENTIALS = '/home/user/.aws/credentials'
const scene = (store: readonly string[], about: Partial<Scene> = {}) =>
  stage({ caller: BOB, store, journal: true, flags: {}, consumer: 'none', ...about })

/** A run that meets the fault at the first step of that name, and the next one. */
async function after(here: Stage, name: string, what: Fault, pause = 1000): Promise<Ran> {
  const { steps } = await (await stage({ ...here })).run()
  await here.run({ fault: { at: steps.findIndex(step => step.name.startsWith(name)), what } })
  await here.wait(pause)
  return here.run()
}
async function failing(here: Stage, name: string, what: Fault): Promise<Ran> {
  const { steps } = await (await stage({ ...here })).run()
  return here.run({ fault: { at: steps.findIndex(step => step.name.startsWith(name)), what } })
}
/** The first night's rotation is over, and some time. */
async function rotated(here: Stage, pause: number, used = false): Promise<Ran> {
  await here.run()
  await here.wait(pause)
  if (used) here.old.used = { at: here.here.account.now(), service: 's3', region: 'us-east-1' }
  return here.run()
}
const young = (here: Stage) => here.here.account.addKey('Bob', START - 30 * DAY)

/** Each row of the document, by how it begins. */
const RUNS: Readonly<Record<string, () => Promise<Ran>>> = {
  'another run for this user on this machine': async () => {
    const here = await scene(PROFILE)
    here.here.write('/home/user/.local/state/iamkey/rotations/123456789012-Bob.json', '{"pid":77,"hostname":"elsewhere"}')
    return here.run()
  },
  'a store that holds a key of another user': async () => {
    const here = await scene(PROFILE)
    const { id, secret } = here.here.account.addKey('Carol')
    here.here.write(CREDENTIALS, `[bob]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`)
    return here.run()
  },
  'a key that a store holds, that works': async () => rotated(await scene(PROFILE, { account: { listed: age => age > DAY } }), 1000),
  'no active key': async () => {
    const here = await scene(PROFILE)
    here.old.status = 'Inactive'
    return here.run()
  },
  'a key younger than five minutes': async () => {
    const here = await scene(VAULT)
    here.here.account.addKey('Bob')
    return here.run()
  },
  'a key that an earlier run created': async () => {
    const here = await scene(VAULT)
    const { steps } = await (await scene(VAULT)).run()
    await here.run({ fault: { at: steps.findLastIndex(({ name }) => name === 'GetCallerIdentity'), what: 'killed after' } })
    return here.run()
  },
  'a key that an earlier run requested': async () => after(await scene(PROFILE, { isAws: false }), 'CreateAccessKey', 'killed after'),
  'the same, at AWS': async () => after(await scene(PROFILE), 'CreateAccessKey', 'killed after', 3_600_000 - 60_000),
  'a new key that one store shows whole': async () => after(await scene(['profile:bob', 'command:to-vault']), 'to-vault', 'killed before'),
  'a new key that an earlier run left in AWSPENDING': async () => {
    const here = await scene(['secrets-manager:ci/key'], { journal: false })
    return after(here, 'secretsmanager.PutSecretValue', 'killed after')
  },
  'a key that a `command:` store may have': async () => after(await scene(VAULT), 'to-vault', 'killed after'),
  'two stores that show different ids': async () =>
    after(await scene(['command:to-vault < show-id', 'command:to-other < show-other-id']), 'to-other', 'killed before', DAY),
  'a store that is empty, or whose key is inactive': async () => {
    const here = await scene(['profile:bob', 'env-file:/here/.env'], { flags: { olderThan: '1000d' } })
    here.here.remove('/here/.env')
    return here.run()
  },
  'the same, and no other store': async () => {
    const here = await scene(PROFILE, { flags: { olderThan: '1000d' } })
    here.here.remove(CREDENTIALS)
    return here.run()
  },
  'the same, and the user has two keys': async () => {
    const here = await scene(PROFILE, { flags: { olderThan: '1000d' } })
    here.here.remove(CREDENTIALS)
    young(here)
    return here.run()
  },
  'the new key in all stores, and an old key whose `--retire-after` is over': async () => rotated(await scene(VAULT), DAY, true),
  'the new key in all stores for an hour': async () => rotated(await scene(VAULT), 3_600_000),
  'the new key in all stores, and an old key that may': async () => rotated(await scene(VAULT), 3_600_000, true),
  'a second active key': async () => {
    const here = await scene(PROFILE, { flags: { olderThan: '1000d' } })
    young(here)
    return here.run()
  },
  'a replaced key that has been inactive': async () => {
    const here = await scene(PROFILE)
    await rotated(here, DAY)
    await here.wait(7 * DAY)
    return here.run()
  },
  'a key that is not due, in all stores': async () => (await scene(PROFILE, { flags: { olderThan: '1000d' } })).run(),
  'a key that is due, and an old one': async () => rotated(await scene(PROFILE, { flags: { olderThan: '0m' } }), 1000),
  'a key that is due, and a second one': async () => {
    const here = await scene(PROFILE)
    young(here)
    return here.run()
  },
  'a key that is due': async () => (await scene(PROFILE)).run(),
  'a step that fails before': async () => failing(await scene(PROFILE), `replace ${CREDENTIALS}`, 'fails'),
  'a program that fails, and a file': async () => failing(await scene(['profile:bob', 'command:to-vault']), 'to-vault', 'stores and fails'),
  'a program that fails, and no store': async () => failing(await scene(VAULT), 'to-vault', 'stores and fails'),
  'an old key that cannot be retired': async () => {
    const here = await scene(PROFILE)
    await here.run()
    await here.wait(DAY)
    here.here.account.denied.add('UpdateAccessKey')
    return here.run()
  },
}

const plain = (ran: Ran): unknown =>
  JSON.parse(JSON.stringify(ran.output, (_, value) => (value instanceof Map ? Object.fromEntries(value) : value)))

describe('the table', () => {
  test('has a run for each row, and a row for each run', () => {
    const runOf = (row: readonly string[]) => Object.keys(RUNS).findLast(start => row[0]?.startsWith(start))
    expect(ROWS.map(runOf).filter(name => name === undefined)).toEqual([])
    expect(Object.keys(RUNS).filter(name => !ROWS.some(([fact = '']) => fact.startsWith(name)))).toEqual([])
    expect(ROWS.length).toBe(Object.keys(RUNS).length)
  })

  test.each(Object.entries(RUNS))('%s', async (start, run) => {
    const row = ROWS.find(([fact]) => fact === start) ?? ROWS.find(([fact = '']) => fact.startsWith(start))
    const ran = await run()
    const output = plain(ran) as { Rotation: { Result: string } }
    expect([output.Rotation.Result, String(codeOf(ran))]).toEqual(row?.slice(2))
    expect(misfits(output, SCHEMA)).toEqual([])
  })
})

test('the schema fits a plan', async () => {
  expect(misfits(plain(await (await scene(PROFILE)).run({ flags: { plan: true } })), SCHEMA)).toEqual([])
})

interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

const SCHEMA: Schema = JSON.parse(/^```json\n([\s\S]*?)^```$/m.exec(DOCUMENT)?.[1] ?? '{}')

/** Where a value does not fit a schema: as much of JSON Schema as the document uses. */
function misfits(value: unknown, schema: Schema, where = '$'): readonly string[] {
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${where}: ${JSON.stringify(value)}`]
  if (schema.type === 'array') {
    return Array.isArray(value)
      ? value.flatMap((item, index) => misfits(item, schema.items ?? {}, `${where}[${index}]`))
      : [`${where}: no array`]
  }
  if (schema.type === 'string') return typeof value === 'string' ? [] : [`${where}: no string`]
  if (typeof value !== 'object' || value === null) return [`${where}: no object`]
  const members = Object.entries(value)
  const missing = (schema.required ?? []).filter(name => !members.some(([member]) => member === name))
  return [
    ...missing.map(name => `${where}.${name} is missing`),
    ...members.flatMap(([name, member]) => {
      const inner = schema.properties?.[name]
      return inner ? misfits(member, inner, `${where}.${name}`) : [`${where}.${name} is not in the schema`]
    }),
  ]
}
