/** `repr()` of a bytes object: `b'caf\xc3\xa9\n'`. */

const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' }

export function reprBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(39) && !bytes.includes(34) ? '"' : "'"
  let text = ''
  for (const byte of bytes) {
    const plain = byte >= 32 && byte < 127
    if (byte === quote.charCodeAt(0)) text += `\\${quote}`
    else text += ESCAPES[byte] ?? (plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)
  }
  return `b${quote}${text}${quote}`
}
