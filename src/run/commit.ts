/** The point of no return, and what follows: the call has been made, and only delivery can fail. */

import type { Note, Outcome } from '../core/command.ts'
import type { HeldSignals, Host } from '../core/host.ts'
import { PROGRAM } from '../core/program.ts'
import { progressOn } from '../core/progress.ts'
import { leftovers, openNote } from '../keys/call-journal.ts'
import { deletion, listing } from '../keys/recovery-commands.ts'
import type { Presentation } from '../output/presentation.ts'
import { deliver } from '../stores/deliver.ts'
import type { Asked } from './invocation.ts'
import type { Ready } from './prepare.ts'

/** What must be let go of once the user knows how the run ended. */
export interface Held {
  note?: Note
  signals?: HeldSignals
}

/** Throws a Failure that says what became of things. */
export async function commit({ host, command, flags, sameAccount }: Asked, ready: Ready, held: Held): Promise<void> {
  const { input, client, iam, sts, signingKey, presentation, places, pages } = ready
  await tellLeftovers(host)
  const signals = host.holdSignals()
  const note = openNote(host, { endpoint: client.endpoint, sameAccount })
  Object.assign(held, { signals, note })
  const { clock, debug } = host
  const { maxAttempts } = client
  const progress = progressOn(host.stderr)
  const outcome = await command.run(input, {
    iam: host.stderr.isTerminal ? (await import('./slow-call.ts')).watched(iam, { progress, clock, signals }) : iam,
    sts,
    signingKey,
    clock,
    signals,
    maxAttempts,
    random: Math.random,
    note,
    sameAccount,
    flags,
    places,
    pages,
    machine: host,
    progress,
    debug,
  })
  await deliver(outcome, warning(presentation, outcome, host), signals)
}

/** The same, which tells of a secret that was left out of what is shown, on purpose or not. */
function warning({ render, show }: Presentation, { secret, undoCommand }: Outcome, { stderr }: Host): Presentation {
  const advice = `the output leaves the secret out, and it cannot be shown again. Delete the key with\n  ${undoCommand}`
  return {
    render,
    async show(text, stop) {
      await show(text, stop)
      // What was shown is shown: no key is deleted because nobody hears the warning.
      if (secret !== undefined && !text.includes(secret)) await stderr.write(`\n${PROGRAM}: ${advice}\n`).catch(() => {})
    },
  }
}

/** Runs that were killed between their call and its end. */
async function tellLeftovers(host: Host): Promise<void> {
  for (const { began, UserName, AccessKeyId, sameAccount, forget } of leftovers(host)) {
    const advice = AccessKeyId
      ? `its key ${AccessKeyId} may have been lost. If nobody has its secret, delete it with\n  ${deletion({ UserName, AccessKeyId }, sameAccount)}`
      : `it may have created a key. Look for it with\n  ${listing({ UserName }, sameAccount)}`
    try {
      host.stderr.check()
      await host.stderr.write(`\n${PROGRAM}: a run that began at ${began} was killed; ${advice}\n`)
      forget()
    } catch {
      // Whoever cannot be told now is told by a later run.
    }
  }
}
