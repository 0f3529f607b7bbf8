/** Signals that this system may not have: Node's process is an emitter, and so is this one. */
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { nodeHost } from '../../src/node/host.ts'

test.each([
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGXCPU',
  // Ctrl+Break in a console of Windows.
  'SIGBREAK',
])('%s ends waits and not the process', signal => {
  const signals = new EventEmitter()
  const [on, off] = [signals.on.bind(signals), signals.off.bind(signals)]
  const held = nodeHost(Object.create(process, { on: { value: on }, off: { value: off } })).holdSignals()
  expect(signals.emit(signal, signal)).toBe(true)
  expect([held.received, held.interrupt.aborted, held.deadline.aborted]).toEqual([signal, true, false])
  expect(signals.emit(signal, signal)).toBe(true)
  expect(held.deadline.aborted).toBe(true)
  held.release()
  expect(signals.eventNames()).toEqual([])
})
