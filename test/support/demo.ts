/** `npm run demo`: the built program against the fake IAM, as a person would run it, in an empty HOME. */
import { Account } from './account.ts'
import { serve } from './fake-iam.ts'
import { createSandbox, credentials } from './process.ts'

const account = new Account({ users: ['Bob'] })
const iam = await serve(account)
const somewhere = createSandbox()
try {
  const words = ['iamkey', 'create-access-key', '--user-name', 'Bob']
  const { code, stdout, stderr } = await somewhere.run(words, credentials(account, iam))
  process.stdout.write(`A small IAM of our own listens on ${iam.endpoint}; AWS_ENDPOINT_URL says so.\n\n$ ${words.join(' ')}\n${stdout}`)
  process.stderr.write(stderr)
  process.stdout.write(
    '\nTo create a key in AWS instead: node bin/iamkey.js create-access-key --user-name Bob, with your own credentials and no AWS_ENDPOINT_URL.\n',
  )
  process.exitCode = code
} finally {
  somewhere.remove()
  await iam.close()
}
