/** The built program on a real terminal (of `script`, util-linux): what a person sees besides the output, and that it goes away again. */
import * as childProcess from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Account } from './support/account.ts'
import { type FakeIam, serve } from './support/fake-iam.ts'
import { createSandbox, credentials, type Sandbox } from './support/process.ts'

const lacking = childProcess.spawnSync('script', ['--version']).error !== undefined
if (lacking) console.warn('terminals are not tested: no script(1)')
const onTerminal = test.skipIf(lacking)

let account: Account
let iam: FakeIam
let here: Sandbox
beforeEach(async () => {
  account = new Account({ users: ['Bob', 'Alice'] })
  iam = await serve(account)
  here = createSandbox()
})
afterEach(async () => {
  here.remove()
  await iam.close()
})

/** Everything that reached the terminal, control sequences and all. */
async function screen(line: string, columns = 80): Promise<string> {
  const words = ['script', '-qec', `stty cols ${columns} rows 200; ${line}`, '/dev/null']
  return (await here.run(words, { ...credentials(account, iam), TERM: 'xterm', AWS_PAGER: '' })).stdout.replaceAll('\r\n', '\n')
}

const CREATE = 'iamkey create-access-key --user-name'

onTerminal('a call of the usual length shows the key and nothing else', async () => {
  const shown = await screen(`${CREATE} Bob`)
  expect(JSON.parse(shown)).toHaveProperty('AccessKey.UserName', 'Bob')
})

onTerminal('a longer one says what it waits for, and leaves no trace', async () => {
  iam.fail('CreateAccessKey', { delay: 4300 })
  const [before = '', ...after] = (await screen(`${CREATE} Bob`)).split('\r\x1b[K')
  expect(before).toBe('')
  expect(after.slice(0, -1)).toEqual(
    [3, 4].map(seconds => `CreateAccessKey: no answer for ${seconds} s (Ctrl-C stops it and looks for the key)`),
  )
  expect(JSON.parse(after.at(-1) ?? '')).toHaveProperty('AccessKey.UserName', 'Bob')
})

onTerminal('an error has a hint, and a file has not', async () => {
  const line = `${CREATE} bob`
  const error =
    '\niamkey: [ERROR]: An error occurred (NoSuchEntity) when calling the CreateAccessKey operation: The user with name bob cannot be found.\n'
  expect(await screen(line)).toBe(`${error}\nDid you mean the user Bob?\n`)
  expect(await screen(`${line} 2>file; cat file`)).toBe(error)
})

onTerminal('a rotation shows its steps as they are done, and a file has none', async () => {
  const rotation = (user: string) => `iamkey rotate-access-key --user-name ${user} --store profile:${user} --older-than 0d --output off`
  for (const user of ['Bob', 'Alice']) await screen(`${CREATE} ${user} --store profile:${user}`)
  const [old] = account.liveKeys('Bob')
  const shown = await screen(rotation('Bob'))
  const { id = '' } = account.liveKeys('Bob').find(key => key !== old) ?? {}
  const lines = shown
    .split('\n')
    .map(line => line.split('\x1b[K').at(-1) ?? '')
    .filter(line => line.includes(id))
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}/
  expect(lines.every(line => time.test(line))).toBe(true)
  expect(lines.map(line => line.replace(time, ''))).toEqual([
    `created ${id}`,
    `AWS accepts ${id}`,
    `stored ${id} in profile:Bob`,
    `verified ${id}`,
  ])
  expect(await screen(`${rotation('Alice')} 2>file; cat file`)).toBe('')
})

onTerminal('help is as wide as the terminal, in colour, and through the pager', async () => {
  const shown = await screen('AWS_PAGER="sed s/^/paged:/" iamkey help', 40)
  expect(shown).toContain('paged:\x1b[1mExamples:\x1b[22m\n')
  expect(shown).toContain('paged:Creates and manages IAM access keys as\npaged:`aws iam` does, and never loses one.\n')
})

onTerminal('help is plain where nobody wants colour or reads at the terminal', async () => {
  expect(await screen('NO_COLOR=1 iamkey help --no-cli-pager')).toMatch(/^Examples:\n/)
  expect(await screen('iamkey help | head -n 1')).toBe('Examples:\n')
})
