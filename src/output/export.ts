/**
 * `--export-format`: a key in the formats of `aws configure export-credentials` (awscli/customizations/configure/exportcreds.py, 2.36.7).
 * The bytes are the same for every character a key can have; unlike aws-cli, any other character is quoted.
 */

import { wholeKey } from '../core/key-store.ts'
import type { EXPORT_OPTIONS, ParsedOptionsOf } from '../core/options.ts'
import { shellQuote } from '../core/shell-quote.ts'
import { dumps } from '../python/json.ts'
import type { Dict, Value } from '../python/value.ts'

export type ExportFormat = NonNullable<ParsedOptionsOf<typeof EXPORT_OPTIONS>['exportFormat']>

type PrintKey = (id: string, secret: string) => string

const lines =
  (line: (name: string, value: string) => string): PrintKey =>
  (id, secret) =>
    `${line('AWS_ACCESS_KEY_ID', id)}\n${line('AWS_SECRET_ACCESS_KEY', secret)}\n`

const PRINTS: Readonly<Record<ExportFormat, PrintKey>> = {
  env: lines((name, value) => `export ${name}=${shellQuote(value)}`),
  'env-no-export': lines((name, value) => `${name}=${shellQuote(value)}`),
  powershell: lines((name, value) => `$Env:${name}="${value.replace(/[`"$]/g, '`$&')}"`),
  'windows-cmd': lines((name, value) => (/^[\w/+=.,:@-]*$/.test(value) ? `set ${name}=${value}` : `set "${name}=${value}"`)),
  fish: lines((name, value) => `set -gx ${name} "${value.replace(/[\\"$]/g, '\\$&')}"`),
  process: (id, secret) => {
    const members = new Map<string, Value>([
      ['Version', 1n],
      ['AccessKeyId', id],
      ['SecretAccessKey', secret],
    ])
    return `${dumps(members, { indent: 2 })}\n`
  },
}

/** A function that prints the key of a reply. It throws if the reply has no key. */
export function exporter(format: ExportFormat): (reply: Dict) => string {
  return reply => {
    const key = wholeKey(reply)
    if (key === undefined) throw new Error('the reply has no key')
    return PRINTS[format](key.AccessKeyId, key.SecretAccessKey)
  }
}
