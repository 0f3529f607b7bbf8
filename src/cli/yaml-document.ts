/**
 * `--cli-input-yaml`: parses YAML 1.2 as ruamel.yaml's safe loader does (aws-cli 2.36.7), with the library `yaml` and ruamel's scalars.
 * Loaded for YAML documents only.
 */

import { type Document, isScalar, parseDocument, type ScalarTag, visit } from 'yaml'
import { Failure } from '../core/errors.ts'
import { decode } from '../python/codec.ts'
import { dateOf, existing, isoformat } from '../python/datetime.ts'
import { ValueError } from '../python/exceptions.ts'
import { type Parameter, YamlDate } from './parameter.ts'

/** Characters that ruamel rejects anywhere. */
const UNPRINTABLE = /[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/**
 * @throws ValueError for a text that is not a YAML document, and for a repeated key
 * @throws Failure for a key that is not text
 */
export function loadYaml(document: string | Uint8Array): Parameter {
  const text = typeof document === 'string' ? document : decode(document, encodingOf(document))
  if (UNPRINTABLE.test(text)) throw new ValueError('a control character')
  const parsed = parseDocument(text, {
    version: '1.2',
    customTags: tags => [...SCALARS, ...tags, 'binary', 'merge'],
    merge: true,
    intAsBigInt: true,
    // The library would compare each key with all before it.
    uniqueKeys: false,
  })
  const [problem] = [...parsed.errors, ...parsed.warnings]
  if (problem !== undefined) throw new ValueError(problem.message)
  refuseRepeatedKeys(parsed)
  const value = resolved(parsed)
  // botocore passes the members of an input as keyword arguments.
  if (value instanceof Map && Array.from(value.keys()).some(key => typeof key !== 'string')) throw new Failure('keywords must be strings')
  return value
}

/** Only scalars can be equal keys. Throws a ValueError for a repeated one. */
function refuseRepeatedKeys(document: Document.Parsed): void {
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value)) throw new ValueError('Map keys must be unique')
        keys.add(key.value)
      }
    },
  })
}

/** With aliases resolved; one may have no anchor. */
function resolved(parsed: Document.Parsed): Parameter {
  try {
    return parsed.toJS({ mapAsMap: true, maxAliasCount: -1 })
  } catch (error) {
    throw error instanceof ReferenceError ? new ValueError(error.message) : error
  }
}

/** ruamel recognizes UTF-16 by its mark and decodes everything else as UTF-8. */
const encodingOf = ([first, second]: Uint8Array): string =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) ? 'utf-16' : 'utf-8'

const digits = (text: string): string => text.replaceAll('_', '')

const scalar = (type: string, test: RegExp, resolve: ScalarTag['resolve']): ScalarTag => ({
  tag: `tag:yaml.org,2002:${type}`,
  default: true,
  test,
  resolve,
})

/** An optional sign, then a number in BigInt's notation. */
const integer = (text: string): bigint => {
  const [, sign, magnitude = ''] = /^([-+]?)(.*)$/.exec(digits(text)) ?? []
  return sign === '-' ? -BigInt(magnitude) : BigInt(magnitude)
}

const TIMESTAMP =
  /^(?=\d{4}-\d\d-\d\d$|.*:)(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(?:Z|([-+])(\d\d?)(?::(\d\d))?))?)?$/

/** A time with an offset becomes a naive one in UTC. */
const timestamp: ScalarTag['resolve'] = (text, onError) => {
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHours, zoneMinutes] = TIMESTAMP.exec(text) ?? []
  const fields = existing({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    microsecond: Number(fraction.slice(0, 6).padEnd(6, '0')),
    offset: undefined,
  })
  if (fields === undefined) return onError('no such date')
  if (hour === undefined) return new YamlDate('datetime.date', isoformat(fields).slice(0, 10))
  const offset = (sign === '-' ? -60 : 60) * (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0))
  const utc = { ...dateOf(Date.parse(`${isoformat({ ...fields, microsecond: 0 })}Z`) - offset * 1000), microsecond: fields.microsecond }
  return new YamlDate('datetime.datetime', isoformat(utc).replace('T', ' '))
}

/** Plain scalars that ruamel resolves unlike `yaml` (ruamel/yaml/resolver.py), in order of precedence. */
const SCALARS: readonly ScalarTag[] = [
  scalar('int', /^[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/, integer),
  scalar('float', /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$/, text => Number(digits(text))),
  scalar('timestamp', TIMESTAMP, timestamp),
  scalar('value', /^=$/, (_, onError) => onError('no value')),
]
