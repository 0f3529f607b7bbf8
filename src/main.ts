/** The program: one invocation of `run` with Node's own world. The only place an exit code is set. */

import { nodeHost, wordsOf } from './node.ts'
import { run } from './run.ts'

run(wordsOf(process), nodeHost(process)).then(end => end(process))
