/** When a new key counts as working, and what is said where it does not. The clock is the test's. */
import { describe, expect, test } from 'vitest'
import { Failure, ServiceError } from '../../src/core/errors.ts'
import { NotSent, OutcomeUnknown, Refused } from '../../src/core/iam.ts'
import { progressOn } from '../../src/core/progress.ts'
import { parseWaitTimeout, waitUntilUsable } from '../../src/keys/wait-until-usable.ts'
import { type SinkOptions, testHost } from '../support/host.ts'

const NOBODY = { Account: undefined, Arn: undefined, UserId: undefined }
const refused = (code: string) => new Refused({ retryable: false, failure: new ServiceError(code, code, new Map()) })
const ANSWERS: Readonly<Record<string, () => Error | undefined>> = {
  '+': () => undefined,
  d: () => refused('AccessDenied'),
  i: () => refused('InvalidClientTokenId'),
  s: () => refused('SignatureDoesNotMatch'),
  k: () => refused('InvalidAccessKeyId'),
  a: () => refused('AuthFailure'),
  n: () => new NotSent({ retryable: true, failure: new Failure('no route') }),
  u: () => new OutcomeUnknown({ retryable: true, failure: new Failure('lost') }),
  x: () => new TypeError('unforeseen'),
  t: () => new Refused({ retryable: true, failure: new ServiceError('Throttling', 'Throttling', new Map()) }),
}

/** @param answers one letter each; the last goes on for ever */
async function wait(
  answers: string,
  { seconds = 60, signalAt, stderr = {} }: { seconds?: number; signalAt?: number; stderr?: SinkOptions } = {},
) {
  const host = testHost({ stderr })
  const signals = host.holdSignals()
  const began = host.clock.now()
  let asked = 0
  // Moves on when it is slept on, but not for the alarm, which sleeps all along.
  let time = began
  const clock = {
    now: () => time,
    sleep: async (ms: number, wake?: AbortSignal) => {
      if (ms === seconds * 1000) return new Promise<void>(() => {})
      if (!wake?.aborted) time += ms
    },
  }
  const ask = async () => {
    const letter = answers[Math.min(asked, answers.length - 1)] ?? '+'
    if (asked++ === signalAt) host.signal('SIGINT')
    const error = ANSWERS[letter]?.()
    if (error) throw error
    return NOBODY
  }
  const context = { clock, signals, random: () => 0.5, progress: progressOn(host.stderr), debug() {} }
  const said = await waitUntilUsable({ AccessKeyId: 'AKIANEW' }, ask, seconds * 1000, context)
  return { said, asked, after: (time - began) / 1000, stderr: Buffer.from(host.written.stderr()).toString() }
}

describe('a key works', () => {
  test.each([
    ['+++++', 5, 4, 'after five successes in a row, one second apart'],
    ['ii+++++', 7, 6, 'once AWS knows it'],
    ['++++i+++++', 10, 9, 'not if one of the five said no'],
    ['+s+k+a+n+u+x+++++', 17, 16, 'whatever it was that came in between'],
    ['+t+tt+ttt++', 11, 9.5, 'also where it was not told in between, for there were too many requests'],
    ['ddddd', 5, 4, 'also where it may not ask who it is'],
    ['+d+d+', 5, 4, 'in any mixture of the two'],
  ])('%s: %d questions, %d seconds: %s', async (answers, questions, seconds) => {
    expect(await wait(answers)).toEqual({ said: undefined, asked: questions, after: seconds, stderr: '' })
  })
})

describe('a key is not known to work', () => {
  test.each<[string, Parameters<typeof wait>[1], string, number]>([
    ['i', { seconds: 60 }, 'after 60 s the last answer was InvalidClientTokenId', 61],
    ['n', { seconds: 3 }, 'after 3 s the last answer was NotSent', 4],
    ['tttttti', { seconds: 3 }, 'after 3 s the last answer was InvalidClientTokenId', 10],
    ['x', { seconds: 2 }, 'after 2 s the last answer was none', 3],
    ['+', { seconds: 3.5 }, 'after 3.5 s the last answer was OK', 4],
    ['i', { signalAt: 4 }, 'interrupted by SIGINT', 5],
  ])('%s %j: %s', async (answers, about, why, questions) => {
    const { said, asked } = await wait(answers, about)
    expect([said, asked]).toEqual([why, questions])
  })
})

test('an answer that does not come is waited for no longer than the whole', async () => {
  const host = testHost()
  const silent = (stop?: AbortSignal) =>
    new Promise<never>((_, reject) => {
      const end = () => reject(new OutcomeUnknown({ retryable: true, failure: new Failure('stopped') }))
      if (stop?.aborted) end()
      stop?.addEventListener('abort', end)
    })
  const context = { clock: host.clock, signals: host.holdSignals(), random: () => 0.5, progress: progressOn(host.stderr), debug() {} }
  expect(await waitUntilUsable({ AccessKeyId: 'AKIANEW' }, silent, 5000, context)).toBe('after 5 s the last answer was OutcomeUnknown')
})

test('a terminal sees one line, which is gone at the end', async () => {
  const { stderr } = await wait('i+++++', { stderr: { columns: 40 } })
  const lines = stderr.split('\r\u001b[K')
  expect(lines.slice(1, -1).map(line => line.length <= 39)).toEqual([true, true, true, true, true])
  expect([lines[0], lines[1], lines.at(-1)]).toEqual(['', 'waiting until AKIANEW works, 60 s at mo', ''])
})

test.each([
  [undefined, 60_000],
  ['5', 5000],
  ['0.5', 500],
  ['0', 0],
])('--wait-timeout %s is %d ms', (typed, ms) => {
  expect(parseWaitTimeout(typed)).toBe(ms)
})

test.each(['', 'x', '-1', '1e3', 'Infinity', ' 5'])('--wait-timeout %j is refused', typed => {
  expect(() => parseWaitTimeout(typed)).toThrow(`Bad value for --wait-timeout: '${typed}' is no number of seconds`)
})
