/**
 * Parses the account's credential report into users and keys. Pure; `fetch-report.ts` fetches it. The columns are those of "Getting
 * credential reports" in the IAM User Guide, which include no ids.
 */

import { serviceTime } from '../core/service-time.ts'

/** The row of the root user, in place of a name. */
export const ROOT = '<root_account>'

export interface ReportedUser {
  readonly UserName: string
  /** `/` or `/division/team/`; undefined for the root user. */
  readonly path: string | undefined
  readonly keys: readonly ReportedKey[]
}

/** Times are milliseconds since 1970; undefined for `N/A`, `no_information` and `not_supported`. */
export interface ReportedKey {
  readonly active: boolean
  /** When it was created or last changed. */
  readonly created: number | undefined
  readonly used: number | undefined
}

/** The first two columns. Names may contain commas, and services other than AWS do not quote them. */
const NAME_AND_ARN = /^(.*?),(arn:.*)$/

/** @throws TypeError for a text without the columns of a credential report */
export function readCredentialReport(text: string): readonly ReportedUser[] {
  const [header = '', ...lines] = text.split(/\r?\n/)
  const columns = header.split(',')
  const at = (name: string): number => {
    const index = columns.indexOf(name)
    if (index === -1) throw new TypeError(`the credential report has no column ${name}`)
    return index
  }
  if (at('user') !== 0 || at('arn') !== 1) throw new TypeError('the credential report begins with other columns')
  const keyColumns = [1, 2].map(nth => ({
    active: at(`access_key_${nth}_active`),
    created: at(`access_key_${nth}_last_rotated`),
    used: at(`access_key_${nth}_last_used_date`),
  }))
  return lines.flatMap(line => {
    const [UserName, arn, ...values] = fieldsOf(line, columns.length)
    if (UserName === undefined || arn === undefined) return []
    const value = (index: number) => values[index - 2] ?? ''
    const keys = keyColumns.flatMap(column => {
      const key = {
        active: value(column.active) === 'true',
        created: serviceTime(value(column.created)),
        used: serviceTime(value(column.used)),
      }
      return key.active || key.created !== undefined ? [key] : []
    })
    return [{ UserName, path: UserName === ROOT ? undefined : pathOf(arn), keys }]
  })
}

/** Counts from the right if a name contains unquoted commas. */
function fieldsOf(line: string, count: number): readonly string[] {
  if (line === '') return []
  const fields = line.includes('"') ? quotedFields(line) : line.split(',')
  if (fields.length <= count) return fields
  const [, name = '', arn = ''] = NAME_AND_ARN.exec(fields.slice(0, fields.length - count + 2).join(',')) ?? []
  return [name, arn, ...fields.slice(fields.length - count + 2)]
}

/** By RFC 4180. */
const quotedFields = (line: string): readonly string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain)

/** `arn:aws:iam::123456789012:user/division/Bob` → `/division/` */
function pathOf(arn: string): string {
  const resource = arn.slice(arn.indexOf(':user/') + ':user'.length)
  return resource.slice(0, resource.lastIndexOf('/') + 1)
}
