/**
 * The promise as an invariant over a model of IAM: whatever goes wrong, in whatever order, every key that was created is delivered whole,
 * deleted again, or named with the command that deletes it; and its secret is nowhere but in the output.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Failure, FailureWithRecovery, Interrupted } from '../../src/core/errors.ts'
import { shellQuote } from '../../src/core/shell-quote.ts'
import { deleteCommand, listCommand } from '../../src/keys/recovery-commands.ts'
import { type History, history } from './history.ts'
import type { Call, Key } from './iam-model.ts'
import { live, type Told } from './world.ts'

const HISTORIES = process.env.IAMKEY_SWEEP === 'full' ? 200_000 : 10_000
/** How long the end may take after a signal, and at all, in milliseconds. */
const LONGEST_END = 45_000
const LONGEST_RUN = 600_000
/** For how long a key is looked for before the call is made again, in milliseconds. */
const LOOKED_FOR = 4000

type Fate = 'delivered' | 'deleted' | 'named' | 'left to be looked for' | 'out of sight' | 'LOST'

function fateOf({ AccessKeyId, SecretAccessKey, deleted, listed }: Key, { stdout, thrown, looked }: Told, { UserName }: History): Fate {
  if (deleted) return 'deleted'
  const whole = stdout.endsWith('}}') && [AccessKeyId, SecretAccessKey].every(value => stdout.includes(JSON.stringify(value)))
  if (whole && (thrown === undefined || isLate(thrown))) return 'delivered'
  const lines = thrown instanceof Error ? thrown.message.split('\n') : []
  // The reply says whose key it is where nobody was asked for.
  const users = UserName === undefined ? [undefined, 'ops'] : ['Bob']
  const gives = (command: (user: string | undefined) => string) => users.some(user => lines.includes(`  ${command(user)}`))
  if (gives(user => deleteCommand({ UserName: user, AccessKeyId }, ' --profile prod'))) return 'named'
  if (gives(user => listCommand({ UserName: user }, ' --profile prod'))) return 'left to be looked for'
  // An earlier attempt made it, but no list showed it before another key was delivered.
  return stdout !== '' && listed > looked ? 'out of sight' : 'LOST'
}

/** A signal, or a second key, that came when the output was out. */
const isLate = (thrown: unknown) =>
  (thrown instanceof Interrupted && thrown.message === '') ||
  (thrown instanceof FailureWithRecovery && thrown.failure.message.startsWith('The output is whole'))

interface Case {
  readonly history: History
  readonly told: Told
  /** The keys this run has made, whoever knows of them, and what became of each. */
  readonly ours: readonly Key[]
  readonly fates: readonly Fate[]
  readonly attempts: readonly Call[]
  /** An attempt, the one that followed, and the lists between them. */
  readonly repeated: readonly { readonly failed: Call; readonly lists: readonly Call[] }[]
  readonly inDoubt: boolean
}

function caseOf(history: History, told: Told): Case {
  const ours = told.keys.filter(({ by }) => by === 'us')
  const fates = ours.map(key => fateOf(key, told, history))
  const attempts = told.calls.filter(({ operation }) => operation === 'CreateAccessKey')
  const between = (one: Call, other: Call) =>
    told.calls.filter(({ operation, asked }) => operation === 'ListAccessKeys' && asked >= one.ended && asked < other.asked)
  const repeated = attempts.slice(1).map((next, index) => {
    const failed = attempts[index] ?? next
    return { failed, lists: between(failed, next) }
  })
  return { history, told, ours, fates, attempts, repeated, inDoubt: attempts.some(({ unclear }) => unclear) }
}

/** Nothing keeps a list from showing a key, or the run from waiting for it. */
const seesWell = ({ history: { faults, strangers, deleteLag }, told: { signal } }: Case) =>
  faults.ListAccessKeys.length === 0 && strangers.length === 0 && deleteLag === 0 && !signal

/** What is listed says whether it is new. */
const showsAge = ({ history: { dated, dates } }: Case) => dated && dates === 'readable'

/** A deletion works in the end, if it is tried as often as it is worth. */
const deletesWell = ({ history: { faults, deleteLag }, told: { signal } }: Case) =>
  deleteLag === 0 &&
  !signal &&
  faults.DeleteAccessKey.length < 5 &&
  faults.DeleteAccessKey.every(({ end, ends }) => end !== 'denied' && end !== 'never' && ends < 3000)

