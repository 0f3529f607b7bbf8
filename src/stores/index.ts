/**
 * The kinds of stores, in the order of the help. A new kind is a file in this folder, a row here, and a line of open.ts, which loads it.
 * Option parsing, help, manual, completion, error messages and docs/commands.md are made from the rows. Data only: every run reads this
 * file.
 */

import type { Option, ValuePrefix } from '../core/options.ts'

interface StoreKind {
  /** The word before the colon. */
  readonly kind: string
  /** The placeholder for the text after the colon; undefined for a kind without one. */
  readonly target?: string
  /** The files or names that a shell completes after the colon. */
  readonly complete?: ValuePrefix['complete']
  /** The user may give a program that reads it (`--read-command`). */
  readonly readByCommand?: boolean
}

const ROWS = [
  { kind: 'profile', target: 'NAME', complete: 'profiles' },
  { kind: 'env-file', target: 'PATH', complete: 'files' },
  { kind: 'github-env' },
  { kind: 'csv', target: 'PATH', complete: 'files' },
  { kind: 'secrets-manager', target: 'NAME' },
  { kind: 'ssm', target: 'NAME' },
  { kind: 'github-secret', target: 'REPO?name=NAME' },
  { kind: 'gitlab-variable', target: 'PROJECT?name=NAME' },
  { kind: 'command', target: 'COMMAND', readByCommand: true },
] as const satisfies readonly StoreKind[]

export type StoreName = (typeof ROWS)[number]['kind']

export const STORE_KINDS: readonly (StoreKind & { readonly kind: StoreName })[] = ROWS

/** How a store is written: `profile:NAME`. */
export const syntaxOf = ({ kind, target }: StoreKind): string => (target === undefined ? kind : `${kind}:${target}`)

/** The syntax of all kinds, as a phrase. */
export function storeSyntax(): string {
  const kinds = STORE_KINDS.map(syntaxOf)
  return `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`
}

// Getters: a run that shows no help and completes nothing does not build these.
export const STORE_OPTION = {
  name: 'store',
  value: 'store',
  repeat: true,
  extension: true,
  get help() {
    return `Store the key in ${storeSyntax()}, and leave its secret out of the output.`
  },
  get complete() {
    return STORE_KINDS.map(({ kind, target, complete }) => ({ prefix: target === undefined ? kind : `${kind}:`, complete }))
  },
} satisfies Option
