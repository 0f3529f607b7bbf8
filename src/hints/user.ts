/** The user does not exist, but one with a similar name does. */

import { closeMatches } from '../python/difflib.ts'
import type { Hint, HintContext, PreparedFacts } from './index.ts'

/** Pages of a thousand users: a larger account has too many similar names. */
const MOST_PAGES = 5

export const misspeltUser: Hint = async (failure, { prepared }, context) => {
  const name = prepared?.input.UserName
  if (failure.code !== 'NoSuchEntity' || prepared === undefined || typeof name !== 'string' || !failure.message.includes(name))
    return undefined
  const names = await userNames(prepared, context)
  const nearest = names.find(other => other.toLowerCase() === name.toLowerCase()) ?? closeMatches(name, names)[0]
  return nearest === undefined || nearest === name ? undefined : `Did you mean the user ${nearest}?`
}

async function userNames({ iam }: PreparedFacts, { stop }: HintContext): Promise<readonly string[]> {
  const names: string[] = []
  let Marker: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { output } = await iam.call('ListUsers', { MaxItems: 1000, Marker }, stop)
    names.push(...(output.Users ?? []).flatMap(({ UserName }) => UserName ?? []))
    Marker = output.Marker
    if (!output.IsTruncated) break
  }
  return names
}
