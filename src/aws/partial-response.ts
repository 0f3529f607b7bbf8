/** What a reply to CreateAccessKey still tells when it broke off or is no XML any more: the id of its key, never its secret. Pure. */

const PREFIX = '(?:[\\w.-]+:)?'
const SAYS_CREATED = new RegExp(`<${PREFIX}CreateAccessKeyRes(?:ponse|ult)\\b`)
/** A whole element within the key that the result is about. */
const NAMED = new RegExp(
  `<${PREFIX}CreateAccessKeyResult\\b[^>]*>\\s*<${PREFIX}AccessKey\\b[^>]*>` +
    `(?:(?!</${PREFIX}AccessKey>)[^])*?<${PREFIX}AccessKeyId>\\s*([A-Z0-9]{16,128})\\s*</${PREFIX}AccessKeyId>`,
)

/** Undefined where the text is no answer of the operation; it may be one and name no key. */
export function parsePartialResponse(body: Uint8Array): { readonly AccessKeyId: string | undefined } | undefined {
  const text = new TextDecoder().decode(body)
  return SAYS_CREATED.test(text) ? { AccessKeyId: NAMED.exec(text)?.[1] } : undefined
}

/** Whether a body might hold a secret, however damaged it is: then it is not to be quoted. */
export function mayHoldSecret(body: Uint8Array): boolean {
  return /AccessKey|Secret/i.test(new TextDecoder().decode(body))
}
