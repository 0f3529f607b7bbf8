/**
 * One invocation, as a straight line; `run/` holds its three stretches. Down to the point of no return everything may refuse, and nothing
 * has happened; from there on the call has been made, and only delivery can fail. The order of refusals is aws-cli's (2.36.7), as
 * cli/parse.ts and config/settings.ts document it; what aws-cli finds out only after the call is found out here before it.
 */

import { commands } from '../commands/index.ts'
import { readProfiles } from '../config/profiles.ts'
import type { Host } from '../core/host.ts'
import type { Held } from './commit.ts'
import { print, showPage } from './info-page.ts'
import { type Asked, collect, type Manners, understand } from './invocation.ts'
import type { Ready } from './prepare.ts'
import { report } from './report.ts'

/** What is true of an invocation however it ends. */
interface Circumstances extends Manners, Held {
  asked?: Asked
  ready?: Ready
}

/**
 * @param argv the words after the program's name
 * @returns the exit code; every failure has been told on standard error
 */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  const circumstances: Circumstances = { errors: { format: 'enhanced', color: 'auto' } }
  let failure: unknown
  const exitCode = await invoke(argv, host, circumstances).then(
    () => 0,
    (thrown: unknown) => {
      failure = thrown
      return report(thrown, circumstances.errors, host)
    },
  )
  circumstances.note?.end()
  circumstances.signals?.release()
  if (failure !== undefined) await hintAfter(failure, circumstances, host)
  return exitCode
}

async function invoke(argv: readonly string[], host: Host, circumstances: Circumstances): Promise<void> {
  if (argv[0] === 'completion') return complete(argv.slice(1), host)
  const asked = await understand(argv, host, circumstances)
  if (asked.kind !== 'call') {
    return showPage(asked, { commands, pager: circumstances.pager, noPager: argv.includes('--no-cli-pager') }, host)
  }
  circumstances.asked = asked
  const gathered = await collect(asked)
  if (gathered.kind === 'skeleton') return print(gathered.text, asked.host)
  const { prepare, showSample } = await import('./prepare.ts')
  if (gathered.kind === 'sample') return showSample(asked)
  const ready = await prepare(asked, gathered)
  circumstances.ready = ready
  const { commit } = await import('./commit.ts')
  // ---- the point of no return ----
  await commit(asked, ready, circumstances)
}

/** Before everything else: shells ask while somebody types, whatever state the configuration is in. */
async function complete(words: readonly string[], host: Host): Promise<void> {
  const { completion } = await import('../cli/completion.ts')
  await print(await completion(words, commands, () => readProfiles(host).merged), host)
}

/** For a person: not where stderr goes elsewhere, or is read as data. */
async function hintAfter(failure: unknown, { errors, asked, ready }: Circumstances, host: Host): Promise<void> {
  if (!host.stderr.isTerminal || !['enhanced', 'legacy'].includes(errors.format)) return
  const { hint } = await import('../hints/index.ts')
  await hint(failure, { asked, ready, sameAccount: asked?.sameAccount ?? '' }, host)
}
