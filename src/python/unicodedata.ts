/** Python's unicodedata, as far as tables need it: the width of characters. */

/**
 * The characters whose East Asian width is W, F or A, as hexadecimal ranges (Unicode 14, as in Python 3.11). aws-cli counts ambiguous
 * characters as wide, including combining marks. Ranges extend over unassigned characters.
 */
const WIDE = `
  a1 a4 a7-a8 aa ad-ae b0-b4 b6-ba bc-bf c6 d0 d7-d8 de-e1 e6 e8-ea ec-ed f0 f2-f3 f7-fa fc fe 101 111 113 11b 126-127 12b 131-133
  138 13f-142 144 148-14b 14d 152-153 166-167 16b 1ce 1d0 1d2 1d4 1d6 1d8 1da 1dc 251 261 2c4 2c7 2c9-2cb 2cd 2d0 2d8-2db 2dd 2df
  300-36f 391-3a9 3b1-3c1 3c3-3c9 401 410-44f 451 1100-115f 2010 2013-2016 2018-2019 201c-201d 2020-2022 2024-2027 2030 2032-2033
  2035 203b 203e 2074 207f 2081-2084 20ac 2103 2105 2109 2113 2116 2121-2122 2126 212b 2153-2154 215b-215e 2160-216b 2170-2179
  2189 2190-2199 21b8-21b9 21d2 21d4 21e7 2200 2202-2203 2207-2208 220b 220f 2211 2215 221a 221d-2220 2223 2225 2227-222c 222e
  2234-2237 223c-223d 2248 224c 2252 2260-2261 2264-2267 226a-226b 226e-226f 2282-2283 2286-2287 2295 2299 22a5 22bf 2312
  231a-231b 2329-232a 23e9-23ec 23f0 23f3 2460-24e9 24eb-254b 2550-2573 2580-258f 2592-2595 25a0-25a1 25a3-25a9 25b2-25b3
  25b6-25b7 25bc-25bd 25c0-25c1 25c6-25c8 25cb 25ce-25d1 25e2-25e5 25ef 25fd-25fe 2605-2606 2609 260e-260f 2614-2615 261c 261e
  2640 2642 2648-2653 2660-2661 2663-2665 2667-266a 266c-266d 266f 267f 2693 269e-269f 26a1 26aa-26ab 26bd-26bf 26c4-26e1 26e3
  26e8-26ff 2705 270a-270b 2728 273d 274c 274e 2753-2755 2757 2776-277f 2795-2797 27b0 27bf 2b1b-2b1c 2b50 2b55-2b59 2e80-303e
  3041-4dbf 4e00-a4c6 a960-a97c ac00-d7a3 e000-fad9 fe00-fe19 fe30-fe6b ff01-ff60 ffe0-ffe6 fffd 16fe0-1b2fb 1f004 1f0cf
  1f100-1f10a 1f110-1f12d 1f130-1f169 1f170-1f1ac 1f200-1f320 1f32d-1f335 1f337-1f37c 1f37e-1f393 1f3a0-1f3ca 1f3cf-1f3d3
  1f3e0-1f3f0 1f3f4 1f3f8-1f43e 1f440 1f442-1f4fc 1f4ff-1f53d 1f54b-1f54e 1f550-1f567 1f57a 1f595-1f596 1f5a4 1f5fb-1f64f
  1f680-1f6c5 1f6cc 1f6d0-1f6d2 1f6d5-1f6df 1f6eb-1f6ec 1f6f4-1f6fc 1f7e0-1f7f0 1f90c-1f93a 1f93c-1f945 1f947-1f9ff 1fa70-1faf6
  20000-3134a e0100-10fffd
`

let bounds: readonly number[] | undefined

/** The first and last character of each range, in order. Computed for the first character outside ASCII. */
function readBounds(): readonly number[] {
  return WIDE.trim()
    .split(/\s+/)
    .flatMap(range => {
      const [first, last] = range.split('-')
      return [Number.parseInt(first ?? '', 16), Number.parseInt(last ?? first ?? '', 16)]
    })
}

/** Whether `east_asian_width(character) in 'WFA'`. */
export function isWide(character: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0
  if (codePoint < 0x80) return false
  bounds ??= readBounds()
  const next = bounds.findIndex(bound => codePoint <= bound)
  return next !== -1 && (next % 2 === 1 || bounds[next] === codePoint)
}
