import { describe, expect, test } from 'vitest'
import type { Context } from '../../src/core/command.ts'
import { Failure, FailureWithRecovery, Interrupted, ServiceError } from '../../src/core/errors.ts'
import { type CallFailure, type Iam, NotSent, OutcomeUnknown, Refused } from '../../src/core/iam.ts'
import { callForOutput, callWithRetry, inModelOrder } from '../../src/keys/retry.ts'
import type { Value } from '../../src/python/value.ts'
import { testHost } from '../support/host.ts'

const unanswered = new Failure('Connection was closed before we received a valid response from endpoint URL: "http://iam.test/".')
const unreachable = new Failure('Could not connect to the endpoint URL: "http://iam.test/"')
const said = (code: string, retries = '') => new ServiceError(code, `An error occurred (${code})${retries}: no`, new Map())

const lost = new OutcomeUnknown({ retryable: true, failure: unanswered })
const notSent = new NotSent({ retryable: true, failure: unreachable })
const refused = (code: string, retryable = false) =>
  new Refused({ retryable, failure: said(code), withRetries: retries => said(code, ` (reached max retries: ${retries})`) })

/** Makes one call after the other meet what is listed; undefined is a reply. */
function scene(
  events: readonly (Error | undefined)[],
  { maxAttempts = 3, onCall = () => {} }: { maxAttempts?: number; onCall?: () => void } = {},
) {
  const host = testHost()
  const began = host.clock.now()
  let calls = 0
  const iam: Iam = {
    async call() {
      const event = events[calls++]
      onCall()
      if (event) throw event
      return { output: {}, serverTime: undefined } as never
    },
  }
  const means: Pick<Context, 'iam' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'debug'> = {
    iam,
    clock: host.clock,
    signals: host.holdSignals(),
    maxAttempts,
    random: () => 0.5,
    debug: host.debug,
  }
  return { means, host, calls: () => calls, waited: () => host.clock.now() - began }
}

const remove = (means: ReturnType<typeof scene>['means']) =>
  callWithRetry('DeleteAccessKey', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, means)

describe('a call that may be made twice', () => {
  test.each([
    ['answered', [undefined], 1, 0],
    ['answered in the end', [lost, notSent, undefined], 3, 1500],
    ['throttled once', [refused('Throttling', true), undefined], 2, 500],
  ])('%s', async (_, events, calls, waited) => {
    const one = scene(events)
    await remove(one.means)
    expect([one.calls(), one.waited()]).toEqual([calls, waited])
  })

  test.each<[string, CallFailure[], number, Failure]>([
    ['refused', [refused('AccessDenied')], 1, said('AccessDenied')],
    ['never answered', [lost, lost, lost], 3, unanswered],
    ['throttled to the end', [lost, lost, refused('Throttling', true)], 3, said('Throttling', ' (reached max retries: 2)')],
    ['refused at the last attempt', [lost, lost, refused('AccessDenied')], 3, said('AccessDenied', ' (reached max retries: 2)')],
    ['told at once that there is no such key', [refused('NoSuchEntity')], 1, said('NoSuchEntity')],
    ['told so after a call that was not sent', [notSent, refused('NoSuchEntity')], 2, said('NoSuchEntity')],
    [
      'told so after a call without an answer, which may be why',
      [lost, refused('NoSuchEntity')],
      2,
      new FailureWithRecovery(said('NoSuchEntity'), 'An earlier attempt got no answer; it may have done this already.'),
    ],
  ])('%s', async (_, events, calls, failure) => {
    const one = scene(events)
    await expect(remove(one.means)).rejects.toStrictEqual(failure)
    expect(one.calls()).toBe(calls)
  })

  test('is made once where only one attempt is allowed', async () => {
    const one = scene([lost, undefined], { maxAttempts: 1 })
    await expect(remove(one.means)).rejects.toBe(unanswered)
    expect(one.calls()).toBe(1)
  })

  test('is not made again after a signal, whatever it came to', async () => {
    const one = scene([lost, undefined], { onCall: () => one.host.signal('SIGINT') })
    await expect(remove(one.means)).rejects.toStrictEqual(new Interrupted('SIGINT'))
    expect(one.calls()).toBe(1)
  })

  test('passes on a mistake of ours', async () => {
    const mistake = new TypeError('oops')
    await expect(remove(scene([mistake]).means)).rejects.toBe(mistake)
  })
})

test('members come in the order of the sample, those it does not know last', () => {
  const sample = new Map<string, Value>([
    ['UserName', ''],
    [
      'Used',
      new Map([
        ['Date', ''],
        ['Region', ''],
      ]),
    ],
    [
      'Keys',
      [
        new Map([
          ['Id', ''],
          ['Status', ''],
        ]),
      ],
    ],
    ['More', true],
  ])
  const reply = {
    More: false,
    Keys: [{ Status: 'Active', Id: 'A' }],
    New: 'x',
    Used: { Region: 'r', Extra: 'e', Date: 'd' },
    Gone: undefined,
  }
  expect(JSON.stringify([...inModelOrder(reply, sample)], (_, value) => (value instanceof Map ? [...value] : value))).toBe(
    '[["Used",[["Date","d"],["Region","r"],["Extra","e"]]],["Keys",[[["Id","A"],["Status","Active"]]]],["More",false],["New","x"]]',
  )
})

test('a reply without members is no output', async () => {
  expect(await callForOutput('DeleteAccessKey', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, new Map(), scene([undefined]).means)).toEqual({
    output: new Map(),
  })
})
