/** Which pager shows the output, if any, and whether it can be started. Decides; running it is `Host.page`. */

import { ConfigurationError } from '../core/errors.ts'
import { commandWords, findExecutable } from '../core/executable.ts'
import type { Env, Files } from '../core/host.ts'
import { repr } from '../python/repr.ts'

export interface Pager {
  /** A program and its arguments; at least one word. */
  readonly words: readonly string[]
  /** To be added to its environment. */
  readonly env: Env
}

/**
 * `less` if nobody chose a pager (awscli/clidriver.py and utils.py, 2.36.7). Only a terminal is paged, and nothing after `--no-cli-pager`.
 * Nor on Windows, where a pager needs a shell, and one that fails could not be told from one that was left.
 * Throws a Failure for words that are no command.
 */
export function choosePager(about: {
  readonly noPager: boolean
  readonly isTerminal: boolean
  /** The command line somebody chose somewhere; an empty one means none. */
  readonly configured: string | undefined
  readonly env: Env
  readonly platform: NodeJS.Platform
}): Pager | undefined {
  const { noPager, isTerminal, configured = 'less', env, platform } = about
  if (noPager || platform === 'win32' || !isTerminal || configured === '') return undefined
  // Quit on one screen, show colours, leave the text on the screen.
  return { words: commandWords(configured, platform), env: env.LESS === undefined ? { LESS: 'FRX' } : {} }
}

const NO_ENTRY = '[Errno 2] No such file or directory'
const NO_ACCESS = '[Errno 13] Permission denied'

/**
 * Throws aws-cli's sentence for a pager that cannot be started, while nothing has happened yet: aws-cli only finds out when the key exists.
 * Where the file is there but cannot be run aws-cli says nothing at all; here it is the same sentence.
 */
export function checkPager({ words: [program = ''] }: Pager, { env, files }: { readonly env: Env; readonly files: Files }): void {
  const found = findExecutable(program, { env, files })
  if (found !== 'there') throw pagerFailure(`${found === 'missing' ? NO_ENTRY : NO_ACCESS}: ${repr(program)}`)
}

/** `reason` is Python's sentence: `[Errno 2] No such file or directory: 'less'`. */
const pagerFailure = (reason: string): ConfigurationError =>
  new ConfigurationError(
    'Pager',
    `Unable to redirect output to pager. Received the following error when opening pager:\n${reason}\n\n` +
      'Learn more about configuring the output pager by running "aws help config-vars".',
  )
