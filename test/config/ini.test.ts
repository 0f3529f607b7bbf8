import * as childProcess from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NotIni, parseIni, type Section } from '../../src/config/ini.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

type Plain = Record<string, Record<string, string | Record<string, string>>>

const plainSection = (section: Section) =>
  Object.fromEntries(Array.from(section, ([key, value]) => [key, typeof value === 'string' ? value : Object.fromEntries(value)]))
const plain = (content: Uint8Array): Plain =>
  Object.fromEntries(Array.from(parseIni(content), ([name, section]) => [name, plainSection(section)]))

describe('what aws-cli 2.36.7 reads', () => {
  test.each<[string, string, Plain]>([
    ['both signs, the first one counts', '[a]\nx = 1\ny: 2=3\nz=4:5', { a: { x: '1', y: '2=3', z: '4:5' } }],
    ['keys in any case', '[a]\nAWS_Region = EU', { a: { aws_region: 'EU' } }],
    ['comments only at the start of a line', '[a]\n; c\n  # d\nx = 1 # 2 ; 3', { a: { x: '1 # 2 ; 3' } }],
    ['a value that goes on, over an empty line too', '[a]\nx = 1\n  2\n\n  3\ny =', { a: { x: '1\n2\n\n3', y: '' } }],
    ['a comment inside a value is no part of it', '[a]\nx = 1\n# c\n  2', { a: { x: '1\n2' } }],
    ['a block', '[a]\nx =\n  K = 1\n  l=2=3\n\n  K = 4', { a: { x: { K: '4', l: '2=3' } } }],
    [
      '[DEFAULT] in every section, also when it comes last',
      '[a]\nx=1\n[b]\n[DEFAULT]\nx=2\ny=3',
      { a: { x: '1', y: '3' }, b: { x: '2', y: '3' } },
    ],
    ['[DEFAULT] in two parts', '[DEFAULT]\nx=1\n[DEFAULT]\ny=2\n[a]', { a: { x: '1', y: '2' } }],
    ['the text behind a section title is ignored', '[a] x\n[b]] # y', { a: {}, 'b]': {} }],
    ['an indented section', '  [a]\n  x=1\n[b]', { a: { x: '1' }, b: {} }],
    ['every kind of line end', '[a]\r\nx=1\ry=2\n', { a: { x: '1', y: '2' } }],
    ['nothing at all', '', {}],
  ])('%s', (_fact, text, sections) => expect(plain(bytes(text))).toEqual(sections))
})

describe('what aws-cli 2.36.7 refuses', () => {
  test.each([
    ['[a]\n[b]\n[a]', 'line 3: section [a] is there twice'],
    ['[a]\nx=1\nX=2', 'line 3: key "x" is there twice in [a]'],
    ['[DEFAULT]\nx=1\n[DEFAULT]\nx=2', 'line 4: key "x" is there twice in [DEFAULT]'],
    ['x=1', 'line 1: a key before the first section'],
    ['\ufeff[a]', 'line 1: a key before the first section'],
    ['[a]\nx', 'line 2: neither [section] nor key = value'],
    ['[a', 'line 1: a key before the first section'],
    ['[a]\n[]', 'line 2: neither [section] nor key = value'],
    ['[a]\n= 1', 'line 2: no key before the sign'],
    ['[a]\nx =\n  y', 'section [a], key "x": a line of the block below it has no ='],
  ])('%j: %s', (text, reason) => expect(() => parseIni(bytes(text))).toThrow(new NotIni(reason)))

  test('bytes that are not UTF-8', () => {
    expect(() => parseIni(Uint8Array.of(0x5b, 0x61, 0x5d, 0x0a, 0x23, 0xff))).toThrow(new NotIni('not UTF-8'))
  })
})

/** Texts that look enough like the dialect to reach its corners. */
const iniLike = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '[a]',
        '[b]',
        '[DEFAULT]',
        '[profile "x y"]',
        '[]',
        '[a',
        'x = 1',
        'X:2',
        'y=',
        'y =\t',
        '  k = v',
        '\tdeep',
        '# c',
        '  ; c',
        '',
        '=',
        'w',
      ),
      fc.string({ unit: fc.constantFrom(...'[]=:#; \t\r\v\f\x1c\x1f\x85\u00a0\u2028\ufeffaBİΣ\\"'), maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 9 },
  )
  .chain(lines => fc.constantFrom('\n', '\r\n', '\n  ').map(end => lines.join(end)))

test('any bytes are parsed, or refused with NotIni', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), iniLike.map(bytes)), content => {
      try {
        return parseIni(content) instanceof Map
      } catch (error) {
        return error instanceof NotIni
      }
    }),
    { numRuns: 2000 },
  )
})

const python = childProcess.spawnSync('python3', ['--version']).status === 0
if (!python) console.warn('SKIPPED: the INI dialect is not compared with Python, for there is no python3 here')

/** Reads base64 lines, answers each with the sections as JSON, or null for a file botocore would refuse. */
const oracle = `
import base64, configparser, json, os, sys, tempfile
path = tempfile.mktemp()
def nested(text):
    if not text.startswith('\\n'):
        return text
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return {k.strip(): v.strip() for k, v in (line.split('=', 1) for line in lines)}
for line in sys.stdin:
    with open(path, 'wb') as file:
        file.write(base64.b64decode(line))
    parser = configparser.RawConfigParser()
    try:
        parser.read([path], encoding='utf-8')
        print(json.dumps([[s, [[o, nested(parser.get(s, o))] for o in parser.options(s)]] for s in parser.sections()]))
    except (configparser.Error, ValueError):
        print('null')
os.path.exists(path) and os.remove(path)
`

test.skipIf(!python)(
  'Python reads the same sections, keys and values in the same order, and refuses the same files',
  { timeout: 60_000 },
  () => {
    const files = fc.sample(iniLike, 5000).map(text => Buffer.from(bytes(text)))
    const input = files.map(file => `${file.toString('base64')}\n`).join('')
    const answers = childProcess
      .spawnSync('python3', ['-c', oracle], { input, encoding: 'utf8', maxBuffer: 1e8 })
      .stdout.trimEnd()
      .split('\n')
    expect(answers).toHaveLength(files.length)

    let accepted = 0
    for (const [index, file] of files.entries()) {
      const expected = JSON.parse(answers[index] ?? '')
      if (expected !== null) accepted++
      expect({ file: file.toString(), sections: ordered(file) }).toEqual({ file: file.toString(), sections: expected })
    }
    expect(accepted).toBeGreaterThan(500)
  },
)

function ordered(file: Uint8Array): unknown {
  try {
    return Array.from(parseIni(file), ([name, section]) => [name, Object.entries(plainSection(section))])
  } catch {
    return null
  }
}
