/** Signals to the built program, at moments the service knows and at moments nobody knows. */
import * as os from 'node:os'
import * as timers from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Fault } from '../support/fake-iam.ts'
import { launch } from './launch.ts'

const FULL = process.env.IAMKEY_SWEEP === 'full'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
/** Those of batch systems, timers and limits. */
const OTHERS = ['SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGXCPU'] as const
/** Until a signal has surely arrived, in milliseconds. */
const ARRIVES = 50
/** Longer than a run takes, in milliseconds. */
const RUN = 250

test.each([...SIGNALS, ...OTHERS])('%s while the key is made: it is deleted again, and the shell sees the signal', async signal => {
  const [ran] = await launch({
    on: async (moment, action, child) => {
      if (moment !== 'decided' || action !== 'CreateAccessKey') return
      child.kill(signal)
      await timers.setTimeout(ARRIVES)
    },
  })
  expect(ran).toMatchObject({ verdict: 'deleted', code: 128 + os.constants.signals[signal], stdout: '' })
  expect(ran?.stderr).toMatch(/^\niamkey: \[ERROR\]: interrupted by SIG\w+; the new key AKIA\w{16} was deleted again\n$/)
})

test('more signals do not keep the key from being deleted', async () => {
  const [ran] = await launch({
    on: async (moment, _, child) => {
      if (moment !== 'received') return
      child.kill('SIGINT')
      await timers.setTimeout(ARRIVES)
    },
  })
  expect(ran).toMatchObject({ verdict: 'deleted', code: 130, calls: ['CreateAccessKey', 'DeleteAccessKey'] })
})

test('a second signal ends the wait for a reply, and a key that may exist is named', async () => {
  const [ran] = await launch({
    prepare: iam => iam.fail('CreateAccessKey', Fault.stuckReply),
    on: async (moment, action, child) => {
      if (moment !== 'decided' || action !== 'CreateAccessKey') return
      child.kill('SIGTERM')
      await timers.setTimeout(ARRIVES)
      child.kill('SIGTERM')
    },
  })
  expect(ran).toMatchObject({ verdict: 'named', code: 143, calls: ['CreateAccessKey', 'ListAccessKeys'] })
})

test('a signal at any time leaves no key behind unnamed', { timeout: 3_600_000 }, async () => {
  const delays = Array.from({ length: FULL ? RUN : 5 }, (_, index) => (FULL ? index : Math.floor((index + Math.random()) * (RUN / 5))))
  for (const delay of delays) {
    const landed = await Promise.all(SIGNALS.map(signal => launch({ started: kill(signal, delay) })))
    for (const [index, { verdict, code }] of landed.flat().entries()) {
      const signal = SIGNALS[index] ?? 'SIGINT'
      expect(['no key', 'deleted', 'delivered', 'delivered, failing'], `${signal} after ${delay} ms`).toContain(verdict)
      if (code !== 0) expect(code).toBe(128 + os.constants.signals[signal])
    }
  }
})

const kill = (signal: NodeJS.Signals, delay: number) => async (child: { kill(signal: NodeJS.Signals): boolean }) => {
  await timers.setTimeout(delay)
  child.kill(signal)
}

test('SIGKILL while the key is made: the next run says what to look for, and no run after it', async () => {
  const killed = await launch(
    { on: (moment, _, child) => void (moment === 'decided' && child.kill('SIGKILL')), prepare: (_, account) => account.addKey('Bob') },
    { line: 'iamkey list-access-keys --user-name Bob --query IsTruncated' },
    { line: 'iamkey list-access-keys --user-name Bob --query IsTruncated' },
  )
  expect(killed.map(({ code }) => code)).toEqual([137, 0, 0])
  expect(killed[1]?.stderr).toMatch(
    /^\niamkey: a run that began at \d{4}-\d\d-\d\dT[\d:.]+Z was killed; it may have created a key\. Look for it with\n {2}iamkey list-access-keys --user-name Bob\n$/,
  )
  expect(killed[2]?.stderr).toBe('')
})

test('an error that nobody waits for ends no run while the key is made', async () => {
  const [ran] = await launch({
    // Each for the runtime that reads it.
    env: { NODE_OPTIONS: '--require ./stray.cjs', BUN_OPTIONS: '--preload ./stray.cjs' },
    files: { 'stray.cjs': `process.on('SIGWINCH', () => { throw new Error('stray') })` },
    on: async (moment, _, child) => {
      if (moment !== 'decided') return
      child.kill('SIGWINCH')
      await timers.setTimeout(ARRIVES)
    },
  })
  expect(ran).toMatchObject({ verdict: 'deleted', code: 255 })
})
