/** The program where it is asked for help and nothing else: what it takes to read any other command line is not loaded. */

import { nodeHost, wordsOf } from './node/host.ts'
import { showPlainHelp } from './run/plain-help.ts'

process.exitCode = 255

showPlainHelp(wordsOf(process), nodeHost(process)).then(shown => (shown ? process.exit(0) : import('./main.ts')))
