/** Output that replaces a call: help, version, completion. No key depends on it. */

import type { Look } from '../cli/help.ts'
import type { InfoPage } from '../cli/parse.ts'
import type { Command } from '../core/command.ts'
import { Failure, Unwritable } from '../core/errors.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { PROGRAM, version } from '../core/program.ts'
import { checkPager, choosePager, type Pager } from '../output/pager.ts'

interface Reading {
  readonly commands: readonly Command[]
  /** A command line. */
  readonly pager: string | undefined
  /** After `--no-cli-pager`. */
  readonly noPager: boolean
}

/** @throws Unwritable */
export async function showInfoPage(page: InfoPage, { commands, pager, noPager }: Reading, host: Host): Promise<void> {
  const { runtime, stdout, env, platform } = host
  if (page.kind === 'version') return print(`${PROGRAM}/${version()} ${runtime}\n`, host)
  const look: Look = { columns: stdout.columns, color: stdout.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb' }
  const { helpText } = await import('../cli/help.ts')
  const text = helpText(commands, page.command, look)
  const chosen = usable(() => choosePager({ noPager, isTerminal: stdout.isTerminal, configured: pager, env, platform }), host)
  if (chosen === undefined) return print(text, host)
  await host.page(chosen.words, text, chosen.env).catch((error: unknown) => {
    // Leaving the pager early is not an error.
    if (!isSystemError(error) || error.code !== 'EPIPE') throw error
  })
}

/** If the pager cannot be started, help is printed without it. */
function usable(choose: () => Pager | undefined, host: Host): Pager | undefined {
  try {
    const pager = choose()
    if (pager) checkPager(pager, host)
    return pager
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return undefined
  }
}

/** Prints output that no key depends on. Throws Unwritable. */
export async function print(text: string, { stdout }: Host): Promise<void> {
  await stdout.write(text).catch((error: unknown) => {
    throw isSystemError(error) ? new Unwritable(error.code) : error
  })
}
