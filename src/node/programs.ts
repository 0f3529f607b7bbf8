/** Programs of the user's that are given a key, or show one. Loaded where there are any. */

import * as child_process from 'node:child_process'
import type { Env, Fed, Finished } from '../core/host.ts'

/** More than any program has to say of a key, in bytes. */
const MOST_OUTPUT = 1 << 20

/** Milliseconds from the request to end to the end. */
const GRACE = 2000
/** Milliseconds from the end of a program to the end of what it printed. */
const LAST_WORDS = 1000

/** See Host.feed. */
export async function feed([program = '', ...words]: readonly string[], text: string, stop: AbortSignal, env?: Env): Promise<Fed> {
  const child = child_process.spawn(program, words, { stdio: ['pipe', 'ignore', 'inherit'], ...(env && { env }) })
  // The text is one write: where it fails, nothing of it has arrived. What a program leaves unread of a write that succeeded is not known.
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
    // What it has left running in the background may hold the other end.
    await Promise.race([closed, new Promise<void>(resolve => setTimeout(resolve, LAST_WORDS))])
    return { ...end, stdout: Buffer.concat(printed) }
  } finally {
    child.stdout.destroy()
  }
}

/** How the program ends; `stop` asks it to, and then makes it. */
async function ending(child: child_process.ChildProcess, stop: AbortSignal): Promise<Pick<Finished, 'status' | 'signal'>> {
  let grace: NodeJS.Timeout | undefined
  const end = () => {
    child.kill()
    grace = setTimeout(() => child.kill('SIGKILL'), GRACE)
  }
  stop.addEventListener('abort', end, { once: true })
  if (stop.aborted) end()
  try {
    // Not `close`: what it has left running in the background may hold its descriptors.
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
