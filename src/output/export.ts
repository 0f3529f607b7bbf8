/**
 * `--export-format`: a key as `aws configure export-credentials` shows credentials (awscli/customizations/configure/exportcreds.py, 2.36.7).
 * Byte for byte the same for everything a key can consist of; what else there may be in a value is quoted, which aws-cli does not do.
 */

import { wholeKey } from '../core/key-store.ts'
import type { EXPORT_OPTIONS, Typed } from '../core/options.ts'
import { shellQuote } from '../core/shell-quote.ts'
import { dumps } from '../python/json.ts'
import type { Dict, Value } from '../python/value.ts'

export type ExportFormat = NonNullable<Typed<typeof EXPORT_OPTIONS>['exportFormat']>

type Print = (id: string, secret: string) => string

const lines =
  (line: (name: string, value: string) => string): Print =>
  (id, secret) =>
    `${line('AWS_ACCESS_KEY_ID', id)}\n${line('AWS_SECRET_ACCESS_KEY', secret)}\n`

const PRINTS: Readonly<Record<ExportFormat, Print>> = {
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

/** The function that shows the key of a reply. It throws where the reply has none. */
export function exporter(format: ExportFormat): (reply: Dict) => string {
  return reply => {
    const key = wholeKey(reply)
    if (key === undefined) throw new Error('the reply has no key')
    return PRINTS[format](key.AccessKeyId, key.SecretAccessKey)
  }
}
