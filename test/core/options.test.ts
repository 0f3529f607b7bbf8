import { expect, test } from 'vitest'
import { GLOBAL_OPTIONS, INPUT_OPTIONS, keyOf, type Option } from '../../src/core/options.ts'

const rows: readonly Option[] = [...GLOBAL_OPTIONS, ...INPUT_OPTIONS]

test('every global option of aws-cli 2.36.7 is there, in the order in which its parser lists them', () => {
  expect(GLOBAL_OPTIONS.filter(row => !('extension' in row)).map(({ name }) => name)).toEqual([
    'debug',
    'endpoint-url',
    'no-verify-ssl',
    'no-paginate',
    'output',
    'query',
    'profile',
    'region',
    'color',
    'no-sign-request',
    'ca-bundle',
    'cli-read-timeout',
    'cli-connect-timeout',
    'cli-binary-format',
    'no-cli-pager',
    'cli-auto-prompt',
    'no-cli-auto-prompt',
    'cli-error-format',
    'version',
  ])
})

test('every option says what it does', () => {
  expect(rows.filter(({ help }) => !/^[A-Z].*\.$/.test(help))).toEqual([])
})

test('a default is one of the choices', () => {
  expect(
    rows.filter(
      ({ choices, defaultValue, defaultWhenBare }) =>
        choices && ![defaultValue ?? choices[0], defaultWhenBare ?? choices[0]].every(value => choices.includes(value ?? '')),
    ),
  ).toEqual([])
})

test.each([
  ['user-name', 'userName'],
  ['no-verify-ssl', 'verifySsl'],
  ['cli-input-json', 'cliInputJson'],
])('--%s is called %s once it has been read', (name, key) => {
  expect(keyOf(name)).toBe(key)
})
