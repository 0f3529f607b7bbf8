import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError, type Grammar, InvalidChoice, parseKnown } from '../../src/cli/argparse.ts'

const grammar: Grammar = {
  options: [
    { name: '--user-name', takes: 'a value' },
    { name: '--output', takes: 'a value', choices: ['json', 'text'] },
    { name: '--cli-input-json', takes: 'a value' },
    { name: '--cli-input-yaml', takes: 'a value' },
    { name: '--skeleton', takes: 'perhaps a value', bare: 'input', choices: ['input', 'output'] },
    { name: '--debug', takes: 'nothing' },
    { name: '--user-wait', takes: 'nothing', exact: true },
    { name: '--version', takes: 'nothing', ends: true },
  ],
  positional: { name: 'help', required: false },
}

const counting: Grammar = { options: [{ name: '--count', takes: 'a value', integer: true }] }

const parse = (line: string) => parseKnown(grammar, line === '' ? [] : line.split(' '))

// What Python 3.11's argparse makes of the same words with the same options.
describe('options', () => {
  test.each([
    ['--user-name Bob', [['--user-name', 'Bob']]],
    ['--user-name=Bob', [['--user-name', 'Bob']]],
    ['--user-name=', [['--user-name', '']]],
    ['--user-name=a=b', [['--user-name', 'a=b']]],
    ['--user-name=--output', [['--user-name', '--output']]],
    [
      '--u Bob --us=Al',
      [
        ['--user-name', 'Bob'],
        ['--user-name', 'Al'],
      ],
    ],
    ['--user-name -5', [['--user-name', '-5']]],
    ['--user-name -.5', [['--user-name', '-.5']]],
    ['--user-name -', [['--user-name', '-']]],
    ['--skeleton', [['--skeleton', 'input']]],
    ['--skeleton output', [['--skeleton', 'output']]],
    [
      '--skeleton --debug',
      [
        ['--skeleton', 'input'],
        ['--debug', undefined],
      ],
    ],
    ['--user-wait', [['--user-wait', undefined]]],
  ])('%s', (line, options) => {
    expect(parse(line)).toEqual({ options, positional: undefined, extras: [], ended: undefined })
  })

  test('a word with a space is a value, whatever it starts with', () => {
    expect(parseKnown(grammar, ['--user-name', '--foo bar']).options).toEqual([['--user-name', '--foo bar']])
  })

  test.each(['5', ' 1_0 ', '-1', '+7'])('%j is a whole number', value => {
    expect(parseKnown(counting, [`--count=${value}`]).options).toEqual([['--count', value]])
  })

  test.each(['x', '', '1.0', '1__0', '0x1'])('%j is none', value => {
    expect(() => parseKnown(counting, [`--count=${value}`])).toThrow(new ArgumentError(`argument --count: invalid int value: '${value}'`))
  })

  test('an option that ends the parsing hides what is wrong behind it', () => {
    expect(parse('--ver --output xml')).toMatchObject({ ended: '--version' })
  })
})

describe('complaints', () => {
  test.each([
    ['--user-name', 'argument --user-name: expected one argument'],
    ['--user-name --debug', 'argument --user-name: expected one argument'],
    ['--user-name -x', 'argument --user-name: expected one argument'],
    ['--user-name -- Bob', 'argument --user-name: expected one argument'],
    ['--debug=1', "argument --debug: ignored explicit argument '1'"],
    ['--cli-i {}', 'ambiguous option: --cli-i could match --cli-input-json, --cli-input-yaml'],
    ['--cli-i={}', 'ambiguous option: --cli-i={} could match --cli-input-json, --cli-input-yaml'],
    ['--output xml', "argument --output: Found invalid choice 'xml'"],
    ['--skeleton Bob', "argument --skeleton: Found invalid choice 'Bob'"],
    ['--output xml --user-name', "argument --output: Found invalid choice 'xml'"],
    ['--user-name --cli-i', 'ambiguous option: --cli-i could match --cli-input-json, --cli-input-yaml'],
  ])('%s', (line, message) => {
    expect(() => parse(line)).toThrow(expect.objectContaining({ message }))
  })

  test('everything required is listed at once, options first', () => {
    const required: Grammar = {
      options: [
        { name: '--status', takes: 'a value', required: true },
        { name: '--key', takes: 'a value', required: true },
      ],
      positional: { name: 'command', required: true },
    }
    expect(() => parseKnown(required, ['--status', 'x'])).toThrow(
      new ArgumentError('the following arguments are required: --key, command', '--key'),
    )
  })
})

describe('what is left over', () => {
  test.each([
    ['--foo 1 pos --bar=2 -z', '1', ['--foo', 'pos', '--bar=2', '-z']],
    ['extra two', 'extra', ['two']],
    ['--user-name Bob --', undefined, []],
    ['-- --user-name Bob', '--user-name', ['Bob']],
    ['-1', '-1', []],
    ['--debug help', 'help', []],
    ['--user-wai', undefined, ['--user-wai']],
    ['--user-name Bob --no-user-name', undefined, ['--no-user-name']],
  ])('%s', (line, positional, extras) => {
    expect(parse(line)).toMatchObject({ positional, extras })
  })

  test('a required positional waits for its word behind the options', () => {
    const waiting: Grammar = { ...grammar, positional: { name: 'command', required: true, choices: ['iam'] } }
    expect(parseKnown(waiting, ['--debug', '--output', 'text', 'iam', 'rest'])).toMatchObject({ positional: 'iam', extras: ['rest'] })
    expect(() => parseKnown(waiting, ['--foo', 'ian', 'iam'])).toThrow(new InvalidChoice('command', 'ian', ['iam']))
  })
})

const value = fc.string().filter(text => !text.startsWith('-'))
const typed = fc.oneof(
  fc.tuple(fc.constantFrom('--user-name', '--user-n', '--u'), value).map(([name, text]) => ({ name: '--user-name', text, spelled: name })),
  fc
    .tuple(fc.constantFrom('--cli-input-json', '--cli-input-j'), value)
    .map(([name, text]) => ({ name: '--cli-input-json', text, spelled: name })),
)

test('however an option is spelled, it is the same option', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(typed, fc.boolean())), given => {
      const words = given.flatMap(([{ spelled, text }, joined]) => (joined ? [`${spelled}=${text}`] : [spelled, text]))
      expect(parseKnown(grammar, words)).toMatchObject({ options: given.map(([{ name, text }]) => [name, text]), extras: [] })
    }),
  )
})

test('every word is bound, left over, or complained about', () => {
  const word = fc.oneof(
    fc.constantFrom('--', '-', '--user-name', '--output', '--deb', '--skeleton', 'json', '--cli', '-5', ''),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(word), words => {
      try {
        const { options, positional, extras, ended } = parseKnown(grammar, words)
        const bound = options.flatMap(([, text]) => (text === undefined ? [] : [text])).concat(positional ?? [], extras)
        const lost = words.filter(word => !word.startsWith('--') && !bound.some(other => other.includes(word)))
        expect(ended === undefined ? lost : []).toEqual([])
      } catch (error) {
        expect(error).toBeInstanceOf(ArgumentError)
      }
    }),
  )
})
