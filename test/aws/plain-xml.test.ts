/** The short way of reading a reply: where it answers at all, it answers as the parser does. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePlainXml } from '../../src/aws/plain-xml.ts'
import { parseXml } from '../../src/aws/xml.ts'

const thorough = (text: string) => {
  try {
    return parseXml(text)
  } catch {
    return undefined
  }
}

test.each([
  '<a/>',
  '<a></a>',
  '<a xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><b>c</b>\n  <b>d &amp;&lt;&gt;&quot;&apos; e</b></a>',
  '<?xml version="1.0"?>\n<a>b</a>\n',
  '<?xml version="1.0" encoding="UTF-8"?><a>b<c/>d</a>',
  '<ErrorResponse xmlns="u"><Error><Type>Sender</Type><Code>NoSuchEntity</Code></Error></ErrorResponse>',
])('%s is plain', text => {
  expect(parsePlainXml(text)).toEqual(thorough(text))
  expect(parsePlainXml(text)).toBeDefined()
})

test.each([
  '',
  'x',
  '<a>',
  '<a></b>',
  '<a/><a/>',
  '<a/>x',
  'x<a/>',
  '<a>é</a>',
  '<a>\r\n</a>',
  '<a>]]></a>',
  '<a>&e;</a>',
  '<a>&#65;</a>',
  '<a>&amp</a>',
  '<a>& </a>',
  '<a b="c"/>',
  '<p:a xmlns:p="u"/>',
  '<a><![CDATA[b]]></a>',
  '<a><!-- b --></a>',
  '<!DOCTYPE a><a/>',
  '</a>',
  '<a/ >',
  '<a></a/>',
  '<a xmlns=""/>',
  '</a/>',
])('%j is not', text => {
  expect(parsePlainXml(text)).toBeUndefined()
})

const piece = fc.constantFrom(
  ...[
    '<a>',
    '</a>',
    '<b>',
    '</b>',
    '<a/>',
    '<b xmlns="u">',
    'x',
    ' ',
    '\n',
    '&amp;',
    '&lt;',
    '&',
    ';',
    '"',
    "'",
    ']]>',
    '<',
    '>',
    '/',
    '<?xml version="1.0"?>',
    '<!--',
    '-->',
    '\t',
    'é',
  ],
)

test('both parsers read any text alike', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), parts => {
      const text = parts.join('')
      const plain = parsePlainXml(text)
      if (plain !== undefined) expect(plain).toEqual(thorough(text))
    }),
    { numRuns: 20_000 },
  )
})

const tree = fc.letrec<{ element: string }>(tie => ({
  element: fc
    .tuple(
      fc.constantFrom('a', 'Bc', 'd9'),
      fc.oneof(
        { depthSize: 'small' },
        fc.stringMatching(/^[ -%'-;=?-~\n]{0,6}$/),
        fc.array(tie('element')).map(inner => inner.join('')),
      ),
    )
    .map(([name, inner]) => `<${name}>${inner}</${name}>`),
}))

test('every plain reply is read the short way', () => {
  fc.assert(
    fc.property(tree.element, text => {
      fc.pre(!text.includes(']]>'))
      expect(parsePlainXml(text)).toEqual(thorough(text))
    }),
  )
})
