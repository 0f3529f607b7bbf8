/** Runs of the built program that meet in an account which is throttled as a whole. */
import { expect, test } from 'vitest'
import { Account } from '../support/account.ts'
import { serve } from '../support/fake-iam.ts'
import { createSandbox, credentials } from '../support/process.ts'

const DAY = 86_400_000
const USERS = Array.from({ length: 12 }, (_, nth) => `user-${nth}`)

test.each(['local', 'user-tags'])(
  'twelve at once, ten calls in a second, --journal %s: all rotate',
  async journal => {
    const account = new Account({ users: [] })
    for (const name of USERS) account.addKey(name, Date.now() - 100 * DAY)
    const iam = await serve(account, { perSecond: 10 })
    const here = createSandbox()
    const env = credentials(account, iam)
    const words = ['--journal', journal, '--output', 'text', '--query', 'Rotation.Result']
    try {
      const ended = await Promise.all(
        USERS.map(name => here.run(['iamkey', 'rotate-access-key', '--user-name', name, '--store', `env-file:${name}`, ...words], env)),
      )
      expect(ended).toEqual(USERS.map(() => ({ code: 0, stdout: 'Rotated\n', stderr: '' })))
      expect(iam.throttled).toBeGreaterThan(USERS.length)
    } finally {
      here.remove()
      await iam.close()
    }
  },
  240_000,
)
