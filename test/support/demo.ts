/**
 * `npm run demo`: the built program against the fake IAM, as a person would run it, in an empty HOME. `npm run demo -- bash` runs a program
 * there, such as a shell in which the examples of the README can be tried.
 */
import * as childProcess from 'node:child_process'
import { once } from 'node:events'
import { Account } from './account.ts'
import { serve } from './fake-iam.ts'
import { createSandbox, credentials } from './process.ts'

const account = new Account({ users: ['Bob'], roles: ['KeyAdmin'] })
const iam = await serve(account)
const somewhere = createSandbox()
const [program, ...itsWords] = process.argv.slice(2)
try {
  const env = credentials(account, iam)
  if (program === undefined) await show(env)
  else {
    // A profile or a session of the person's own would be sent to our IAM.
    const theirs = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
    const options = { cwd: somewhere.cwd, env: { ...theirs, ...somewhere.env, ...env }, stdio: 'inherit' } as const
    const [code] = await once(childProcess.spawn(program, itsWords, options), 'exit')
    process.exitCode = code ?? 1
  }
} finally {
  somewhere.remove()
  await iam.close()
}

async function show(env: Readonly<Record<string, string>>): Promise<void> {
  const words = ['iamkey', 'create-access-key', '--user-name', 'Bob']
  const { code, stdout, stderr } = await somewhere.run(words, env)
  process.stdout.write(`A small IAM of our own listens on ${iam.endpoint}; AWS_ENDPOINT_URL says so.\n\n$ ${words.join(' ')}\n${stdout}`)
  process.stderr.write(stderr)
  process.stdout.write(
    '\nTo try more of it: npm run demo -- bash\nTo create a key in AWS instead: node bin/iamkey.js create-access-key --user-name Bob, with your own credentials and no AWS_ENDPOINT_URL.\n',
  )
  process.exitCode = code
}
