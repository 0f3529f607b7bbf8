/** Parses `PLACE?name=value&name=value`, the part of a remote store after the colon. Pure. */

import { StoreFailure } from '../../core/key-store.ts'

interface Address<Name extends string> {
  readonly place: string
  readonly parameters: Readonly<Partial<Record<Name, string>>>
}

/**
 * @param known the allowed parameters
 * @throws StoreFailure for another parameter, a repeated one, one without a value, and an invalid escape
 */
export function parseAddress<Name extends string>(rest: string, store: string, known: readonly Name[]): Address<Name> {
  const mark = rest.indexOf('?')
  const [place, query] = mark === -1 ? [rest, ''] : [rest.slice(0, mark), rest.slice(mark + 1)]
  const parameters: Partial<Record<Name, string>> = {}
  for (const part of query === '' ? [] : query.split('&')) {
    const [, word = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(part) ?? []
    const name = known.find(each => each === word)
    if (name === undefined) throw new StoreFailure(store, `${word || 'an empty word'} is none of its parameters (${known.join(', ')})`)
    if (parameters[name] !== undefined) throw new StoreFailure(store, `${name} is given twice`)
    if (value === '') throw new StoreFailure(store, `${name} has no value`)
    parameters[name] = unescaped(value, store)
  }
  return { place, parameters }
}

/** Decodes characters that have a meaning in an address and are therefore escaped as in a URL: `%3F`. Throws a StoreFailure. */
export function unescaped(text: string, store: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new StoreFailure(store, 'a percent sign is typed as %25', { cause })
  }
}
