/**
 * Whole runs whose connections are counted, and closed at the worst moment there is: on the way between them and the service sits a relay
 * that lets a connection's second request in and answers it with a reset, or hangs up as soon as a reply is through.
 */
import { once } from 'node:events'
import * as net from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Account } from '../support/account.ts'
import { serve } from '../support/fake-iam.ts'
import { createSandbox, credentials } from '../support/process.ts'

/** What becomes of a connection once a first request has gone through it. */
type Manner = 'kept' | 'reset at the next request' | 'hung up after the reply'
const MANNERS: readonly Manner[] = ['kept', 'reset at the next request', 'hung up after the reply']

/** Between a program and a service. `connections` has the actions that were asked for over each. */
async function relay(endpoint: string, manner: Manner) {
  const connections: string[][] = []
  const server = net.createServer(near => {
    const actions: string[] = []
    connections.push(actions)
    const far = net.connect(Number(new URL(endpoint).port), '127.0.0.1')
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('close', () => near.destroy())
    near.on('data', chunk => {
      const action = /Action=(\w+)/.exec(chunk.toString('latin1'))?.[1]
      if (action !== undefined) actions.push(action)
      if (actions.length > 1 && manner === 'reset at the next request') near.resetAndDestroy()
      else if (!near.writableEnded) far.write(chunk)
    })
    far.on('data', chunk => {
      near.write(chunk)
      if (manner === 'hung up after the reply' && /Response>$/.test(chunk.toString('latin1'))) near.end()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return { endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, connections }
}

async function place(manner: Manner) {
  const account = new Account({ users: ['Bob', 'ops'] })
  const iam = await serve(account)
  const { endpoint, connections } = await relay(iam.endpoint, manner)
  const here = createSandbox()
  onTestFinished(async () => {
    here.remove()
    await iam.close()
  })
  const env = { ...credentials(account, iam), AWS_ENDPOINT_URL: endpoint }
  return { account, iam, connections, run: (...words: string[]) => here.run(['iamkey', ...words], env) }
}

/** These change something: whether one was done must never be in doubt for the sake of a connection that was used before. */
const isChange = (action: string) => /^(Create|Update|Delete)/.test(action)

test.each(MANNERS)('a list of 20 pages is whole where connections are %s', async manner => {
  const { account, iam, connections, run } = await place(manner)
  for (let key = 0; key < 20; key++) account.addKey('Bob')
  const listed = await run('list-access-keys', '--user-name', 'Bob', '--page-size', '1', '--query', 'length(AccessKeyMetadata)')
  expect(listed).toEqual({ code: 0, stdout: '20\n', stderr: '' })
  expect(iam.calls.length).toBe(20)
  if (manner === 'kept') expect(connections).toEqual([new Array(20).fill('ListAccessKeys')])
})

test.each(MANNERS)(
  'a rotation is complete where connections are %s, and each change goes over a new one',
  async manner => {
    const { account, iam, connections, run } = await place(manner)
    expect(await run('create-access-key', '--user-name', 'Bob', '--store', 'env-file:key')).toMatchObject({ code: 0 })
    const rotated = await run(
      'rotate-access-key',
      '--user-name',
      'Bob',
      '--store',
      'env-file:key',
      '--older-than',
      '0d',
      '--retire',
      'delete',
      '--retire-after',
      '0m',
    )
    expect(rotated).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(rotated.stdout).Rotation.Result).toBe('Rotated')
    expect(account.liveKeys('Bob').length).toBe(1)
    expect(iam.calls.filter(({ action }) => isChange(action)).map(({ action }) => action)).toEqual([
      'CreateAccessKey',
      'CreateAccessKey',
      'DeleteAccessKey',
    ])
    expect(connections.filter(([, ...later]) => later.some(isChange))).toEqual([])
    if (manner === 'kept') expect(connections.length).toBe(4)
  },
  60_000,
)

test.each(MANNERS)('a key is created once where connections are %s', async manner => {
  const { account, iam, connections, run } = await place(manner)
  expect(await run('create-access-key', '--user-name', 'Bob')).toMatchObject({ code: 0, stderr: '' })
  expect(account.liveKeys('Bob').length).toBe(1)
  expect(iam.calls.length).toBe(1)
  expect(connections).toEqual([['CreateAccessKey']])
})
