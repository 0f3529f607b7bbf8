import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/core/errors.ts'
import { type Iam, NotSent, OutcomeUnknown, Refused } from '../../src/core/iam.ts'
import { progressOn } from '../../src/core/progress.ts'
import { withThrottlingRetries } from '../../src/keys/throttling.ts'
import { testHost } from '../support/host.ts'

const said = (code: string, retries = '') => new ServiceError(code, `An error occurred (${code})${retries}: no`, new Map())
const throttled = new Refused({
  retryable: true,
  failure: said('Throttling'),
  withRetries: retries => said('Throttling', ` (reached max retries: ${retries})`),
})
const denied = new Refused({ retryable: false, failure: said('AccessDenied') })
const lost = new OutcomeUnknown({ retryable: true, failure: said('ServiceFailure') })
const notSent = new NotSent({ retryable: true, failure: said('ServiceFailure') })

/** The calls meet these events one after the other, then the last one for ever; undefined is a reply. */
function scene(events: readonly (Error | undefined)[], onCall: (nth: number) => void = () => {}) {
  const host = testHost({ stderr: { columns: 80 } })
  const signals = host.holdSignals()
  const began = host.clock.now()
  let calls = 0
  const iam: Iam = {
    async call() {
      const event = events[Math.min(calls, events.length - 1)]
      onCall(++calls)
      if (event) throw event
      return { output: {}, serverTime: undefined } as never
    },
  }
  const means = { clock: host.clock, signals, random: () => 0.5, progress: progressOn(host.stderr), debug: host.debug }
  const end = withThrottlingRetries(iam, means)
    .call('ListAccessKeys', {})
    .then(
      () => 'OK',
      (error: unknown) => error,
    )
  return { end, host, calls: () => calls, waited: () => host.clock.now() - began }
}

describe('a call', () => {
  test.each<[string, readonly (Error | undefined)[], unknown, number, number]>([
    ['that is answered', [undefined], 'OK', 1, 0],
    [
      'that is turned away seven times',
      [...Array(7).fill(throttled), undefined],
      'OK',
      8,
      500 + 1000 + 2000 + 4000 + 8000 + 10_000 + 10_000,
    ],
    ['that is refused', [denied], denied, 1, 0],
    ['that may have been done', [lost], lost, 1, 0],
    ['that was not sent', [notSent], notSent, 1, 0],
    ['that is turned away and then refused', [throttled, denied], denied, 2, 500],
  ])('%s', async (_, events, end, calls, waited) => {
    const one = scene(events)
    expect([await one.end, one.calls(), one.waited()]).toEqual([end, calls, waited])
  })

  test('that is turned away for ten minutes is not made again by others', async () => {
    const one = scene([throttled])
    const end = await one.end
    expect(end).toBeInstanceOf(Refused)
    expect(end).toMatchObject({ retryable: false, failure: said('Throttling', ` (reached max retries: ${one.calls() - 1})`) })
    expect(one.waited()).toBeGreaterThan(580_000)
    expect(one.waited()).toBeLessThanOrEqual(600_000)
  })

  test('waits no longer once a signal has come', async () => {
    const one = scene([throttled], nth => nth === 3 && one.host.signal('SIGINT'))
    expect([await one.end, one.calls()]).toEqual([throttled, 3])
  })

  test('says at a terminal that it waits', async () => {
    const one = scene([throttled, throttled, undefined])
    await one.end
    expect(Buffer.from(one.host.written.stderr()).toString()).toBe(
      '\r\u001b[KListAccessKeys: too many requests, the next attempt in 1 s (Ctrl-C stops it)\r\u001b[K',
    )
  })
})
