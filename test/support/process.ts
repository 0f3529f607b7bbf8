/** Programs run as a person runs them: real processes in a directory and HOME of their own, with an environment of our making. */
import * as childProcess from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import * as url from 'node:url'
import type { Account } from './account.ts'
import type { FakeIam } from './fake-iam.ts'

/** The built program, or the executable that IAMKEY_BIN names. */
export const IAMKEY = process.env.IAMKEY_BIN
  ? path.resolve(process.env.IAMKEY_BIN)
  : url.fileURLToPath(new URL('../../bin/iamkey.js', import.meta.url))

export interface Ran {
  /** 128 and more for a signal, as shells have it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

type Variables = Readonly<Record<string, string>>

/** Where programs run: an empty HOME, a working directory, and on the PATH `iamkey`, and the `node` that runs the tests. */
export interface Sandbox {
  readonly home: string
  readonly cwd: string
  readonly env: Variables
  /** Runs a program to its end. Standard input is empty. */
  run(words: readonly string[], env?: Variables): Promise<Ran>
  remove(): void
}

/** @param files go under the working directory, or under HOME where the name starts with `~/`. @param program stands for iamkey. */
export function createSandbox(files: Variables = {}, program = IAMKEY): Sandbox {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-'))
  const folder = (name: string) => {
    fs.mkdirSync(path.join(root, name))
    return path.join(root, name)
  }
  const home = folder('home')
  const cwd = folder('cwd')
  const bin = folder('bin')
  fs.symlinkSync(program, path.join(bin, 'iamkey'))
  fs.symlinkSync(process.execPath, path.join(bin, 'node'))
  for (const [name, content] of Object.entries(files)) {
    const file = path.resolve(cwd, name.replace(/^~/, home))
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, content)
  }
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: home, LANG: 'C.UTF-8' }
  const remove = () => fs.rmSync(root, { recursive: true, force: true })
  return { home, cwd, env, run: (words, more) => execute(words, cwd, { ...env, ...more }), remove }
}

function execute([program = '', ...words]: readonly string[], cwd: string, env: Variables): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = childProcess.spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', chunk => stdout.push(chunk))
    child.stderr.on('data', chunk => stderr.push(chunk))
    child.on('error', reject)
    child.on('close', (status, signal) => {
      const code = signal ? 128 + os.constants.signals[signal] : (status ?? -1)
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })
    })
  })
}

/** The environment in which `caller`, a user with a key of the account, reaches the service. */
export function credentials(account: Account, iam: FakeIam, caller = 'ops'): Variables {
  const key = account.liveKeys(caller)[0] ?? account.addKey(caller)
  return {
    AWS_ENDPOINT_URL: iam.endpoint,
    AWS_ACCESS_KEY_ID: key.id,
    AWS_SECRET_ACCESS_KEY: key.secret,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}
