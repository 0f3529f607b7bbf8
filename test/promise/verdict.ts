/** What became of the keys of one run, judged by what the account holds and what the caller got to see. */
import type { Account, Key } from '../support/account.ts'

export interface Seen {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export type Verdict =
  | 'no key'
  | 'delivered'
  /** The key is out, but the run failed. */
  | 'delivered, failing'
  | 'deleted'
  | 'named'
  | 'to be looked for'
  /** A whole output that tells of another key: the reply was damaged in a way that nobody can see. */
  | 'garbled'
  | 'BROKEN'

/** The keys there are, deleted or not, to tell a run's own from. */
export type Inventory = ReadonlyMap<Key, Key['deleted']>

export const inventory = ({ keys }: Account): Inventory => new Map(keys.map(key => [key, key.deleted]))

/** @param before what there was when the run began. */
export function verdict({ code, stdout, stderr }: Seen, account: Account, before: Inventory, user: string): Verdict {
  const ours = account.keys.filter(key => !before.has(key))
  if ([...before].some(([key, deleted]) => key.deleted !== deleted) || ours.some(({ secret }) => tells(stderr, secret))) return 'BROKEN'
  const live = ours.filter(({ deleted }) => deleted === undefined)
  if (live.length === 0) return code === 0 ? 'BROKEN' : ours.length === 0 ? 'no key' : 'deleted'
  const astray = live.filter(({ id, secret }) => !(stdout.includes(`"${id}"`) && stdout.includes(`"${secret}"`) && stdout.endsWith('}\n')))
  if (astray.length === 0) return live.length > 1 ? 'BROKEN' : code === 0 ? 'delivered' : 'delivered, failing'
  if (code === 0) return showsKey(stdout) && live.length === 1 ? 'garbled' : 'BROKEN'
  const named = astray.every(({ id }) => stderr.includes(`iamkey delete-access-key --user-name ${user} --access-key-id ${id}`))
  if (named) return 'named'
  return stderr.includes(`iamkey list-access-keys --user-name ${user}`) ? 'to be looked for' : 'BROKEN'
}

/** A secret of whatever letters. */
const showsKey = (stdout: string) => /"SecretAccessKey": "(?!\s*")(?:[^"\\]|\\.)+"/.test(stdout)

/** The secret, or a telling part of it. */
function tells(text: string, secret: string): boolean {
  return Array.from({ length: secret.length - 12 }, (_, at) => secret.slice(at, at + 12)).some(part => text.includes(part))
}
