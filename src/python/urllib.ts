/** Python's `urllib.parse` (3.11): percent-encoding as it writes and reads it. */

/** `quote(text, safe='')`: letters, digits and `_.-~` stay. */
export const quote = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** `quote_plus`: a space is a plus. */
export const quotePlus = (text: string): string => quote(text).replaceAll('%20', '+')

/** `unquote`: `%40` → `@`; an escape that is none stays. */
export const unquote = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, escapes => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString())
