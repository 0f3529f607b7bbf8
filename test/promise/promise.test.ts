/**
 * The promise as an invariant over a model of IAM: whatever goes wrong, in whatever order, every key that was created is delivered whole,
 * deleted again, or named with the command that deletes it; and its secret is nowhere but in the output.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Aftermath, Failure, Interrupted } from '../../src/errors.ts'
import { type History, history } from './history.ts'
import { type Key, live, type Told } from './world.ts'

const HISTORIES = process.env.IAMKEY_SWEEP === 'full' ? 200_000 : 10_000
/** How long the end may take after a signal, and at all, in milliseconds. */
const LONGEST_END = 45_000
const LONGEST_RUN = 600_000

type Fate = 'delivered' | 'deleted' | 'named' | 'left to be looked for' | 'out of sight' | 'LOST'

function fateOf({ AccessKeyId, SecretAccessKey, deleted, listed }: Key, { stdout, thrown, looked }: Told, { UserName }: History): Fate {
  if (deleted) return 'deleted'
  const whole = stdout.endsWith('}}') && stdout.includes(AccessKeyId) && stdout.includes(SecretAccessKey)
  if (whole && (thrown === undefined || isLate(thrown))) return 'delivered'
  const lines = thrown instanceof Error ? thrown.message.split('\n') : []
  // The reply says whose key it is where nobody was asked for.
  const users = UserName === undefined ? ['', ' --user-name ops'] : [' --user-name Bob']
  const gives = (command: (user: string) => string) => users.some(user => lines.includes(`  ${command(user)} --profile prod`))
  if (gives(user => `aws iam delete-access-key${user} --access-key-id ${AccessKeyId}`)) return 'named'
  if (gives(user => `aws iam list-access-keys${user}`)) return 'left to be looked for'
  // An earlier attempt made it, but no list showed it before another key was delivered.
  return stdout !== '' && listed > looked ? 'out of sight' : 'LOST'
}

/** A signal, or a second key, that came when the output was out. */
const isLate = (thrown: unknown) =>
  (thrown instanceof Interrupted && thrown.message === '') ||
  (thrown instanceof Aftermath && thrown.failure.message.startsWith('The output is whole'))

/** Everything that is wrong with how a history ended. */
function* complaints(history: History, told: Told): Generator<string> {
  const { keys, calls, thrown, noted, signal, looked, ended } = told
  const ours = keys.filter(({ by }) => by === 'us')
  const fates = ours.map(key => fateOf(key, told, history))
  const { ListAccessKeys } = history.faults
  const blind = ListAccessKeys.length > 0 || history.strangers.length > 0 || signal !== undefined || history.deleteLag > 0
  const inSight = ours.filter(({ listed }, index) => fates[index] === 'left to be looked for' && listed <= looked)
  const left = fates.filter(fate => fate !== 'deleted' && fate !== 'out of sight')

  if (fates.includes('LOST')) yield 'a key is lost'
  if (inSight.length > 0 && !blind) yield 'a key that could be seen was not named'
  if (thrown === undefined && left.join() !== 'delivered') yield 'success without exactly one key'
  if (keys.some(({ by, deleted }) => by !== 'us' && deleted)) yield "somebody else's key was deleted"
  if (thrown !== undefined && !(thrown instanceof Failure)) yield 'it threw something that has no sentence'
  if (signal && thrown !== undefined && !(thrown instanceof Interrupted) && !isLate(thrown)) yield 'a signal was forgotten'
  if (!signal && thrown instanceof Interrupted) yield 'a signal was made up'
  const words = [thrown instanceof Error ? `${thrown.message} ${thrown.cause}` : '', ...noted].join('\n')
  if (keys.some(({ SecretAccessKey }) => words.includes(SecretAccessKey.slice(0, 30)))) yield 'a secret was told'
  if (calls.filter(name => name === 'CreateAccessKey').length > history.maxAttempts) yield 'more attempts than allowed'
  if (
    calls.length > 1 &&
    Object.values(history.faults).flat().length === 0 &&
    history.output.kind === 'taken' &&
    !signal &&
    fates.length > 0
  ) {
    yield 'a plain success took more than one call'
  }
  if (ended > LONGEST_RUN) yield 'it took too long'
  if (signal && ended - signal.at > LONGEST_END) yield 'a signal was kept waiting'
}

test(`every key of ${HISTORIES} histories is delivered, deleted or named`, { timeout: 600_000 }, async () => {
  const reached = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(history, async history => {
      const told = await live(history)
      const fates = told.keys.filter(({ by }) => by === 'us').map(key => fateOf(key, told, history))
      const end = fates.sort().join(' + ') || 'no key'
      reached.set(end, (reached.get(end) ?? 0) + 1)
      expect([...complaints(history, told)]).toEqual([])
    }),
    { numRuns: HISTORIES },
  )
  // A model in which nothing goes wrong would prove nothing.
  for (const end of ['no key', 'delivered', 'deleted', 'named', 'left to be looked for', 'delivered + named']) {
    expect(reached.get(end) ?? 0, end).toBeGreaterThan(HISTORIES / 2000)
  }
})
