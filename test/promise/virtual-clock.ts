/** A clock whose time passes only while everybody waits: what takes minutes is over at once, and happens in the order it would. */
import type { Clock } from '../../src/core/host.ts'

/** How many turns of the event loop a module may take to load, in which nothing else happens. */
const LOADING = 10_000

export interface VirtualClock extends Clock {
  /** Does something in `ms` milliseconds; the answer calls it off. */
  in(ms: number, act: () => void): () => void
  /** Lets time pass until `main` has ended. */
  run<T>(main: Promise<T>): Promise<T>
  /** Lets what is still to come happen. */
  drain(): void
}

export function virtualClock(start: number): VirtualClock {
  let time = start
  const events = new Set<{ readonly at: number; readonly act: () => void }>()

  const schedule = (ms: number, act: () => void) => {
    const event = { at: time + ms, act }
    events.add(event)
    return () => void events.delete(event)
  }
  /** Whether there was one. */
  const nextEvent = (): boolean => {
    let next: { readonly at: number; readonly act: () => void } | undefined
    for (const event of events) if (next === undefined || event.at < next.at) next = event
    if (next === undefined) return false
    events.delete(next)
    time = next.at
    next.act()
    return true
  }
  return {
    now: () => time,
    in: schedule,
    sleep: (ms, wake) =>
      new Promise(resolve => {
        if (ms <= 0 || wake?.aborted) return resolve()
        const done = () => {
          cancel()
          wake?.removeEventListener('abort', done)
          resolve()
        }
        const cancel = schedule(ms, done)
        wake?.addEventListener('abort', done)
      }),
    async run(main) {
      let ended = false
      const end = () => {
        ended = true
      }
      main.then(end, end)
      for (let idle = 0; idle < LOADING; ) {
        await new Promise(setImmediate)
        if (ended) return main
        idle = nextEvent() ? 0 : idle + 1
      }
      throw new Error('everybody waits for nothing')
    },
    drain() {
      while (nextEvent());
    },
  }
}
