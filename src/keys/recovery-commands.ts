/** Commands to paste, as the notices give them. `accountOptions` are the options that decide which account they reach: ` --profile prod`. */

import { PROGRAM } from '../core/program.ts'
import { shellQuote } from '../core/shell-quote.ts'

/** A key that can be deleted; without a name it belongs to whoever signs. */
export interface KeyReference {
  readonly UserName?: string | undefined
  readonly AccessKeyId: string
}

export function deleteCommand({ UserName, AccessKeyId }: KeyReference, accountOptions = ''): string {
  return `${PROGRAM} delete-access-key${formatOption('user-name', UserName)}${formatOption('access-key-id', AccessKeyId)}${accountOptions}`
}

export function updateCommand({ UserName, AccessKeyId }: KeyReference, status: 'Active' | 'Inactive', accountOptions = ''): string {
  return `${PROGRAM} update-access-key${formatOption('user-name', UserName)}${formatOption('access-key-id', AccessKeyId)} --status ${status}${accountOptions}`
}

export function listCommand({ UserName }: { readonly UserName?: string | undefined }, accountOptions = ''): string {
  return `${PROGRAM} list-access-keys${formatOption('user-name', UserName)}${accountOptions}`
}

/** ` --user-name Bob`; nothing without a value. One that begins with a dash would be taken for another option: ` --user-name=-bob`. */
export function formatOption(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` --${name}${value.startsWith('-') ? '=' : ' '}${shellQuote(value)}`
}
