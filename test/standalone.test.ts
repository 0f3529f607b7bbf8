/**
 * What holds for the executable alone, with IAMKEY_BIN naming it: that Bun's runtime stays unnoticed, and that it takes nothing but itself to run.
 * Everything else is tested by the other files that run the built program, as they obey the same variable.
 */
import * as childProcess from 'node:child_process'
import * as fs from 'node:fs'
import * as https from 'node:https'
import type * as net from 'node:net'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { certificates } from './http/loopback.ts'
import { Account } from './support/account.ts'
import { type FakeIam, serve } from './support/fake-iam.ts'
import { createSandbox, credentials, IAMKEY, type Sandbox } from './support/process.ts'

describe.skipIf(!process.env.IAMKEY_BIN)('the executable', () => {
  const CREATE = ['create-access-key', '--user-name', 'Bob']
  const MADE = { code: 0, stdout: expect.stringContaining('"SecretAccessKey"'), stderr: '' }
  let account: Account
  let iam: FakeIam
  let here: Sandbox
  beforeEach(async () => {
    account = new Account({ users: ['Bob'] })
    iam = await serve(account)
    here = createSandbox()
  })
  afterEach(async () => {
    here.remove()
    await iam.close()
  })

  test('says what runs it', async () => {
    const runtime = `Bun/${manifest.devDependencies.bun} ${process.platform}/${process.arch}`
    expect(await here.run(['iamkey', '--version'])).toEqual({ code: 0, stdout: `iamkey/${manifest.version} ${runtime}\n`, stderr: '' })
  })

  test('takes no settings, variables or code from the directory it is started in', async () => {
    const files = {
      '.env': 'AWS_PROFILE=nowhere\n',
      'bunfig.toml': 'preload = ["./stray.js"]\n',
      'stray.js': 'process.stdout.write("stray")\n',
      'package.json': '{ "name": 1',
      'tsconfig.json': '{ "compilerOptions": 1',
    }
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(here.cwd, name), content)
    expect(await here.run(['iamkey', ...CREATE], credentials(account, iam))).toEqual(MADE)
  })

  test('leaves nothing in the home but the state', async () => {
    await here.run(['iamkey', ...CREATE], credentials(account, iam))
    expect(fs.readdirSync(here.home, { recursive: true }).sort()).toEqual([
      '.local',
      '.local/state',
      '.local/state/iamkey',
      '.local/state/iamkey/calls',
    ])
  })

  describe('needs', () => {
    /** Started in `/`, with nothing in its environment but this, as a user that may be another. */
    const start = (env: NodeJS.ProcessEnv, uid?: number, program = IAMKEY) => {
      const as = uid === undefined ? {} : { uid, gid: uid }
      const run = childProcess.spawn(program, CREATE, { cwd: '/', env: { ...credentials(account, iam), ...env }, ...as })
      const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
      run.stdin.end()
      run.stdout.on('data', chunk => stdout.push(chunk))
      run.stderr.on('data', chunk => stderr.push(chunk))
      return new Promise((resolve, reject) => {
        run.on('error', reject)
        run.on('close', code => resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }))
      })
    }

    test('no home and no PATH', async () => {
      expect(await start({})).toEqual(MADE)
    })

    test('no home that is there', async () => {
      expect(await start({ HOME: '/nowhere' })).toEqual(MADE)
    })

    test('no home that can be written to', async () => {
      expect(await start({ HOME: '/proc' })).toEqual(MADE)
    })

    test.skipIf(process.getuid?.() !== 0)(
      'no account: a number that /etc/passwd does not have, in a home that is not its own',
      async () => {
        const open = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-'))
        onTestFinished(() => fs.rmSync(open, { recursive: true }))
        fs.chmodSync(open, 0o755)
        const [program, home] = [path.join(open, 'iamkey'), path.join(open, 'home')]
        fs.copyFileSync(IAMKEY, program)
        fs.mkdirSync(home)
        fs.chmodSync(home, 0o777)
        fs.chownSync(home, 54321, 54321)
        expect(await start({ HOME: home }, 12345, program)).toEqual(MADE)
        expect(fs.readdirSync(home)).toEqual([])
      },
    )
  })

  test('trusts no certificate that only the system or SSL_CERT_FILE names', async () => {
    const made = certificates()
    const server = https.createServer(made.localhost, (_, response) => response.end()).listen(0, '127.0.0.1')
    onTestFinished(() => {
      server.close()
      fs.rmSync(made.folder, { recursive: true })
    })
    await new Promise(resolve => server.once('listening', resolve))
    const endpoint = `https://localhost:${(server.address() as net.AddressInfo).port}`
    const words = ['iamkey', 'list-access-keys', '--endpoint-url', endpoint]
    const env = { ...credentials(account, iam), AWS_MAX_ATTEMPTS: '1' }
    const distrusted = expect.stringContaining('CERTIFICATE_VERIFY_FAILED')
    expect(await here.run(words, { ...env, SSL_CERT_FILE: made.authority })).toMatchObject({ code: 255, stderr: distrusted })
    // As Node has it.
    expect((await here.run(words, { ...env, NODE_EXTRA_CA_CERTS: made.authority })).stderr).not.toContain('CERTIFICATE_VERIFY_FAILED')
  })
})
