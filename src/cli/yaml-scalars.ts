/**
 * The tags and values of YAML scalars, as ruamel.yaml's safe constructor determines them (constructor.py and resolver.py, 0.17.21; aws-cli
 * 2.36.7).
 */

import { Failure, messageOf } from '../core/errors.ts'
import { b64decode } from '../python/base64.ts'
import { ValueError } from '../python/exceptions.ts'
import { float } from '../python/float.ts'
import { int } from '../python/int.ts'
import { repr } from '../python/repr.ts'
import type { Parameter } from './parameter.ts'
import { timestamp } from './yaml-timestamp.ts'

/** Of the language, which decides what plain scalars mean. */
export type YamlVersion = '1.1' | '1.2'

export type Tag =
  | 'null'
  | 'bool'
  | 'int'
  | 'float'
  | 'timestamp'
  | 'merge'
  | 'value'
  | 'str'
  | 'binary'
  | 'seq'
  | 'map'
  | 'set'
  | 'omap'
  | 'pairs'

const FLOAT_OF_BOTH = String.raw`[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)`
const TIMESTAMP = /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/

/** A plain scalar has the first tag whose pattern matches, by the version of YAML (`implicit_resolvers`). */
const IMPLICIT: Readonly<Record<YamlVersion, readonly (readonly [Tag, RegExp])[]>> = {
  '1.2': [
    ['bool', /^(?:true|True|TRUE|false|False|FALSE)$/],
    ['float', new RegExp(String.raw`^(?:${FLOAT_OF_BOTH}|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?)$`)],
    ['int', /^[-+]?(?:0b[01_]+|0o?[0-7_]+|[0-9][0-9_]*|0x[0-9a-fA-F_]+)$|^[-+][0-9_]+$/],
    ['merge', /^<<$/],
    ['null', /^(?:~|null|Null|NULL|)$/],
    ['timestamp', TIMESTAMP],
    ['value', /^=$/],
  ],
  '1.1': [
    ['bool', /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/],
    ['float', new RegExp(String.raw`^(?:${FLOAT_OF_BOTH}|\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$`)],
    ['int', /^[-+]?(?:0b[01_]+|0?[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/],
    ['merge', /^<<$/],
    ['null', /^(?:~|null|Null|NULL|)$/],
    ['timestamp', TIMESTAMP],
    ['value', /^=$/],
  ],
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'y', 'true', 'on'].map(name => [name, true] as const),
  ...['no', 'n', 'false', 'off'].map(name => [name, false] as const),
])

/** The tag of a plain scalar. */
export const implicitTag = (text: string, version: YamlVersion): Tag =>
  IMPLICIT[version].find(([, pattern]) => pattern.test(text))?.[0] ?? 'str'

export function scalarOf(tag: Tag | undefined, text: string, version: YamlVersion): Parameter {
  switch (tag) {
    case 'str':
      return text
    case 'null':
      return null
    case 'bool': {
      const value = BOOLEANS.get(text.toLowerCase())
      // Python's KeyError.
      if (value === undefined) throw new Failure(repr(text.toLowerCase()))
      return value
    }
    case 'int':
      return python(() => integerOf(text.replaceAll('_', ''), version))
    case 'float':
      return python(() => floatOf(text.replaceAll('_', '').toLowerCase(), version))
    case 'binary':
      return b64decode(text)
    case 'timestamp':
      return timestamp(text)
    default:
      throw new ValueError('could not determine a constructor for the tag')
  }
}

/** A ValueError of Python's functions is not one of ruamel's: aws-cli prints its message. */
function python<T>(convert: () => T): T {
  try {
    return convert()
  } catch (error) {
    throw error instanceof ValueError ? new Failure(messageOf(error), { cause: error }) : error
  }
}

/** The sign and the rest; an empty text has no sign. */
function signed(text: string): readonly [negative: boolean, magnitude: string] {
  if (text === '') throw new Failure('string index out of range')
  return [text.startsWith('-'), text.replace(/^[-+]/, '')]
}

function integerOf(text: string, version: YamlVersion): bigint {
  const [negative, magnitude] = signed(text)
  const size = magnitudeOf(magnitude, version)
  return negative ? -size : size
}

function magnitudeOf(text: string, version: YamlVersion): bigint {
  if (text === '0') return 0n
  const [, prefix = '', digits = ''] = /^(0[bxo])(.*)$/s.exec(text) ?? []
  if (prefix === '0b') return inBase(digits, 2, /^[01]+$/, '0b')
  if (prefix === '0x') return inBase(digits, 16, /^[\da-f]+$/i, '0x')
  if (prefix === '0o') return inBase(digits, 8, /^[0-7]+$/, '0o')
  if (version === '1.1' && text.startsWith('0')) return inBase(text, 8, /^[0-7]+$/, '0o')
  if (version === '1.1' && text.includes(':')) return text.split(':').reduce((sum, part) => 60n * sum + int(part), 0n)
  return int(text)
}

function inBase(digits: string, base: number, pattern: RegExp, prefix: string): bigint {
  if (!pattern.test(digits)) throw new ValueError(`invalid literal for int() with base ${base}: ${repr(digits)}`)
  return BigInt(prefix + digits)
}

function floatOf(text: string, version: YamlVersion): number {
  const [negative, magnitude] = signed(text)
  if (magnitude === '.nan') return Number.NaN
  const sexagesimal = version === '1.1' && magnitude.includes(':')
  const size =
    magnitude === '.inf'
      ? Number.POSITIVE_INFINITY
      : sexagesimal
        ? magnitude.split(':').reduce((sum, part) => 60 * sum + float(part), 0)
        : float(magnitude)
  return negative ? -size : size
}
