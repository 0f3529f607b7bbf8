/** Runs credential processes, whose output is collected, and the pager, which uses the terminal. */

import * as child_process from 'node:child_process'
import * as net from 'node:net'
import type { Env, Finished } from '../core/host.ts'
import { systemError } from './system-error.ts'

/** More bytes than any credential process prints. */
const MOST_OUTPUT = 1 << 28

/** Throws a SystemError if the program cannot start. */
export function execute([program = '', ...words]: readonly string[]): Finished {
  const done = child_process.spawnSync(program, words, { stdio: ['inherit', 'pipe', 'pipe'], maxBuffer: MOST_OUTPUT })
  if (done.error) throw done.error
  return { status: done.status, signal: done.signal, stdout: done.stdout, stderr: done.stderr }
}

/**
 * Runs a pager. It reads from descriptor 3 of a shell that becomes the pager: with descriptor 0, Node could not tell whether anything
 * was left unread, and the output would be lost with a pager that fails at once.
 *
 * Throws a SystemError; EPIPE if the pager ended before it had read the whole text.
 */
export async function page(words: readonly string[], text: string, env: Env): Promise<Finished> {
  const child = child_process.spawn('/bin/sh', ['-c', 'exec "$@" <&3 3<&-', 'sh', ...words], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env,
  })
  const input = child.stdio[3]
  if (!(input instanceof net.Socket)) throw new Error('a pipe was asked for')
  let unread: Error | undefined
  input.on('error', error => {
    unread ??= systemError('EPIPE', 32, error)
  })
  input.resume()
  input.end(text)
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (...ending) => resolve(ending))
  })
  if (unread) throw unread
  return { status, signal, stdout: new Uint8Array(), stderr: new Uint8Array() }
}
