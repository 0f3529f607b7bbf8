/** The entry point of a run that only shows help or the version: it does not load what other command lines need. */

import { nodeHost, wordsOf } from './node/host.ts'
import { showPlainPage } from './run/plain-page.ts'

process.exitCode = 255

showPlainPage(wordsOf(process), nodeHost(process)).then(shown => (shown ? process.exit(0) : import('./main.ts')))
