import { expect, test } from 'vitest'
import { Failure } from '../../src/core/errors.ts'
import { outputEncoder } from '../../src/output/encoding.ts'

const hex = (encoding: string, text: string) => Buffer.from(outputEncoder(encoding)(text)).toString('hex')

// Recorded from aws-cli 2.36.7, standard output being a pipe.
test.each([
  ['latin-1', '"é"\n', '22e9220a'],
  ['UTF-8', '"é"\n', '22c3a9220a'],
  ['utf-8-sig', 'é', 'efbbbfc3a9'],
  ['utf-8-sig', '', ''],
  ['utf-16', '"é"\n', '2200e90022000a00'],
  ['utf_16_be', 'é', '00e9'],
  ['utf-32', '😀', '00f60100'],
  ['koi8-r', 'Я', 'f1'],
  ['shift_jis', '日', '93fa'],
])('in %s %j is %s', (encoding, text, bytes) => expect(hex(encoding, text)).toBe(bytes))

// aws-cli 2.36.7 ends here with exit code 255, the key made and not shown.
test.each([
  ['latin-1', 'é日'],
  ['ascii', 'é'],
])('what %s lacks makes all of the text UTF-8', (encoding, text) => expect(hex(encoding, text)).toBe(Buffer.from(text).toString('hex')))

// Recorded from aws-cli 2.36.7.
test.each(['bogus', ''])('%j is no encoding', encoding =>
  expect(() => outputEncoder(encoding)).toThrow(new Failure(`Unknown codec \`${encoding}\` specified for AWS_CLI_OUTPUT_ENCODING.`)),
)
