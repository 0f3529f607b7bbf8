/** `--export-format`: aws-cli's bytes, and values that arrive in the real shells. */
import * as childProcess from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { type ExportFormat, exporter } from '../../src/output/export.ts'

const reply = (SecretAccessKey: string, AccessKeyId = 'AKIAIOSFODNN7EXAMPLE') =>
  new Map([['AccessKey', new Map(Object.entries({ UserName: 'Bob', AccessKeyId, SecretAccessKey }))]])

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

// Recorded from `aws configure export-credentials --format …`, aws-cli 2.36.7.
test.each<[ExportFormat, string]>([
  ['env', `export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nexport AWS_SECRET_ACCESS_KEY=${SECRET}\n`],
  ['env-no-export', `AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=${SECRET}\n`],
  ['powershell', `$Env:AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE"\n$Env:AWS_SECRET_ACCESS_KEY="${SECRET}"\n`],
  ['windows-cmd', `set AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nset AWS_SECRET_ACCESS_KEY=${SECRET}\n`],
  ['fish', `set -gx AWS_ACCESS_KEY_ID "AKIAIOSFODNN7EXAMPLE"\nset -gx AWS_SECRET_ACCESS_KEY "${SECRET}"\n`],
  ['process', `{\n  "Version": 1,\n  "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",\n  "SecretAccessKey": "${SECRET}"\n}\n`],
])('%s is as aws-cli 2.36.7 has it', (format, expected) => {
  expect(exporter(format)(reply(SECRET))).toBe(expected)
})

test('a reply without a key is not shown as one', () => {
  expect(() => exporter('env')(new Map())).toThrow('the reply has no key')
})

interface Shell {
  readonly program: string
  readonly formats: readonly ExportFormat[]
  /** Takes the text as an argument and prints the secret. */
  readonly words: (text: string) => readonly string[]
}

const SHELLS: readonly Shell[] = [
  ...['sh', 'bash', 'dash', 'zsh'].map(
    (program): Shell => ({
      program,
      formats: ['env', 'env-no-export'],
      words: text => ['-c', 'eval "$1"; printf %s "$AWS_SECRET_ACCESS_KEY"', program, text],
    }),
  ),
  { program: 'fish', formats: ['fish'], words: text => ['-c', 'eval $argv[1]; printf %s "$AWS_SECRET_ACCESS_KEY"', text] },
  {
    program: 'pwsh',
    formats: ['powershell'],
    words: text => ['-NoProfile', '-Command', `${text}; [Console]::Write($Env:AWS_SECRET_ACCESS_KEY)`],
  },
]

function isHere(program: string): boolean {
  const here = childProcess.spawnSync(program, ['-c', 'exit 0']).status === 0
  if (!here) console.warn(`SKIPPED: there is no ${program} here, so that it reads --export-format as meant stays unproven`)
  return here
}

for (const { program, formats, words } of SHELLS) {
  describe.skipIf(!isHere(program))(program, () => {
    const values = [SECRET, 'a b', "it's", 'a"b', '$HOME', '`id`', 'a\\b', 'a;b', '#a', '*', '~', '!x', '(x)', '&']
    test.each(formats.flatMap(format => values.map(value => [format, value] as const)))('reads %s with %j as it is', (format, value) => {
      const text = exporter(format)(reply(value))
      expect(childProcess.execFileSync(program, [...words(text)], { encoding: 'utf8' })).toBe(value)
    })
  })
}
