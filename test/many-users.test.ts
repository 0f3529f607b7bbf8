/**
 * The programs and jobs of docs/many-users.md, run as they stand there: on moto with three users, and with stand-ins for `gh` and `kubectl`
 * that keep what they are given. What a CI service does itself, to pass on a list and to start a job for each of its entries, the test does.
 */
import * as childProcess from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import * as readline from 'node:readline'
import * as url from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createSandbox, type Sandbox } from './support/process.ts'

const DOCUMENT = fs.readFileSync(new URL('../docs/many-users.md', import.meta.url), 'utf8')
const MOTO = url.fileURLToPath(new URL('support/moto-users.py', import.meta.url))
const ACCOUNT = '123456789012'
const USERS = ['Bob', 'Carol', 'dan@example.com']

const works = (...[program = '', ...words]: readonly string[]) => childProcess.spawnSync(program, words).status === 0
const MISSING = [
  ['python3', '-c', 'import moto.server'],
  ['jq', '--version'],
  ['xargs', '--version'],
].filter(words => !works(...words))
if (MISSING.length > 0)
  console.warn(`SKIPPED: the jobs of docs/many-users.md are not run, for want of ${MISSING.map(([program]) => program)}`)

/** The blocks of a section, by language. */
function blocks(heading: string): Readonly<Record<string, readonly string[]>> {
  const section = DOCUMENT.split(/^## /m).find(text => text.startsWith(heading)) ?? ''
  const found = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => [language, text] as const)
  expect(found).not.toEqual([])
  return Object.fromEntries(found.map(([language]) => [language, found.filter(([other]) => other === language).map(([, text]) => text)]))
}

/** Keeps its standard input in a file named after its last argument, or `kept`. */
const KEEPER = (folder: string) => `#!/bin/sh
for last; do :; done
case $last in -) last=kept-$$ ;; esac
cat > "${folder}/$last"
`

