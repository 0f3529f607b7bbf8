/** The line that appears while a call takes long. */
import { expect, test } from 'vitest'
import type { Clock, HeldSignals } from '../../src/core/host.ts'
import type { Iam, Reply } from '../../src/core/iam.ts'
import { withSlowCallNotice } from '../../src/run/slow-call.ts'

/** A call of so many seconds, on a clock that only it moves. Returns what was shown, in order; `end` where the line was erased. */
async function shown(seconds: number, interruptedAfter = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
  const lines: string[] = []
  const sleepers: { readonly until: number; readonly wake: () => void }[] = []
  let now = 0
  const clock: Clock = {
    now: () => now,
    sleep: (ms, wake) =>
      new Promise(resolve => {
        sleepers.push({ until: now + ms, wake: resolve })
        wake?.addEventListener('abort', () => resolve())
      }),
  }
  const progress = { say: (line: string) => void lines.push(line), note() {}, end: () => void lines.push('end') }
  const none = new AbortController().signal
  const signals: HeldSignals = {
    get received() {
      return now >= interruptedAfter * 1000 ? ('SIGINT' as const) : undefined
    },
    interrupt: none,
    deadline: none,
    release() {},
  }
  const iam: Iam = {
    async call<O>() {
      for (; now < seconds * 1000; now += 500) {
        for (const { until, wake } of sleepers) if (until <= now) wake()
        await new Promise(setImmediate)
      }
      return { output: {}, serverTime: undefined } as Reply<O & 'DeleteAccessKey'>
    },
  }
  await withSlowCallNotice(iam, { progress, clock, signals }).call('CreateAccessKey', {})
  return lines
}

const waiting = (seconds: number) => `CreateAccessKey: no answer for ${seconds} s (Ctrl-C stops it and looks for the key)`

test('a call of the usual length is not spoken of', async () => {
  expect(await shown(2.5)).toEqual(['end'])
})

test('a longer one is, each second, and leaves no trace', async () => {
  expect(await shown(6)).toEqual([waiting(3), waiting(4), waiting(5), 'end'])
})

test('an interrupt is acknowledged', async () => {
  expect(await shown(6, 4)).toEqual([
    waiting(3),
    ...Array(2).fill('CreateAccessKey: interrupted, waiting a little longer for the answer'),
    'end',
  ])
})
