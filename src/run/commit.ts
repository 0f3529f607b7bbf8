/** The point of no return, and the delivery. */

import { reachesAws } from '../config/endpoint.ts'
import type { CallJournal, Outcome } from '../core/command.ts'
import type { HeldSignals, Host } from '../core/host.ts'
import { withSecret } from '../core/key-store.ts'
import { PROGRAM } from '../core/program.ts'
import { progressOn } from '../core/progress.ts'
import { openCallJournal, unfinishedCalls } from '../keys/call-journal.ts'
import { deleteCommand, listCommand } from '../keys/recovery-commands.ts'
import type { Presentation } from '../output/presentation.ts'
import type { Dict } from '../python/value.ts'
import { deliver } from '../stores/deliver.ts'
import type { Invocation } from './invocation.ts'
import type { PreparedRun } from './prepare.ts'

/** Released once the user knows how the run ended. */
export interface RunGuard {
  readonly callJournal: CallJournal
  readonly signals: HeldSignals
}

/** Reports killed runs, and holds signals from now on. */
export async function guardRun({ host, accountOptions }: Invocation, { client }: PreparedRun): Promise<RunGuard> {
  await reportUnfinishedCalls(host)
  return { signals: host.holdSignals(), callJournal: openCallJournal(host, { endpoint: client.endpoint, accountOptions }) }
}

/** Throws a Failure that says what became of the key. */
export async function commit(
  { host, command, flags, accountOptions }: Invocation,
  prepared: PreparedRun,
  { signals, callJournal }: RunGuard,
): Promise<void> {
  const { input, client, iam, sts, openIam, signingKey, credentialMethod, presentation, stores, pages } = prepared
  const { clock, debug } = host
  const { maxAttempts, region, endpoint } = client
  const progress = progressOn(host.stderr)
  const outcome = await command.run(input, {
    iam: host.stderr.isTerminal ? (await import('./slow-call.ts')).withSlowCallNotice(iam, { progress, clock, signals }) : iam,
    sts,
    openIam,
    signingKey,
    credentialMethod,
    region,
    endpoint,
    isAws: reachesAws(endpoint),
    clock,
    signals,
    maxAttempts,
    random: Math.random,
    callJournal,
    accountOptions,
    flags,
    stores,
    pages,
    host,
    progress,
    debug,
  })
  if (outcome.pages) await (await import('./show-list.ts')).showList(outcome.pages, presentation, signals, host)
  else await deliver(outcome, withSecretWarning(presentation, outcome, host), signals)
}

/** The presentation, followed by a warning if the output leaves out the secret. */
function withSecretWarning(
  { render, show }: Presentation,
  { output, secret, undoCommand }: Outcome,
  { stderr }: Host,
): Omit<Presentation, 'renderPages'> {
  return {
    render,
    async show(text, stop) {
      await show(text, stop)
      // The output was shown: a failure to print the warning must not delete the key.
      if (secret === undefined || text.includes(secret) || showsSecret(output, render)) return
      const advice = `the output leaves out the secret, which cannot be shown again. Delete the key with\n  ${undoCommand?.()}`
      await stderr.write(`\n${PROGRAM}: ${advice}\n`).catch(() => {})
    },
  }
}

/** Consists of characters that no format escapes. */
const PLAIN_SECRET = 'plainsecretplainsecretplainsecretplainse'

/** Whether the output shows the secret, possibly escaped by the format (`\\"` for a quotation mark). Never throws. */
function showsSecret(output: Dict, render: Presentation['render']): boolean {
  try {
    return render(withSecret(output, PLAIN_SECRET)).includes(PLAIN_SECRET)
  } catch {
    return false
  }
}

/** Reports runs that were killed between their call and its end. */
async function reportUnfinishedCalls(host: Host): Promise<void> {
  for (const { began, UserName, AccessKeyId, accountOptions, forget } of unfinishedCalls(host)) {
    const advice = AccessKeyId
      ? `its key ${AccessKeyId} may be lost. If its secret was not stored, delete it with\n  ${deleteCommand({ UserName, AccessKeyId }, accountOptions)}`
      : `it may have created a key. Look for it with\n  ${listCommand({ UserName }, accountOptions)}`
    try {
      host.stderr.check()
      await host.stderr.write(`\n${PROGRAM}: a run that began at ${began} was killed; ${advice}\n`)
      forget()
    } catch {
      // A later run reports it again.
    }
  }
}
