/** Decodes bodies that are compressed although it was not requested. aws-cli cannot read them; here the key in one must not be lost. */

import * as zlib from 'node:zlib'
import { codeOf } from './errors.ts'
import { OversizedResponse } from './response-parser.ts'

const DECODERS = new Map<string, (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer>([
  ['gzip', zlib.gunzipSync],
  ['x-gzip', zlib.gunzipSync],
  ['deflate', zlib.inflateSync],
  ['br', zlib.brotliDecompressSync],
])

/**
 * The body without its `Content-Encoding`; unchanged if the encoding is unknown or wrong.
 *
 * @param maxBody the longest decoded body, in bytes
 * @throws OversizedResponse
 */
export function decodeContent(body: Buffer, encoding: string, maxBody: number): Buffer {
  try {
    return DECODERS.get(encoding.trim().toLowerCase())?.(body, { maxOutputLength: maxBody }) ?? body
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw new OversizedResponse()
    return body
  }
}
