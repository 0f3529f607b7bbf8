/** What a reply to CreateAccessKey still tells when it broke off or is no XML any more: the id of its key, never its secret. Pure. */

import { NotXml, parseXml } from './xml.ts'

/** Undefined where the text is no answer of the operation; it may be one and name no key. */
export function parsePartialResponse(body: Uint8Array): { readonly AccessKeyId: string | undefined } | undefined {
  const text = new TextDecoder().decode(body)
  const prefix = '(?:[\\w.-]+:)?'
  if (!new RegExp(`<${prefix}CreateAccessKeyRes(?:ponse|ult)\\b`).test(text)) return undefined
  // What has come of the key that the result is about, and in it whole elements, whatever letters their text is of.
  const [, key = ''] =
    new RegExp(`<${prefix}CreateAccessKeyResult\\b[^>]*>\\s*<${prefix}AccessKey\\b[^>]*>((?:(?!</${prefix}AccessKey>)[^])*)`).exec(text) ??
    []
  const named = key.matchAll(new RegExp(`<${prefix}AccessKeyId>([^<]*)</${prefix}AccessKeyId>`, 'g'))
  const [id, ...others] = new Set(Array.from(named, ([, content = '']) => textOf(content)))
  // Of two that differ one is not the key's.
  return { AccessKeyId: others.length === 0 ? id : undefined }
}

/** Undefined where it is blank, or damaged: what XML forbids, or bytes that were no UTF-8, which the decoder has replaced. */
function textOf(content: string): string | undefined {
  if (content.includes('\ufffd')) return undefined
  try {
    const { text } = parseXml(`<id>${content}</id>`)
    // A line break stands there for layout; without one each blank is the id's.
    const id = text?.includes('\n') ? text.trim() : text
    return id?.trim() ? id : undefined
  } catch (error) {
    if (error instanceof NotXml) return undefined
    throw error
  }
}

/** Whether a body might hold a secret, however damaged it is: then it is not to be quoted. */
export function mayHoldSecret(body: Uint8Array): boolean {
  return /AccessKey|Secret/i.test(new TextDecoder().decode(body))
}

/** Whether a body that answers another operation might hold a secret all the same: a proxy may have mixed up two replies. */
export const namesSecret = (body: Uint8Array): boolean => /Secret/i.test(new TextDecoder().decode(body))