const goesWell = ({ history: { faults, output }, told: { signal }, ours }: Case) =>
  ours.length > 0 && Object.values(faults).flat().length === 0 && output.kind === 'taken' && !signal

/** Everything a run must not do, and how it shows that it did. */
const BREACHES: Readonly<Record<string, (about: Case) => boolean>> = {
  'a key is lost': ({ fates }) => fates.includes('LOST'),
  'success without exactly one key': ({ told, fates }) =>
    told.thrown === undefined && fates.filter(fate => fate !== 'deleted' && fate !== 'out of sight').join() !== 'delivered',
  'a key that could be seen was not named': about =>
    seesWell(about) &&
    showsAge(about) &&
    about.ours.some(({ listed }, index) => about.fates[index] === 'left to be looked for' && listed <= about.told.looked),
  'a key that could be taken back was not': about =>
    deletesWell(about) &&
    about.ours.some(
      ({ AccessKeyId }, index) =>
        about.attempts.some(({ named }) => named === AccessKeyId) && !/^delivered|deleted$/.test(about.fates[index] ?? ''),
    ),
  'a key that was there before was offered for deletion': ({ told: { thrown, keys } }) =>
    thrown instanceof Error &&
    keys.some(({ by, AccessKeyId }) => by === 'nobody knows' && thrown.message.includes(`--access-key-id ${shellQuote(AccessKeyId)}`)),
  "somebody else's key was deleted": ({ told }) => told.keys.some(({ by, deleted }) => by !== 'us' && deleted),
  'a secret was told': ({ told: { thrown, noted, keys } }) => {
    const words = [thrown instanceof Error ? `${thrown.message} ${thrown.cause}` : '', ...noted].join('\n')
    return keys.some(({ SecretAccessKey }) => words.includes(SecretAccessKey.slice(0, 30)))
  },
  'what it threw has no sentence': ({ told: { thrown } }) => thrown !== undefined && !(thrown instanceof Failure),
  'a signal was forgotten': ({ told: { signal, thrown } }) => signal !== undefined && !(thrown instanceof Interrupted) && !isLate(thrown),
  'a signal was made up': ({ told: { signal, thrown } }) => !signal && thrown instanceof Interrupted,
  'a signal was kept waiting': ({ told }) => told.tookFromSignal > LONGEST_END,
  'it took too long': ({ told }) => told.took > LONGEST_RUN,
  'more attempts than allowed': ({ history, attempts }) => attempts.length > history.maxAttempts,
  'it tried again without looking long enough': ({ repeated }) =>
    repeated.some(
      ({ failed, lists }) =>
        failed.unclear && !lists.some(({ asked, showedNew }) => showedNew === false && asked - failed.ended >= LOOKED_FOR),
    ),
  'it tried again although a key had appeared': ({ repeated }) => repeated.some(({ lists }) => lists.some(({ showedNew }) => showedNew)),
  'it did not look again after a doubt': ({ told, inDoubt }) =>
    told.thrown === undefined && inDoubt && told.calls.at(-1)?.showedNew === undefined,
  'it looked without need': ({ history, told, inDoubt }) =>
    !inDoubt && history.deleteLag === 0 && told.calls.some(({ operation }) => operation === 'ListAccessKeys'),
  'it gave a false alarm': ({ history, told: { thrown, calls }, fates }) =>
    thrown instanceof FailureWithRecovery &&
    isLate(thrown) &&
    history.before.length + history.strangers.length === 0 &&
    fates.length === 1 &&
    calls.at(-1)?.showedNew !== undefined,
  'a plain success took more than one call': about => goesWell(about) && about.told.calls.length > 1,
}

test(`every key of ${HISTORIES} histories is delivered, deleted or named`, { timeout: 600_000 }, async () => {
  const reached = new Map<string, number>()
  const property = fc.asyncProperty(history, async history => {
    const about = caseOf(history, await live(history))
    const end = about.fates.toSorted().join(' + ') || 'no key'
    reached.set(end, (reached.get(end) ?? 0) + 1)
    expect(Object.keys(BREACHES).filter(name => BREACHES[name]?.(about))).toEqual([])
  })
  await fc.assert(property, { numRuns: HISTORIES })
  // A model in which nothing goes wrong would prove nothing.
  for (const end of ['no key', 'delivered', 'deleted', 'named', 'left to be looked for', 'delivered + named']) {
    expect(reached.get(end) ?? 0, end).toBeGreaterThan(HISTORIES / 2000)
  }
})
