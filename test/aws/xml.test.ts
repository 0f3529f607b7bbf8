import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { NotXml, parseXml } from '../../src/aws/xml.ts'

const leaf = (name: string, text: string | null) => ({ name, text, children: [] })

test.each([
  ['names lose their prefix', '<a:x xmlns:a="urn:a"><a:y>1</a:y></a:x>', { name: 'x', text: null, children: [leaf('y', '1')] }],
  ['entities and character data are text', '<x>a&amp;b&#x41;<![CDATA[<c>]]></x>', leaf('x', 'a&bA<c>')],
  ['entities of the document are text', '<!DOCTYPE x [<!ENTITY e "expanded">]><x>&e;</x>', leaf('x', 'expanded')],
  ['comments leave no gap', '<x>Al<!-- c -->ice</x>', leaf('x', 'Alice')],
  ['text behind a child is not text', '<x>a<y/>b</x>', { name: 'x', text: 'a', children: [leaf('y', null)] }],
  ['a byte order mark is none of it', '\ufeff<?xml version="1.0"?>\n<x/>', leaf('x', null)],
])('%s', (_, text, element) => {
  expect(parseXml(text)).toEqual(element)
})

// Recorded from xml.etree.ElementTree (Python 3.11, expat), whose words aws-cli 2.36.7 shows.
test.each([
  ['', 'no element found: line 1, column 0'],
  [' ', 'no element found: line 1, column 1'],
  ['text', 'syntax error: line 1, column 0'],
  ['{"a":1}', 'not well-formed (invalid token): line 1, column 0'],
  ['&', 'not well-formed (invalid token): line 1, column 0'],
  ['<a', 'unclosed token: line 1, column 0'],
  ['<a>', 'no element found: line 1, column 3'],
  ['<a><b></a>', 'mismatched tag: line 1, column 8'],
  ['\n\n <a>\n<b>\n</c>', 'mismatched tag: line 5, column 2'],
  ['<html><br></html>', 'mismatched tag: line 1, column 12'],
  ['<a/>x', 'junk after document element: line 1, column 4'],
  ['<a/><b/>', 'junk after document element: line 1, column 4'],
  ['<a>&x;</a>', 'undefined entity: line 1, column 3'],
  ['<a b="1" b="2"/>', 'duplicate attribute: line 1, column 9'],
  ['<a b>', 'not well-formed (invalid token): line 1, column 4'],
  ['<p:a/>', 'unbound prefix: line 1, column 0'],
  ['<a>\u0001</a>', 'not well-formed (invalid token): line 1, column 3'],
  ['<a><!-- -- --></a>', 'not well-formed (invalid token): line 1, column 10'],
  ['<a>]]></a>', 'not well-formed (invalid token): line 1, column 5'],
])('%j is refused in the words of expat', (text, complaint) => {
  expect(() => parseXml(text)).toThrow(expect.objectContaining({ name: 'NotXml', message: complaint }))
})

test('any input is parsed, or refused as no XML; nothing else is thrown', () => {
  const piece = fc.constantFrom(
    '<a>',
    '</a>',
    '<',
    '>',
    '&',
    '&amp;',
    '"',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<!DOCTYPE',
    'x',
    ' ',
    '\n',
    '\0',
    ':',
    '=',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 20 }).map(pieces => pieces.join('')),
  )
  const property = fc.property(text, text => {
    try {
      parseXml(text)
    } catch (error) {
      expect(error).toBeInstanceOf(NotXml)
    }
  })
  fc.assert(property, { numRuns: 2000 })
})
