/** Shows help for `--help`, `help COMMAND` and the like, if there is nothing else on the command line and the configuration is valid. */

import { readProfiles } from '../config/profiles.ts'
import { chooseProfile } from '../config/settings.ts'
import { text } from '../config/sources.ts'
import { Failure } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import { helpPage, isCommand } from './help-pages.ts'
import { showHelp } from './info-page.ts'

const HELP = ['help', '--help', '-h']

/** @returns false for any other command line; then nothing has been shown, and the whole program handles it */
export async function showPlainHelp(words: readonly string[], host: Host): Promise<boolean> {
  const names = words.filter(word => !HELP.includes(word))
  const [name] = names
  if (words.length !== names.length + 1 || names.length > 1 || (name !== undefined && !isCommand(name))) return false
  // `create-access-key` before the help word is the command; after an option it would be a value.
  if (name !== undefined && words[0] !== name && words[0] !== 'help') return false
  try {
    const setup = chooseProfile({ profile: undefined }, readProfiles(host), host)
    if (text('autoPrompt', setup) !== undefined) return false
    await showHelp(helpPage(name), { pager: text('pager', setup), noPager: false }, host)
    return true
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return false
  }
}
