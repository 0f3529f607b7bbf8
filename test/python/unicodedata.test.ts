import { expect, test } from 'vitest'
import { isWide } from '../../src/python/unicodedata.ts'

// Recorded from Python 3.11: unicodedata.east_asian_width(character) in 'WFA'.
test.each(Array.from('日語한あ😀ＡΩя±§é“…\u0301\ue000\u{20000}\u{10fffd}'))('%j takes two columns', character =>
  expect(isWide(character)).toBe(true),
)

test.each(Array.from('aZ ~\n\x7fç｡ｱ֊\u200b𝕏'))('%j takes one column', character => expect(isWide(character)).toBe(false))
