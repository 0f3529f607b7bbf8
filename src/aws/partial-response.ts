/** Extracts the id of the key, never its secret, from an incomplete or damaged reply to CreateAccessKey. Pure. */

import { NotXml, parseXml } from './xml.ts'

/** Undefined if the text is not a reply of the operation. A reply need not name a key. */
export function parsePartialResponse(body: Uint8Array): { readonly AccessKeyId: string | undefined } | undefined {
  const text = new TextDecoder().decode(body)
  const prefix = '(?:[\\w.-]+:)?'
  if (!new RegExp(`<${prefix}CreateAccessKeyRes(?:ponse|ult)\\b`).test(text)) return undefined
  // The part of the result that describes the key, and its complete elements, whatever characters they contain.
  const [, key = ''] =
    new RegExp(`<${prefix}CreateAccessKeyResult\\b[^>]*>\\s*<${prefix}AccessKey\\b[^>]*>((?:(?!</${prefix}AccessKey>)[^])*)`).exec(text) ??
    []
  const named = key.matchAll(new RegExp(`<${prefix}AccessKeyId>([^<]*)</${prefix}AccessKeyId>`, 'g'))
  const [id, ...others] = new Set(Array.from(named, ([, content = '']) => textOf(content)))
  // Of two different ids, one is wrong.
  return { AccessKeyId: others.length === 0 ? id : undefined }
}

/** Undefined for a blank or damaged text: characters that XML forbids, or invalid UTF-8, which the decoder has replaced. */
function textOf(content: string): string | undefined {
  if (content.includes('\ufffd')) return undefined
  try {
    const { text } = parseXml(`<id>${content}</id>`)
    // Line breaks are layout. Without one, blanks belong to the id.
    const id = text?.includes('\n') ? text.trim() : text
    return id?.trim() ? id : undefined
  } catch (error) {
    if (error instanceof NotXml) return undefined
    throw error
  }
}

/** Whether a body may contain a secret, however damaged it is. Such a body must not be quoted. */
export function mayHoldSecret(body: Uint8Array): boolean {
  return /AccessKey|Secret/i.test(new TextDecoder().decode(body))
}

/** Whether the body of another operation may contain a secret: a proxy may have mixed up two replies. */
export const namesSecret = (body: Uint8Array): boolean => /Secret/i.test(new TextDecoder().decode(body))
