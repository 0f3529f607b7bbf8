/** Output that replaces a call: help, version, completion. No key depends on it. */

import { helpText } from '../cli/help.ts'
import type { InfoPage } from '../cli/parse.ts'
import { Failure, Unwritable } from '../core/errors.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { PROGRAM, version } from '../core/program.ts'
import { checkPager, choosePager, type Pager } from '../output/pager.ts'

interface PagerSettings {
  /** The configured command line. */
  readonly pager: string | undefined
  /** After `--no-cli-pager`. */
  readonly noPager: boolean
}

/** @throws Unwritable */
export async function showInfoPage(page: InfoPage, settings: PagerSettings, host: Host): Promise<void> {
  if (page.kind === 'version') return print(`${PROGRAM}/${version()} ${host.runtime}\n`, host)
  const { helpPage } = await import('./help-pages.ts')
  return showHelp(await helpPage(page.command?.name), settings, host)
}

/** @throws Unwritable */
export async function showHelp(template: string, { pager, noPager }: PagerSettings, host: Host): Promise<void> {
  const { stdout, env, platform } = host
  const text = helpText(template, { columns: stdout.columns, color: stdout.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb' })
  const chosen = usablePager(() => choosePager({ noPager, isTerminal: stdout.isTerminal, configured: pager, env, platform }), host)
  if (chosen === undefined) return print(text, host)
  await host.page(chosen.words, text, chosen.env).catch((error: unknown) => {
    // Leaving the pager early is not an error.
    if (!isSystemError(error) || error.code !== 'EPIPE') throw error
  })
}

/** If the pager cannot be started, help is printed without it. */
function usablePager(choose: () => Pager | undefined, host: Host): Pager | undefined {
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
