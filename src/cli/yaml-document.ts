/**
 * `--cli-input-yaml`: parses YAML as ruamel.yaml's safe loader does (aws-cli 2.36.7). The library `yaml` parses the syntax, and
 * `yaml-constructor.ts` makes the values. Loaded for YAML documents only.
 */

import { parseDocument } from 'yaml'
import { decode } from '../python/codec.ts'
import { ValueError } from '../python/exceptions.ts'
import { type Parameter, PythonObject } from './parameter.ts'
import { construct } from './yaml-constructor.ts'

/** Characters that ruamel rejects anywhere. */
const UNPRINTABLE = /[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/**
 * @throws ValueError for a text that is not a YAML document, and for a repeated key
 * @throws Failure for a value that Python's functions reject
 */
export function loadYaml(document: string | Uint8Array): Parameter {
  const text = typeof document === 'string' ? document : decode(document, encodingOf(document))
  if (UNPRINTABLE.test(text)) throw new ValueError('a control character')
  // The library resolves no tags, so every scalar stays text, and compares no keys: it would compare each with all before it.
  const parsed = parseDocument(text, { version: '1.2', schema: 'failsafe', resolveKnownTags: false, uniqueKeys: false, merge: false })
  const [problem] = [...parsed.errors, ...parsed.warnings].filter(({ code }) => code !== 'TAG_RESOLVE_FAILED')
  if (problem !== undefined) throw new ValueError(problem.message)
  if (parsed.contents === null) return null
  const value = construct(parsed)
  const members = value instanceof PythonObject ? value.members : undefined
  return (members as Parameter | undefined) ?? value
}

/** ruamel recognizes UTF-16 by its mark and decodes everything else as UTF-8. */
const encodingOf = ([first, second]: Uint8Array): string =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) ? 'utf-16' : 'utf-8'
