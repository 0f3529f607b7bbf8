/**
 * The commands in messages. Each works as it stands in a POSIX shell, whatever the id and the name contain. `accountOptions` decide
 * which account it reaches: ` --profile prod`.
 */

import { LONGEST_USER_NAME, SHORTEST_ACCESS_KEY_ID, USER_NAME } from '../core/iam-forms.ts'
import { PROGRAM } from '../core/program.ts'
import { shellQuote } from '../core/shell-quote.ts'

/** A key to delete; without a user name it belongs to the caller. */
export interface KeyReference {
  readonly UserName?: string | undefined
  readonly AccessKeyId: string
}

/** The caller's name from a reply, for a call without --user-name. A name that --user-name would refuse is left out. */
export const ownUser = (name: string | undefined): Pick<KeyReference, 'UserName'> =>
  name && name.length <= LONGEST_USER_NAME && USER_NAME.test(name) ? { UserName: name } : {}

export function deleteCommand({ UserName, AccessKeyId }: KeyReference, accountOptions = ''): string {
  return command('delete-access-key', { UserName, AccessKeyId }, accountOptions)
}

export function updateCommand({ UserName, AccessKeyId }: KeyReference, Status: 'Active' | 'Inactive', accountOptions = ''): string {
  return command('update-access-key', { UserName, AccessKeyId, Status }, accountOptions)
}

export function listCommand({ UserName }: { readonly UserName?: string | undefined }, accountOptions = ''): string {
  return command('list-access-keys', { UserName }, accountOptions)
}

const OPTIONS = { UserName: 'user-name', AccessKeyId: 'access-key-id', Status: 'status' } as const

/** Control characters, and what else ends a line. As ranges: V8 compiles \p{Cc} ten times slower. */
const UNSHOWN = '[^ -~\\xa0-\\u2027\\u202a-\\uffff]'

/**
 * Whether a value goes into a JSON document: control characters, so that the command stays on one line, and what an option would take for
 * the name of a file.
 */
const needsJson = (value: string): boolean => new RegExp(`${UNSHOWN}|^fileb?://`).test(value)

function command(
  name: string,
  members: Readonly<Partial<Record<keyof typeof OPTIONS, string | undefined>>>,
  accountOptions: string,
): string {
  const given = Object.entries(members).flatMap(([member, value]) => (value === undefined ? [] : [[member, value] as const]))
  const input = given.some(([, value]) => needsJson(value))
    ? formatOption('cli-input-json', inJson(Object.fromEntries(given)))
    : given.map(([member, value]) => formatOption(OPTIONS[member as keyof typeof OPTIONS], value)).join('')
  return `${PROGRAM} ${name}${input}${accountOptions}${validationNote(members.AccessKeyId)}`
}

/** With escapes for everything that a terminal does not show. */
const inJson = (members: object) =>
  JSON.stringify(members).replace(new RegExp(UNSHOWN, 'g'), character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A setting that the command needs: --access-key-id is checked as botocore checks it. */
const validationNote = (id: string | undefined) =>
  id !== undefined && Array.from(id).length < SHORTEST_ACCESS_KEY_ID
    ? `\nThat takes parameter_validation = false in the profile, for the id is shorter than ${SHORTEST_ACCESS_KEY_ID} characters.`
    : ''

/** ` --user-name Bob`; nothing without a value. A value that begins with a dash is joined by `=`: ` --user-name=-bob`. */
export function formatOption(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` --${name}${value.startsWith('-') ? '=' : ' '}${shellQuote(value)}`
}
