/** Bodies that come compressed although nobody asked. aws-cli fails to read them; a key that exists must not be lost to that. */

import * as zlib from 'node:zlib'

const DECODERS = new Map<string, (body: Buffer) => Buffer>([
  ['gzip', body => zlib.gunzipSync(body)],
  ['x-gzip', body => zlib.gunzipSync(body)],
  ['deflate', body => zlib.inflateSync(body)],
  ['br', body => zlib.brotliDecompressSync(body)],
])

/** The body without its `Content-Encoding`; as it came where that is unknown or untrue. */
export function decodeContent(body: Buffer, encoding: string): Buffer {
  try {
    return DECODERS.get(encoding.trim().toLowerCase())?.(body) ?? body
  } catch {
    return body
  }
}
