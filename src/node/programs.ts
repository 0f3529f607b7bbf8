/** Runs the user's programs that get or show a key. Loaded on demand. */

import * as child_process from 'node:child_process'
import type { Env, Fed, Finished } from '../core/host.ts'

/** More bytes than any program prints about a key. */
const MOST_OUTPUT = 1 << 20

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 2000
/** Milliseconds to wait for the output after the program has ended. */
const LAST_WORDS = 1000

/** See Host.feed. */
export async function feed([program = '', ...words]: readonly string[], text: string, stop: AbortSignal, env?: Env): Promise<Fed> {
  const child = child_process.spawn(program, words, { stdio: ['pipe', 'ignore', 'inherit'], ...(env && { env }) })
  // The text is a single write: if it fails, none of it has arrived. How much of a successful write was read is unknown.
  let unread = false
  child.stdin.on('error', () => {
    unread = true
  })
  child.stdin.end(text)
  try {
    return { ...(await ending(child, stop)), unread }
  } finally {
    child.stdin.destroy()
  }
}

/** See Host.capture. */
export async function capture([program = '', ...words]: readonly string[], stop: AbortSignal): Promise<Omit<Finished, 'stderr'>> {
  const child = child_process.spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const printed: Uint8Array[] = []
  let size = 0
  child.stdout.on('data', (chunk: Uint8Array) => {
    size += chunk.length
    if (size <= MOST_OUTPUT) printed.push(chunk)
  })
  const closed = new Promise<void>(resolve => child.stdout.on('close', resolve))
  try {
    const end = await ending(child, stop)
    // A background process may keep the other end open.
    await Promise.race([closed, new Promise<void>(resolve => setTimeout(resolve, LAST_WORDS))])
    return { ...end, stdout: Buffer.concat(printed) }
  } finally {
    child.stdout.destroy()
  }
}

/** How the program ends. `stop` sends SIGTERM, then SIGKILL. */
async function ending(child: child_process.ChildProcess, stop: AbortSignal): Promise<Pick<Finished, 'status' | 'signal'>> {
  let grace: NodeJS.Timeout | undefined
  const end = () => {
    child.kill()
    grace = setTimeout(() => child.kill('SIGKILL'), GRACE)
  }
  stop.addEventListener('abort', end, { once: true })
  if (stop.aborted) end()
  try {
    // Not `close`: a background process may keep its descriptors open.
    const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (...ending) => resolve(ending))
    })
    return { status, signal }
  } finally {
    clearTimeout(grace)
    stop.removeEventListener('abort', end)
  }
}
