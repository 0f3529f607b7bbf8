/** Chooses a pager and checks that it can be started; `Host.page` runs it. */

import { ConfigurationError } from '../core/errors.ts'
import { commandWords, findExecutable } from '../core/executable.ts'
import type { Env, Files } from '../core/host.ts'
import { repr } from '../python/repr.ts'

export interface Pager {
  /** A program and its arguments, at least one word. */
  readonly words: readonly string[]
  /** Added to the environment of the pager. */
  readonly env: Env
}

/**
 * The configured pager, or `less` (awscli/clidriver.py and utils.py, 2.36.7). Undefined if output is not a terminal, after
 * `--no-cli-pager`, and on Windows: a pager needs a shell there, and its failure looks the same as a user leaving it.
 * Throws a Failure for a command line that cannot be split.
 */
export function choosePager(about: {
  readonly noPager: boolean
  readonly isTerminal: boolean
  /** A command line; an empty one means no pager. */
  readonly configured: string | undefined
  readonly env: Env
  readonly platform: NodeJS.Platform
}): Pager | undefined {
  const { noPager, isTerminal, configured = 'less', env, platform } = about
  if (noPager || platform === 'win32' || !isTerminal || configured === '') return undefined
  // F: quit if one screen. R: show colours. X: leave the text on the screen.
  return { words: commandWords(configured, platform), env: env.LESS === undefined ? { LESS: 'FRX' } : {} }
}

const NO_ENTRY = '[Errno 2] No such file or directory'
const NO_ACCESS = '[Errno 13] Permission denied'

/**
 * Throws aws-cli's error for a pager that cannot be started. aws-cli notices only after the key exists. For a file that is not executable
 * aws-cli prints no error; iamkey prints the same one.
 */
export function checkPager({ words: [program = ''] }: Pager, { env, files }: { readonly env: Env; readonly files: Files }): void {
  const found = findExecutable(program, { env, files })
  if (found !== 'there') throw pagerFailure(`${found === 'missing' ? NO_ENTRY : NO_ACCESS}: ${repr(program)}`)
}

/** `reason` is the text of Python's OSError: `[Errno 2] No such file or directory: 'less'`. */
const pagerFailure = (reason: string): ConfigurationError =>
  new ConfigurationError(
    'Pager',
    `Unable to redirect output to pager. Received the following error when opening pager:\n${reason}\n\n` +
      'Learn more about configuring the output pager by running "aws help config-vars".',
  )
