import { expect, test } from 'vitest'
import type { Clock } from '../../src/core/host.ts'
import { withTimeout } from '../../src/core/timeout.ts'

/** A clock on which time is up when `pass` is called. */
function stoppedClock() {
  const sleepers = new Set<() => void>()
  const clock: Clock = {
    now: () => 0,
    sleep: (_, wake) =>
      new Promise(resolve => {
        const up = () => {
          sleepers.delete(up)
          resolve()
        }
        sleepers.add(up)
        wake?.addEventListener('abort', up)
      }),
  }
  const pass = () => {
    for (const up of sleepers) up()
  }
  return { clock, sleepers, pass }
}

test('what is done in time is answered, and nobody goes on waiting', async () => {
  const { clock, sleepers } = stoppedClock()
  expect(await withTimeout(1000, clock, async late => late.aborted)).toBe(false)
  expect(sleepers.size).toBe(0)
})

test('what fails in time fails, and nobody goes on waiting', async () => {
  const { clock, sleepers } = stoppedClock()
  await expect(withTimeout(1000, clock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(sleepers.size).toBe(0)
})

test('what takes longer is told so, and ends in its own way', async () => {
  const { clock, pass } = stoppedClock()
  const answer = withTimeout(1000, clock, late => new Promise(resolve => late.addEventListener('abort', () => resolve('given up'))))
  pass()
  expect(await answer).toBe('given up')
})
