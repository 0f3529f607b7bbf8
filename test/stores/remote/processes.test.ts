/** The built program and services over HTTP: two runs at once, runs that the system kills, another machine, a proxy. */
import * as childProcess from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { Account } from '../../support/account.ts'
import { serve } from '../../support/fake-iam.ts'
import { createSandbox, credentials, type Sandbox } from '../../support/process.ts'
import { jsonOf } from '../../support/secret-places.ts'
import { pairInFile, pairInJson, SecretServices } from '../../support/secret-services.ts'
import { serveSecrets, type WireOptions } from '../../support/secret-wire.ts'

const DAY = 86_400_000
/** As long as a run may be busy with a key it has made, in milliseconds. */
const TRIAL = 400_000

async function world(wire: WireOptions = {}) {
  let later = 0
  const now = () => Date.now() + later
  const account = new Account({ users: ['Bob', 'ops'], now })
  const iam = await serve(account)
  const services = new SecretServices(now)
  const env = credentials(account, iam)
  const server = await serveSecrets(services, account.liveKeys('ops')[0], wire)
  const sandboxes: Sandbox[] = []
  onTestFinished(async () => {
    for (const each of sandboxes) each.remove()
    await iam.close()
    await server.close()
  })
  return {
    account,
    services,
    server,
    env: {
      ...env,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: server.endpoint,
      AWS_ENDPOINT_URL_SSM: server.endpoint,
      GH_TOKEN: services.token,
      GITHUB_API_URL: server.endpoint,
    },
    machine() {
      const here = createSandbox()
      sandboxes.push(here)
      return here
    },
    pass(ms: number) {
      later += ms
    },
  }
}

/** Holds the first requests of that name until so many have come: however busy the machine is, they are under way at once. */
function meeting(count: number, name: RegExp): NonNullable<WireOptions['on']> {
  let come = 0
  let open = () => {}
  const gate = new Promise<void>(resolve => {
    open = resolve
  })
  return (moment, _, sent) => {
    if (moment !== 'before' || !name.test(sent.name)) return
    come += 1
    if (come === count) open()
    return gate
  }
}

test.each(['secrets-manager:ci/key', 'ssm:/ci/key'])(
  'of two processes that store a key in %s at once, one does',
  async store => {
    const { account, services, env, machine } = await world({ on: meeting(2, /\.Put/) })
    services.secret('ci/key', {})
    services.parameter('/ci/key', {})
    const create = () => machine().run(['iamkey', 'create-access-key', '--user-name', 'Bob', '--store', store], env)
    const ends = await Promise.all([create(), create()])
    const winner = ends.find(({ code }) => code === 0)
    const text = store.startsWith('ssm') ? services.parameters.get('/ci/key')?.history.at(-1) : services.labelled('ci/key', 'AWSCURRENT')
    const { AccessKeyId } = JSON.parse(winner?.stdout || '{"AccessKey": {}}').AccessKey
    expect([ends.map(({ code }) => code).sort(), pairInJson(text).AccessKeyId, account.liveKeys('Bob').map(({ id }) => id)]).toEqual([
      [0, 255],
      AccessKeyId,
      [AccessKeyId],
    ])
  },
  60_000,
)

test.each([
  ['secretsmanager.PutSecretValue', 1, 'after'],
  ['secretsmanager.UpdateSecretVersionStage', 1, 'before'],
  ['secretsmanager.UpdateSecretVersionStage', 1, 'after'],
  ['secretsmanager.UpdateSecretVersionStage', 2, 'after'],
] as const)(
  'a rotation that is killed at %s %i, %s, is finished by another machine with the same key',
  async (name, nth, moment) => {
    let child: childProcess.ChildProcess | undefined
    let count = 0
    const { account, services, env, machine, pass } = await world({
      on(now, _, sent) {
        if (now === 'before' && sent.name === name) count += 1
        if (now === moment && sent.name === name && count === nth) child?.kill('SIGKILL')
      },
    })
    const old = account.addKey('Bob', Date.now() - 100 * DAY)
    services.secret('ci/key', jsonOf({ AccessKeyId: old.id, SecretAccessKey: old.secret }))
    const [one, other] = [machine(), machine()]
    const words = ['rotate-access-key', '--user-name', 'Bob', '--store', 'secrets-manager:ci/key', '--retire-after', '0m']
    child = childProcess.spawn('iamkey', words, { cwd: one.cwd, env: { ...one.env, ...env }, stdio: 'ignore' })
    const signal = await new Promise(resolve => child?.on('exit', (_, by) => resolve(by)))
    const [, made] = account.liveKeys('Bob')
    pass(TRIAL)
    const { code, stdout } = await other.run(['iamkey', ...words], env)
    const { NewAccessKeyId } = JSON.parse(stdout).Rotation
    const held = pairInJson(services.labelled('ci/key', 'AWSCURRENT'))
    expect([signal, code, NewAccessKeyId, held, account.liveKeys('Bob').length]).toEqual([
      'SIGKILL',
      0,
      made?.id,
      { AccessKeyId: made?.id, SecretAccessKey: made?.secret },
      2,
    ])
  },
  60_000,
)

test('a store is reached through the proxy that is configured', async () => {
  const { account, services, server, env, machine } = await world()
  services.repository('/repos/octo/hello/actions')
  const words = ['iamkey', 'create-access-key', '--user-name', 'Bob', '--store', 'github-secret:octo/hello?name=KEY']
  const proxied = { ...env, GITHUB_API_URL: 'http://github.invalid', HTTP_PROXY: server.endpoint, NO_PROXY: '127.0.0.1' }
  const { code, stderr } = await machine().run(words, proxied)
  const [key] = account.liveKeys('Bob')
  expect([code, stderr, pairInFile(services.github.get('/repos/octo/hello/actions')?.secrets.get('KEY')?.text)]).toEqual([
    0,
    '',
    { AccessKeyId: key?.id, SecretAccessKey: key?.secret },
  ])
}, 60_000)
