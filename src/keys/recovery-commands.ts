/** Commands to paste, as the notices give them. `sameAccount` are the options that decide which account they reach: ` --profile prod`. */

import { PROGRAM } from '../core/program.ts'

/** A key that can be deleted; without a name it belongs to whoever signs. */
export interface NamedKey {
  readonly UserName?: string | undefined
  readonly AccessKeyId: string
}

export function deletion({ UserName, AccessKeyId }: NamedKey, sameAccount = ''): string {
  return `${PROGRAM} delete-access-key${option('user-name', UserName)}${option('access-key-id', AccessKeyId)}${sameAccount}`
}

export function update({ UserName, AccessKeyId }: NamedKey, status: 'Active' | 'Inactive', sameAccount = ''): string {
  return `${PROGRAM} update-access-key${option('user-name', UserName)}${option('access-key-id', AccessKeyId)} --status ${status}${sameAccount}`
}

export function listing({ UserName }: { readonly UserName?: string | undefined }, sameAccount = ''): string {
  return `${PROGRAM} list-access-keys${option('user-name', UserName)}${sameAccount}`
}

/** ` --user-name Bob`; nothing without a value. One that begins with a dash would be taken for another option: ` --user-name=-bob`. */
export function option(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` --${name}${value.startsWith('-') ? '=' : ' '}${word(value)}`
}

/** As a POSIX shell takes one word. */
export const word = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
