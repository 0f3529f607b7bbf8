/** The entry point: one invocation of `run` on Node. The only place where the process exits. */

import { nodeHost, wordsOf } from './node/host.ts'
import { run } from './run/index.ts'

/**
 * A run ended by one of these signals kills itself with it, as shells expect. Not SIGQUIT: a core file would contain the secret. Not on
 * Windows, where Node can only terminate (exit code 1), and throws for SIGHUP (libuv src/win/process.c, uv__kill).
 */
const DEATHS: Readonly<Record<number, NodeJS.Signals>> = { 129: 'SIGHUP', 143: 'SIGTERM' }

// Any end of the process before `run` returns is a failure.
process.exitCode = 255

run(wordsOf(process), nodeHost(process)).then(exitCode => {
  const death = process.platform === 'win32' ? undefined : DEATHS[exitCode]
  if (death) process.kill(process.pid, death)
  // All output was written synchronously.
  process.exit(exitCode)
})
