/** Where output goes wrong, on real descriptors of the built program; what a line of shell shows is in transcripts/streams.txt. */
import { spawnSync } from 'node:child_process'
import * as timers from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Account } from '../support/account.ts'
import { serve } from '../support/fake-iam.ts'
import { createFor } from './in-process.ts'
import { COMMAND, launch } from './launch.ts'

const FULL = process.env.IAMKEY_SWEEP === 'full'
/** The unit of `ulimit -f`, in bytes. */
const BLOCK = 512

function has(program: string): boolean {
  const found = spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0
  if (!found) console.warn(`SKIPPED: a test of streams needs ${program}`)
  return found
}

test('room for any number of bytes but enough: the key is deleted again', { timeout: 600_000 }, async () => {
  const account = new Account({ users: ['Bob', 'ops'] })
  const iam = await serve(account)
  const { stdout } = await createFor(account, iam.endpoint)
  for (let after = 0; after < stdout.length; after += FULL ? 1 : 5) {
    const { verdict, code } = await createFor(account, iam.endpoint, { fails: { after, code: 'ENOSPC' } })
    // Where nothing fits, nothing is asked for.
    expect({ after, verdict, code }).toEqual({ after, verdict: after === 0 ? 'no key' : 'deleted', code: after === 0 ? 120 : 255 })
  }
  await iam.close()
})

test('a file that may not grow enough: the key is deleted again', { timeout: 600_000 }, async () => {
  for (let room = 1; room < 200; room += FULL ? 1 : 90) {
    const fill = `head -c ${BLOCK - room} /dev/zero > out; ulimit -f 1`
    const [ran] = await launch({ line: `${fill}; exec ${COMMAND} >> out` })
    expect({ room, ...ran }).toMatchObject({ room, verdict: 'deleted', code: 255 })
  }
})

test('no message can be written either: the key is deleted again', async () => {
  const fill = `head -c ${BLOCK - 100} /dev/zero > out; ulimit -f 1`
  const [ran] = await launch({ line: `${fill}; exec ${COMMAND} >> out 2> /dev/full` })
  expect(ran).toMatchObject({ verdict: 'deleted', code: 120, stderr: '' })
})

test('a reader that left before, which no system call tells of: the key is deleted again', async () => {
  const [ran] = await launch({ line: `{ sleep 0.2; ${COMMAND}; echo $? >&2; } | :` })
  expect(ran?.calls).toEqual(['CreateAccessKey', 'DeleteAccessKey'])
  expect(ran?.stderr).toMatch(/could not write the output \(EPIPE\); the new key AKIA\w+ was deleted again\n255\n$/)
})

test('a named pipe whose reader has gone: no request is sent', async () => {
  const [ran] = await launch({ line: `mkfifo pipe; { : ; } < pipe & exec 3> pipe; wait; exec ${COMMAND} >&3` })
  expect(ran).toMatchObject({ calls: [], code: 120, stderr: '\niamkey: [ERROR]: could not write the output (EPIPE)\n' })
})

test('a reader that leaves while the key is made: it is deleted again', async () => {
  const [ran] = await launch({
    on: async (moment, action, child) => {
      if (moment !== 'decided' || action !== 'CreateAccessKey') return
      child.stdout?.destroy()
      await timers.setTimeout(50)
    },
  })
  expect(ran).toMatchObject({ verdict: 'deleted', code: 255 })
  expect(ran?.stderr).toContain('could not write the output (EPIPE); the new key AKIA')
})

test.runIf(has('perl'))('a full pipe that blocks nobody is waited for', async () => {
  const full = `use Fcntl; fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); 1 while syswrite(STDOUT, "\\n" x 512); exec @ARGV`
  const [ran] = await launch({ line: `perl -e '${full}' ${COMMAND} | { sleep 1; tr -s '\\n' | tail -n +2; }` })
  expect(ran).toMatchObject({ verdict: 'delivered', code: 0 })
})

test.runIf(has('perl') && has('timeout'))('a full pipe that nobody reads keeps no signal waiting', async () => {
  const full = `use Fcntl; fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); 1 while syswrite(STDOUT, "\\n" x 512); fcntl(STDOUT, F_SETFL, O_WRONLY); exec @ARGV`
  const [ran] = await launch({ line: `perl -e '${full}' timeout 1 ${COMMAND} | sleep 4` })
  expect(ran?.stderr).toMatch(/^\niamkey: \[ERROR\]: interrupted by SIGTERM; the new key AKIA\w+ was deleted again\n$/)
})

test.runIf(has('script'))('a pager that fails: the key is deleted again', async () => {
  const [ran] = await launch({ line: `script -qec '${COMMAND}' /dev/null`, env: { PAGER: 'false' } })
  expect(ran).toMatchObject({ verdict: 'deleted', code: 255, calls: ['CreateAccessKey', 'DeleteAccessKey'] })
})

test.each([
  ['a HOME that cannot be written', { HOME: '/dev/null/home' }],
  ['no HOME', { HOME: '' }],
  ['a state directory that cannot be written', { XDG_STATE_HOME: '/dev/null/state' }],
])('%s is no reason to fail', async (_, env) => {
  const [ran] = await launch({ env })
  expect(ran).toMatchObject({ verdict: 'delivered', code: 0, stderr: '' })
})

test('a record that cannot be reported is kept for a later run', async () => {
  const killed = await launch(
    { on: (moment, _, child) => void (moment === 'decided' && child.kill('SIGKILL')), prepare: (_, account) => account.addKey('Bob') },
    { line: 'iamkey list-access-keys --user-name Bob 2> /dev/full' },
    { line: 'iamkey list-access-keys --user-name Bob 2>&-' },
    { line: 'iamkey list-access-keys --user-name Bob' },
  )
  expect(killed.map(({ code, stderr }) => [code, stderr.includes('was killed')])).toEqual([
    [137, false],
    [0, false],
    [0, false],
    [0, true],
  ])
})

test.each([
  ['a secret is not thrown away', `${COMMAND} 1<> /dev/null`, 1, []],
  ['a list may be', 'iamkey list-access-keys --user-name Bob 1<> /dev/null', 0, ['ListAccessKeys']],
  ['so may what is shown of a key that is stored', `${COMMAND} --store csv:key.csv 1<> /dev/null`, 0, ['CreateAccessKey']],
  ['and what is wrong, which the exit code tells', 'iamkey create-access-key --user-name Nobody 2<> /dev/null', 254, ['CreateAccessKey']],
])('/dev/null as Python and Node give it to a child: %s', async (_, line, code, calls) => {
  const [ran] = await launch({ line })
  expect(ran).toMatchObject({ code, calls })
})
