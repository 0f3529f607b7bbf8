/** One output and what follows when it does not get out; several stores at once are in test/stores. */
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/core/command.ts'
import { Interrupted } from '../../src/core/errors.ts'
import { deliver } from '../../src/stores/deliver.ts'
import { type SinkOptions, systemError, type TestHost, testHost } from '../support/host.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const DELETED = 'the new key AKIAIOSFODNN7EXAMPLE was deleted again'

interface Circumstances {
  readonly stdout?: SinkOptions
  readonly render?: () => string
  /** What happens in the middle. */
  readonly during?: (host: TestHost) => void
  readonly before?: (host: TestHost) => void
  readonly outcome?: Partial<Outcome>
}

async function end({ stdout = {}, render = () => SECRET, during, before, outcome }: Circumstances) {
  const host = testHost({ stdout })
  const signals = host.holdSignals()
  const done: string[] = []
  const undo = async () => {
    done.push('undo')
    return DELETED
  }
  const afterDelivery = async () => void done.push('settle')
  const show = async (text: string, stop: AbortSignal) => {
    during?.(host)
    await host.stdout.write(text, stop)
  }
  before?.(host)
  const thrown = await deliver({ output: new Map(), undo, afterDelivery, ...outcome }, { render, show }, signals).then(
    shown => shown,
    (error: unknown) => error,
  )
  return { thrown, done, written: Buffer.from(host.written.stdout()).toString() }
}

test('what gets out whole is settled, and never undone', async () => {
  expect(await end({})).toEqual({ thrown: SECRET, done: ['settle'], written: SECRET })
})

test.each(['EPIPE', 'ENOSPC', 'EFBIG', 'EIO', 'EBADF'] as const)('what breaks off with %s is undone', async code => {
  const { thrown, done, written } = await end({ stdout: { fails: { after: 7, code } } })
  expect(thrown).toMatchObject({ message: `could not write the output (${code}); ${DELETED}`, exitCode: 255 })
  expect({ done, written }).toEqual({ done: ['undo'], written: SECRET.slice(0, 7) })
})

test('what cannot be rendered is undone, and the error is not quoted', async () => {
  const { thrown, done } = await end({
    render() {
      throw new RangeError(SECRET)
    },
  })
  expect(thrown).toMatchObject({ message: `could not show the output (RangeError); ${DELETED}` })
  expect(done).toEqual(['undo'])
})

test('a signal that came first leaves nothing shown', async () => {
  const { thrown, done, written } = await end({ before: host => host.signal('SIGHUP') })
  expect(thrown).toEqual(new Interrupted('SIGHUP', `interrupted by SIGHUP; ${DELETED}`))
  expect({ done, written }).toEqual({ done: ['undo'], written: '' })
})

test('a signal ends the wait for a reader', async () => {
  const { thrown, done } = await end({ stdout: { stalls: true }, during: host => host.signal('SIGINT') })
  expect(thrown).toEqual(new Interrupted('SIGINT', `interrupted by SIGINT; ${DELETED}`))
  expect(done).toEqual(['undo'])
})

test('a signal that comes when the output is out is obeyed, and nothing is undone', async () => {
  const { thrown, done, written } = await end({ during: host => host.signal('SIGTERM') })
  expect(thrown).toEqual(new Interrupted('SIGTERM'))
  expect({ done, written }).toEqual({ done: ['settle'], written: SECRET })
})

test('a read that cannot be shown has nothing to undo', async () => {
  const host = testHost()
  const show = () => Promise.reject(systemError('ENOSPC'))
  const thrown = await deliver({ output: new Map() }, { render: () => '', show }, host.holdSignals()).catch((error: unknown) => error)
  expect(thrown).toMatchObject({ name: 'Unwritable', exitCode: 120 })
})
