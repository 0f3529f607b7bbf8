/** The program: one invocation of `run` in Node's own world. The only place where the process ends. */

import { nodeHost, wordsOf } from './node/host.ts'
import { run } from './run/index.ts'

/** Signals that a shell wants to see as the cause of death. SIGQUIT is not among them: a core file would hold the secret. */
const DEATHS: Readonly<Record<number, NodeJS.Signals>> = { 129: 'SIGHUP', 143: 'SIGTERM' }

// Whatever ends the process before `run` does, it was no success.
process.exitCode = 255

run(wordsOf(process), nodeHost(process)).then(exitCode => {
  const death = DEATHS[exitCode]
  if (death) process.kill(process.pid, death)
  // Everything is written: nothing waits in a stream.
  process.exit(exitCode)
})
