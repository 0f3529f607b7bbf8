/** Python's percent-encoding, `urllib.parse` (3.11). */

/** `quote(text, safe='')`: leaves letters, digits and `_.-~`. */
export const quote = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** `quote_plus`: a space becomes a plus. */
export const quotePlus = (text: string): string => quote(text).replaceAll('%20', '+')

/** `unquote`: `%40` → `@`; an invalid escape is left unchanged. */
export const unquote = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, escapes => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString())
