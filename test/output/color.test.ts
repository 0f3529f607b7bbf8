import { expect, test } from 'vitest'
import { COLORLESS, chooseColor } from '../../src/output/color.ts'

// Recorded from aws-cli 2.36.7.
test.each([
  ['on', false, true, { styled: true, resets: true, ending: '' }],
  ['on', true, true, { styled: true, resets: true, ending: '\x1b[0m' }],
  ['on', true, false, { styled: true, resets: false, ending: '\x1b[0m' }],
  ['auto', true, true, { styled: true, resets: true, ending: '\x1b[0m' }],
  ['auto', true, false, { styled: true, resets: false, ending: '\x1b[0m' }],
  ['auto', false, true, COLORLESS],
  ['off', true, true, COLORLESS],
] as const)('a table with --color %s, terminal %s, direct %s', (choice, isTerminal, direct, color) => {
  expect(chooseColor({ format: 'table', choice, isTerminal, direct })).toEqual(color)
})

test.each(['json', 'text', 'yaml', 'yaml-stream', 'off'])('%s has no colour', format => {
  expect(chooseColor({ format, choice: 'on', isTerminal: true, direct: true })).toEqual(COLORLESS)
})