describe.skipIf(MISSING.length > 0)('on moto', () => {
  let moto: childProcess.ChildProcess
  let here: Sandbox
  let env: Readonly<Record<string, string>>

  async function start(...users: readonly string[]) {
    const child = childProcess.spawn('python3', [MOTO, ...users], { stdio: ['pipe', 'pipe', 'ignore'] })
    moto = child
    const { value } = await readline.createInterface(child.stdout)[Symbol.asyncIterator]().next()
    env = {
      AWS_ENDPOINT_URL: value,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_DEFAULT_REGION: 'us-east-1',
      PATH: `${here.home}/bin:${here.env.PATH}`,
    }
  }
  beforeEach(async () => {
    here = createSandbox()
    for (const folder of ['bin', 'kept']) fs.mkdirSync(path.join(here.home, folder))
    for (const name of ['gh', 'kubectl']) program(path.join(here.home, 'bin', name), KEEPER(path.join(here.home, 'kept')))
    await start(...USERS.map(name => `${ACCOUNT}:${name}`))
  }, 60_000)
  afterEach(() => {
    moto.stdin?.end()
    here.remove()
  })

  const program = (file: string, text = '') => fs.writeFileSync(file, text, { mode: 0o755 })
  const shell = async (script: string, more: Readonly<Record<string, string>> = {}) => {
    const ended = await here.run(['bash', '-euo', 'pipefail', '-c', script], { ...env, ...more })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    return ended.stdout
  }
  const kept = () => {
    const folder = path.join(here.home, 'kept')
    return fs.readdirSync(folder).map(name => [name, fs.readFileSync(path.join(folder, name), 'utf8')] as const)
  }
  /** Each user's newest key, which has taken the place of the other for a day now. */
  async function newKeys(users: readonly string[], ...words: readonly string[]): Promise<readonly string[]> {
    const newest = async (name: string) => {
      const { stdout } = await here.run(['iamkey', 'list-access-keys', '--user-name', name, ...words], env)
      const keys: readonly { AccessKeyId: string; Status: string; CreateDate: string }[] = JSON.parse(stdout).AccessKeyMetadata
      expect(keys.map(({ Status }) => Status)).toEqual(['Active', 'Active'])
      return keys.toSorted((one, other) => one.CreateDate.localeCompare(other.CreateDate))[1]?.AccessKeyId ?? ''
    }
    return Promise.all(users.map(newest))
  }

  test('xargs', async () => {
    await shell(blocks('One machine').sh?.[0] ?? '')
    const credentials = fs.readFileSync(path.join(here.home, '.aws/credentials'), 'utf8')
    const held = USERS.map(name => credentials.split(`[${name}]\n`)[1]?.match(/aws_access_key_id = (\w+)/)?.[1])
    expect(held).toEqual(await newKeys(USERS))
    expect(await shell(firstBlock())).toBe(`${USERS.join('\n')}\n`)
  }, 240_000)

  test('GitHub Actions', async () => {
    const { bash = [], yaml = [] } = blocks('GitHub Actions')
    program(path.join(here.cwd, 'to-github'), bash[0])
    const { jobs } = parse(yaml[0] ?? '')
    const output = path.join(here.cwd, 'output')
    await shell(jobs.audit.steps.find(({ id }: { id?: string }) => id === 'audit').run, { GITHUB_OUTPUT: output })
    const users: readonly string[] = JSON.parse(fs.readFileSync(output, 'utf8').replace('users=', ''))
    expect(users).toEqual(USERS)
    const { run, env: variables } = jobs.rotate.steps.at(-1)
    expect(variables.IAM_USER).toMatch(/^\$\{\{ matrix\.user \}\}$/)
    await Promise.all(users.map(IAM_USER => shell(run, { IAM_USER })))
    const ids = await newKeys(USERS)
    expect(
      kept().map(([name, text]) => [name, text.match(/^\[default\]\naws_access_key_id = (\w+)\naws_secret_access_key = \S{40}\n$/)?.[1]]),
    ).toEqual([
      ['AWS_CREDENTIALS_BOB', ids[0]],
      ['AWS_CREDENTIALS_CAROL', ids[1]],
      ['AWS_CREDENTIALS_DAN_EXAMPLE_COM', ids[2]],
    ])
  }, 240_000)

  test('Kubernetes', async () => {
    const { bash = [], yaml = [] } = blocks('Kubernetes')
    const [container] = parse(yaml[0] ?? '').spec.jobTemplate.spec.template.spec.containers
    const stored = path.join(here.home, 'bin/to-secret')
    program(stored, bash[0])
    const words = [...container.command, ...container.args].map((word: string) => word.replace('/usr/local/bin/to-secret', stored))
    expect(await here.run(words, env)).toEqual({ code: 0, stdout: '', stderr: '' })
    const ids = await newKeys(USERS)
    const secrets = kept().map(([, text]) => JSON.parse(text))
    expect(secrets.toSorted((one, other) => one.metadata.name.localeCompare(other.metadata.name))).toEqual(
      ['aws-bob', 'aws-carol', 'aws-dan-example-com'].map((name, nth) => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name },
        stringData: { AWS_ACCESS_KEY_ID: ids[nth], AWS_SECRET_ACCESS_KEY: expect.stringMatching(/^\S{40}$/) },
      })),
    )
  }, 240_000)

  test.skipIf(!works('aws', '--version'))(
    'CodeBuild',
    async () => {
      const { bash = [], yaml = [] } = blocks('EventBridge')
      program(path.join(here.cwd, 'to-secrets-manager'), bash[0])
      for (const name of USERS) await shell(`aws secretsmanager create-secret --name access-key/${name} --secret-string none`)
      for (const command of parse(yaml[0] ?? '').phases.build.commands) await shell(command)
      const values = await Promise.all(
        USERS.map(name => shell(`aws secretsmanager get-secret-value --secret-id access-key/${name} --query SecretString --output text`)),
      )
      expect(values.map(value => JSON.parse(value).AccessKeyId)).toEqual(await newKeys(USERS))
    },
    240_000,
  )

  test('several accounts', async () => {
    moto.stdin?.end()
    const profiles = { dev: '111111111111', staging: '222222222222', prod: '333333333333' }
    await start(...Object.entries(profiles).map(([name, account]) => `${account}:ci-${name}`))
    fs.mkdirSync(path.join(here.home, '.aws'))
    fs.writeFileSync(
      path.join(here.home, '.aws/config'),
      Object.entries(profiles)
        .map(([name, account]) => `[profile ${name}]\nrole_arn = arn:aws:iam::${account}:role/KeyAdmin\ncredential_source = Environment\n`)
        .join(''),
    )
    await shell(blocks('Several accounts').bash?.[0] ?? '')
    const credentials = fs.readFileSync(path.join(here.home, '.aws/credentials'), 'utf8')
    for (const name of Object.keys(profiles)) {
      const held = credentials.split(`[${name}-ci-${name}]\n`)[1]?.match(/aws_access_key_id = (\w+)/)?.[1]
      expect([held]).toEqual(await newKeys([`ci-${name}`], '--profile', name))
    }
  }, 240_000)

  /** The list of users, which stands above all sections. */
  const firstBlock = () => /^```sh\n([\s\S]*?)^```$/m.exec(DOCUMENT)?.[1] ?? ''
})
