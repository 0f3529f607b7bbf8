/** The entry point of a run that only shows help: it does not load what other command lines need. */

import { nodeHost, wordsOf } from './node/host.ts'
import { showPlainHelp } from './run/plain-help.ts'

process.exitCode = 255

showPlainHelp(wordsOf(process), nodeHost(process)).then(shown => (shown ? process.exit(0) : import('./main.ts')))
