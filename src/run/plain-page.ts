/** Shows the version or help (`help COMMAND`, `--help`, …), if nothing else is on the command line and the configuration is valid. */

import { readProfiles } from '../config/profiles.ts'
import { chooseProfile } from '../config/settings.ts'
import { text } from '../config/sources.ts'
import { Failure } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import { helpPage, isCommand } from './help-pages.ts'
import { showHelp, showInfoPage } from './info-page.ts'

const HELP = ['help', '--help', '-h']

/** @returns false for any other command line; then nothing has been shown, and the whole program handles it */
export async function showPlainPage(words: readonly string[], host: Host): Promise<boolean> {
  const asksForVersion = words.length === 1 && words[0] === '--version'
  const names = words.filter(word => !HELP.includes(word))
  const [name] = names
  // `create-access-key` before the help word is the command; after an option it would be a value.
  const asksForHelp =
    words.length === names.length + 1 &&
    names.length <= 1 &&
    (name === undefined || (isCommand(name) && (words[0] === name || words[0] === 'help')))
  if (!asksForVersion && !asksForHelp) return false
  try {
    const setup = chooseProfile({ profile: undefined }, readProfiles(host), host)
    if (text('autoPrompt', setup) !== undefined) return false
    const pager = { pager: text('pager', setup), noPager: false }
    if (asksForVersion) await showInfoPage({ kind: 'version' }, pager, host)
    else await showHelp(await helpPage(name), pager, host)
    return true
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return false
  }
}
