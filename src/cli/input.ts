/**
 * Reads the parameters of a command from options, the files that they name, and --cli-input-json or --cli-input-yaml; or makes the skeleton
 * of its input (awscli/customizations/cliinput.py, generatecliskeleton.py, aws-cli 2.36.7). `validate.ts` checks them.
 */

import type { Command } from '../core/command.ts'
import { Failure, ParameterError } from '../core/errors.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { type Flags, INPUT_OPTIONS, keyOf } from '../core/options.ts'
import type { PageRequest } from '../core/paging.ts'
import { decode, detectEncoding } from '../python/codec.ts'
import { RecursionError, ValueError } from '../python/exceptions.ts'
import { int } from '../python/int.ts'
import { osErrorMessage } from '../python/oserror.ts'
import { membersOf } from './members.ts'
import { type Parameter, type Parameters, PythonObject, typeOf } from './parameter.ts'
import { loadValue } from './paramfile.ts'

export type Gathered =
  | { readonly kind: 'parameters'; readonly parameters: Parameters; readonly pages: PageRequest | undefined }
  /** Printed unchanged. */
  | { readonly kind: 'skeleton'; readonly text: string }
  /** `--generate-cli-skeleton output`: the command's sample, printed like a reply. */
  | { readonly kind: 'sample' }

type InputHost = Pick<Host, 'env' | 'files' | 'home' | 'readStdin'>

/**
 * Reads options and files. Options take precedence over a document; a document is read even if a skeleton is requested.
 *
 * @param paginate false after --no-paginate
 * @throws ParameterError for a file or a document that cannot be read
 * @throws Failure for an unknown encoding
 */
export async function gather(command: Command, flags: Flags, host: InputHost, paginate = true): Promise<Gathered> {
  const pageFlags = command.paging && (await import('./paging.ts')).readPageFlags(command.paging, flags, paginate, host)
  const given = new Map<string, Parameter>()
  for (const { name, option, integer } of membersOf(command)) {
    const typed = flags[keyOf(option)]
    if (typeof typed !== 'string' || name === pageFlags?.shadowed) continue
    given.set(name, integer ? int(typed) : loadValue(`--${option}`, typed, host))
  }
  const document = await readDocument(flags, host)
  const kind = flags.generateCliSkeleton
  if (kind === 'output') return { kind: 'sample' }
  if (kind !== undefined) return { kind: 'skeleton', text: (await import('./skeleton.ts')).skeleton(command, kind) }
  // botocore passes the members of an input as keyword arguments.
  if (document instanceof PythonObject) throw new Failure('keywords must be strings')
  const rest = Array.from(document ?? []).filter(([name]) => !given.has(name))
  const parameters = new Map([...given, ...rest])
  return { kind: 'parameters', ...(pageFlags?.resolve(parameters) ?? { parameters, pages: undefined }) }
}

/** The parser of each document option. */
const READERS = {
  'cli-input-json': async (text: string | Uint8Array) =>
    (await import('../python/json-decoder.ts')).loads(typeof text === 'string' ? text : decode(text, detectEncoding(text))),
  'cli-input-yaml': async (text: string | Uint8Array) => (await import('./yaml-document.ts')).loadYaml(text),
} as const

/** A PythonObject is a mapping with keys that are not text. */
async function readDocument(flags: Flags, host: InputHost): Promise<Parameters | PythonObject | undefined> {
  const texts = INPUT_OPTIONS.flatMap(({ name }) => {
    const typed = flags[keyOf(name)]
    return name === 'generate-cli-skeleton' || typeof typed !== 'string' ? [] : [{ name, text: documentText(name, typed, host) }]
  })
  const [document, second] = texts
  if (document === undefined) return undefined
  if (second !== undefined) throw new ParameterError('Only one --cli-input- parameter may be specified.')
  const { name, text } = document
  const loaded = await READERS[name](text).catch((error: unknown) => {
    if (error instanceof RecursionError) throw new Failure(error.message)
    if (!(error instanceof ValueError)) throw error
    throw new ParameterError(`Error parsing parameter '${name}': Invalid ${name.endsWith('json') ? 'JSON' : 'YAML'} received.`)
  })
  if (loaded instanceof Map || (loaded instanceof PythonObject && loaded.type === 'dict')) return loaded
  throw new ParameterError(`Error parsing parameter '--${name}': Invalid type: expecting map, received ${typeOf(loaded)}`)
}

/** `-`, a document on standard input, which aws-cli does not have (aws-cli issue 5982). */
function documentText(name: string, typed: string, host: InputHost): string | Uint8Array {
  if (typed !== '-') return loadValue(`--${name}`, typed, host)
  try {
    return host.readStdin()
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new ParameterError(`Error parsing parameter '--${name}': Unable to read standard input: ${osErrorMessage(error, '-')}`)
  }
}
