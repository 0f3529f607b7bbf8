/**
 * The stages of one invocation, in order. Before the point of no return a stage may refuse, and nothing has happened; afterwards the call
 * has been made, and only the delivery can fail. Errors come in aws-cli's order (2.36.7), which cli/parse.ts and config/settings.ts
 * document; errors that aws-cli finds after the call are found before it.
 */

import { commands } from '../commands/index.ts'
import { readProfiles } from '../config/profiles.ts'
import { checkBinaryFormat } from '../config/settings.ts'
import type { Host } from '../core/host.ts'
import type { RunGuard } from './commit.ts'
import { print, showInfoPage } from './info-page.ts'
import {
  checkOptions,
  earlyErrorStyle,
  type Invocation,
  openEarlyContext,
  parseOptions,
  readInput,
  resolveInvocation,
} from './invocation.ts'
import type { PreparedRun } from './prepare.ts'
import { type ErrorStyle, report } from './report.ts'

/** The state of the run. Each stage returns the part that it adds. */
interface RunState {
  readonly errorStyle: ErrorStyle
  readonly invocation?: Invocation
  readonly prepared?: PreparedRun
  readonly guard?: RunGuard
}

/**
 * @param argv the arguments after the program's name
 * @returns the exit code; every failure has been reported on standard error
 */
export async function run(argv: readonly string[], utf8Host: Host): Promise<number> {
  const encoding = utf8Host.env.AWS_CLI_OUTPUT_ENCODING
  const host = encoding === undefined ? utf8Host : (await import('../output/encoding.ts')).withEncodedStderr(utf8Host, encoding)
  let state: RunState = { errorStyle: { format: 'enhanced', color: 'auto' } }
  let exitCode = 0
  let failure: unknown
  try {
    for await (const next of stages(argv, host)) state = { ...state, ...next }
  } catch (thrown) {
    failure = thrown
    exitCode = await report(thrown, state.errorStyle, host)
  }
  state.guard?.callJournal.end()
  state.guard?.signals.release()
  if (failure !== undefined) await hintAfter(failure, state, host)
  return exitCode
}

async function* stages(argv: readonly string[], processHost: Host): AsyncGenerator<Partial<RunState>> {
  if (argv[0] === 'completion') return complete(argv.slice(1), processHost)
  const early = openEarlyContext(argv, processHost)
  const { host, pager } = early
  yield { errorStyle: earlyErrorStyle(early) }
  const parsed = await parseOptions(early)
  if (parsed.kind !== 'options') return showInfoPage(parsed, { pager, noPager: argv.includes('--no-cli-pager') }, host)
  yield { errorStyle: earlyErrorStyle(early, parsed.globals) }
  const query = await checkOptions(parsed.globals)
  yield { errorStyle: parsed.errorStyle }
  const invocation = await resolveInvocation(parsed, query, early)
  if (invocation.kind !== 'call') return showInfoPage(invocation, { pager, noPager: argv.includes('--no-cli-pager') }, host)
  yield { invocation }
  const input = await readInput(invocation)
  if (input.kind === 'skeleton') {
    checkBinaryFormat(invocation.setup)
    return print(input.text, host)
  }
  const { prepare, showSample } = await import('./prepare.ts')
  if (input.kind === 'sample') return showSample(invocation)
  const prepared = await prepare(invocation, input)
  yield { prepared }
  const { commit, guardRun } = await import('./commit.ts')
  const guard = await guardRun(invocation, prepared)
  yield { guard }
  // ---- the point of no return ----
  await commit(invocation, prepared, guard)
}

/** Runs before the configuration is checked: a shell completes words whatever the state of the configuration. */
async function complete(words: readonly string[], host: Host): Promise<void> {
  const { completion } = await import('../cli/completion.ts')
  await print(await completion(words, commands, () => readProfiles(host).merged), host)
}

/** Shows hints only at a terminal, not if standard error is redirected or the error format is structured. */
async function hintAfter(failure: unknown, { errorStyle, invocation, prepared }: RunState, host: Host): Promise<void> {
  if (!host.stderr.isTerminal || !['enhanced', 'legacy'].includes(errorStyle.format)) return
  const { hint } = await import('../hints/index.ts')
  await hint(failure, { commands, invocation, prepared, accountOptions: invocation?.accountOptions ?? '' }, host)
}
