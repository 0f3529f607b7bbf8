/** Bodies that come compressed although nobody asked. aws-cli fails to read them; a key that exists must not be lost to that. */

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
 * The body without its `Content-Encoding`; as it came where that is unknown or untrue.
 *
 * @param maxBody the most bytes it may have then
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
