/** action.yml and its script, as far as a shell can run them: `gh` is a script of ours, and the executable it "downloads" is the built program. */
import * as childProcess from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import manifest from '../package.json' with { type: 'json' }
import { optionsOf } from '../src/cli/members.ts'
import { commands } from '../src/commands/index.ts'
import { GLOBAL_OPTIONS, ROTATION_OPTIONS } from '../src/core/options.ts'
import { Account } from './support/account.ts'
import { type FakeIam, serve } from './support/fake-iam.ts'
import { createSandbox, credentials, IAMKEY, type Sandbox } from './support/process.ts'

interface Step {
  readonly run: string
  readonly env: Readonly<Record<string, string>>
}
const ACTION = parse(fs.readFileSync('action.yml', 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>
  readonly runs: { readonly steps: readonly [install: Step, run: Step] }
}
const [INSTALL, RUN] = ACTION.runs.steps

interface Planned {
  readonly Rotation: { readonly Stores: readonly { readonly Store: string; readonly AccessKeyId?: string; readonly Condition: string }[] }
}

const GH = `#!/bin/sh
echo "$*" >> gh.log
case "$*" in
  'attestation verify'*) exit "\${VOUCHED:-0}" ;;
  'release download'*) while [ "$1" != --dir ]; do [ "$1" != --pattern ] || name=$2; shift; done; mkdir -p "$2" && cp -L "$(command -v iamkey)" "$2/$name" ;;
esac
`

let account: Account
let iam: FakeIam
let here: Sandbox
beforeEach(async () => {
  account = new Account({ users: ['Bob'] })
  iam = await serve(account)
  here = createSandbox({ 'bin/gh': GH, env: '', output: '', path: '' })
  fs.chmodSync(path.join(here.cwd, 'bin/gh'), 0o755)
})
afterEach(async () => {
  here.remove()
  await iam.close()
})

/** A step with its inputs put in, as the runner would. */
function step({ run, env }: Step, inputs: Readonly<Record<string, string>> = {}, more: Readonly<Record<string, string>> = {}) {
  const value = (text: string) =>
    text.replace(/\$\{\{ (?:inputs\.([\w-]+)|(github\.[\w.]+)) \}\}/g, (_, input, github) =>
      input === undefined ? github : (inputs[input] ?? ACTION.inputs[input]?.default ?? ''),
    )
  return here.run(['bash', '-e', '-o', 'pipefail', '-c', run], {
    ...credentials(account, iam),
    PATH: `${path.join(here.cwd, 'bin')}:${here.env.PATH}`,
    GITHUB_ACTION_PATH: process.cwd(),
    GITHUB_ENV: path.join(here.cwd, 'env'),
    GITHUB_OUTPUT: path.join(here.cwd, 'output'),
    GITHUB_PATH: path.join(here.cwd, 'path'),
    RUNNER_TEMP: here.cwd,
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64',
    ...Object.fromEntries(Object.entries(env).map(([name, text]) => [name, value(text)])),
    ...more,
  })
}
const read = (name: string) => fs.readFileSync(path.join(here.cwd, name), 'utf8')

test('every input is an option of that name, and goes to the script', () => {
  const options = new Set([...GLOBAL_OPTIONS, ...commands.flatMap(optionsOf)].map(({ name }) => name))
  const inputs = Object.keys(ACTION.inputs)
  expect(inputs.filter(name => name !== 'command' && !options.has(name))).toEqual([])
  expect(ROTATION_OPTIONS.map(({ name }) => name).filter(name => !inputs.includes(name))).toEqual([])
  const variable = (name: string) => `IAMKEY_${name.toUpperCase().replaceAll('-', '_')}`
  expect(RUN.env).toEqual(Object.fromEntries(inputs.map(name => [variable(name), `\${{ inputs.${name} }}`])))
  const [, listed = ''] = /^OPTIONS='(.*)'$/m.exec(fs.readFileSync('release/action.sh', 'utf8')) ?? []
  expect([...listed.split(' '), 'command', 'store', 'read-command', 'plan'].sort()).toEqual(inputs.sort())
})

test('what is installed is of this version, and vouched for', async () => {
  expect(await step(INSTALL)).toEqual({ code: 0, stdout: '', stderr: '' })
  const file = `${here.cwd}/iamkey-v${manifest.version}/iamkey-linux-x64`
  expect(read('gh.log').split('\n').slice(0, -1)).toEqual([
    `release download v${manifest.version} --repo github.action_repository --pattern iamkey-linux-x64 --dir ${path.dirname(file)} --clobber`,
    `attestation verify ${file} --repo github.action_repository --signer-workflow github.action_repository/.github/workflows/release.yml`,
  ])
  expect(read('path')).toBe(`${path.dirname(file)}\n`)
  expect(fs.readFileSync(`${path.dirname(file)}/iamkey`).equals(fs.readFileSync(IAMKEY))).toBe(true)
  expect((await step(INSTALL, {}, { RUNNER_OS: 'macOS', RUNNER_ARCH: 'ARM64' })).code).toBe(0)
  expect(read('gh.log')).toContain('--pattern iamkey-darwin-arm64 ')
})

test('what is not vouched for is not put on the PATH', async () => {
  expect((await step(INSTALL, {}, { VOUCHED: '1' })).code).toBe(1)
  expect(read('path')).toBe('')
})

test('a platform without an executable gets a message that says so', async () => {
  expect(await step(INSTALL, {}, { RUNNER_ARCH: 'ARM' })).toEqual({
    code: 1,
    stdout: '::error::there is no executable for Linux-ARM\n',
    stderr: '',
  })
})

test('a new key goes to its stores, masked before any log can show it, and not to the output', async () => {
  const ran = await step(RUN, { command: 'create-access-key', 'user-name': 'Bob', store: 'github-env\nenv-file:a b/.env\n' })
  const [key] = account.liveKeys('Bob')
  expect(ran).toEqual({ code: 0, stdout: expect.stringContaining(`"AccessKeyId": "${key?.id}"`), stderr: `::add-mask::${key?.secret}\n` })
  expect(read('env')).toBe(`AWS_ACCESS_KEY_ID=${key?.id}\nAWS_SECRET_ACCESS_KEY=${key?.secret}\n`)
  expect(read('a b/.env')).toContain(key?.secret)
  expect(ran.stdout + read('output')).not.toContain(key?.secret)
  const [, delimiter = '', json = '', rest] = /^output<<(.*)\n([\s\S]*)\n\1\n([\s\S]*)$/.exec(read('output')) ?? []
  expect([delimiter, JSON.parse(json), rest]).toEqual([expect.stringMatching(/^end-of-output-\d+$/), JSON.parse(ran.stdout), ''])
})

test('without a store no key is created', async () => {
  const message = '::error::create-access-key needs a store: the output would show the secret in the log\n'
  expect(await step(RUN, { command: 'create-access-key', 'user-name': 'Bob' })).toEqual({ code: 1, stdout: message, stderr: '' })
  expect(account.liveKeys('Bob')).toEqual([])
})

test('a plan, and only what is called so', async () => {
  const inputs = { 'user-name': 'Bob', store: 'profile:bob', 'older-than': '30d' }
  account.addKey('Bob')
  expect((await step(RUN, { ...inputs, plan: 'true' })).code).toBe(0)
  expect(JSON.parse(/^output<<.*\n([\s\S]*)\n.*\n$/.exec(read('output'))?.[1] ?? '')).toHaveProperty('Rotation')
  expect(await step(RUN, { ...inputs, plan: 'yes' })).toMatchObject({ code: 1, stdout: '::error::plan is yes; it must be true or false\n' })
  expect(iam.calls.some(({ action }) => action !== 'ListAccessKeys' && /AccessKey$/.test(action))).toBe(false)
})

describe('programs that read a store', () => {
  const planned = (readers: string) => {
    const store = 'command:cat >&2\nprofile:bob\n\ncommand:dd of=second status=none\n'
    return step(RUN, { 'user-name': 'Bob', store, 'read-command': readers, plan: 'true' })
  }

  test('belong to the stores of programs, in their order', async () => {
    const { id } = account.addKey('Bob')
    expect(await planned(`true\n\necho ${id}\n`)).toMatchObject({ code: 0, stderr: '' })
    const { Rotation } = JSON.parse(/^output<<.*\n([\s\S]*)\n.*\n$/.exec(read('output'))?.[1] ?? '') as Planned
    expect(Rotation.Stores.map(({ Store, AccessKeyId, Condition }) => [Store, AccessKeyId, Condition])).toEqual([
      ['command:cat >&2', undefined, 'empty'],
      ['profile:bob', undefined, 'empty'],
      ['command:dd of=second status=none', id, 'works'],
    ])
  })

  test('one that belongs to no store is refused', async () => {
    account.addKey('Bob')
    expect(await planned('cat first\ncat second\ncat third')).toEqual({
      code: 1,
      stdout: '::error::read-command has more lines than there are stores command:…; the first without one is cat third\n',
      stderr: '',
    })
    expect(iam.calls).toEqual([])
  })
})

test('a value is nothing but a value, and a failure is the step’s', async () => {
  const ran = await step(RUN, { command: 'list-access-keys', 'user-name': '--query=$(touch made)' })
  expect(ran).toMatchObject({ code: 252, stderr: expect.stringContaining("parameter UserName: '$' at position 9") })
  expect(fs.existsSync(path.join(here.cwd, 'made'))).toBe(false)
})

test('the script is sound to a shell', () => {
  expect(childProcess.spawnSync('bash', ['-n', 'release/action.sh'], { encoding: 'utf8' }).stderr).toBe('')
})
