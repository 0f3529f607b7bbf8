/** Commands to paste, as the notices give them. `sameAccount` are the typed options that decide which account they reach: ` --profile prod`. */

import { PROGRAM } from '../name.ts'

/** A key that can be deleted; without a name it belongs to whoever signs. */
export interface NamedKey {
  readonly UserName?: string | undefined
  readonly AccessKeyId: string
}

export function deletion({ UserName, AccessKeyId }: NamedKey, sameAccount = ''): string {
  return `${PROGRAM} delete-access-key${userName(UserName)} --access-key-id ${word(AccessKeyId)}${sameAccount}`
}

export function update({ UserName, AccessKeyId }: NamedKey, status: 'Active' | 'Inactive', sameAccount = ''): string {
  return `${PROGRAM} update-access-key${userName(UserName)} --access-key-id ${word(AccessKeyId)} --status ${status}${sameAccount}`
}

export function listing({ UserName }: { readonly UserName?: string | undefined }, sameAccount = ''): string {
  return `${PROGRAM} list-access-keys${userName(UserName)}${sameAccount}`
}

const userName = (name: string | undefined) => (name === undefined ? '' : ` --user-name ${word(name)}`)

/** As a POSIX shell takes one word. */
export const word = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
