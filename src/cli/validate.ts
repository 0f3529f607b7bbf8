/**
 * Checks the parameters of a command: first as botocore does, with its messages (botocore/validate.py, aws-cli 2.36.7), then the characters
 * of names as IAM does. aws-cli leaves the latter to the service, but a call that must fail should not be made. The profile can turn off
 * both, because another service may allow other names.
 */

import * as z from 'zod/mini'
import type { Command, Input } from '../core/command.ts'
import { Failure, ParameterError, RefusedByForm } from '../core/errors.ts'
import { assertEncodable, decode, UnicodeError } from '../python/codec.ts'
import { repr } from '../python/repr.ts'
import { membersOf } from './members.ts'
import { type Parameter, type Parameters, show, typeOf } from './parameter.ts'

/** The messages for an issue of this kind. `value` is the parameter it is about. */
type MemberKind = (issue: z.core.$ZodIssue, name: string, value: Parameter | undefined, command: Command) => readonly string[]

const missing: MemberKind = (issue, name, value) =>
  (issue.code === 'invalid_type' || issue.code === 'invalid_value') && value === undefined
    ? [`Missing required parameter in input: "${name}"`]
    : []

const unknown: MemberKind = (issue, _name, _value, { input }) =>
  issue.code !== 'unrecognized_keys'
    ? []
    : issue.keys.map(key => `Unknown parameter in input: "${key}", must be one of: ${Object.keys(input().shape).join(', ')}`)

const wrongType: MemberKind = (issue, name, value, command) => {
  const { integer = false } = membersOf(command).find(member => member.name === name) ?? {}
  return (issue.code === 'invalid_type' || issue.code === 'invalid_value') && value !== undefined && (integer || typeof value !== 'string')
    ? [
        `Invalid type for parameter ${name}, value: ${show(value)}, type: ${typeOf(value)}, valid types: <class '${integer ? 'int' : 'str'}'>`,
      ]
    : []
}

const tooShort: MemberKind = (issue, name, value) =>
  issue.code === 'too_small' && typeof value === 'string'
    ? [`Invalid length for parameter ${name}, value: ${Array.from(value).length}, valid min length: ${issue.minimum}`]
    : []

const tooSmall: MemberKind = (issue, name, value) =>
  issue.code === 'too_small' && typeof value === 'bigint'
    ? [`Invalid value for parameter ${name}, value: ${value}, valid min value: ${issue.minimum}`]
    : []

const tooLong: MemberKind = (issue, name, value) =>
  issue.code === 'too_big' && typeof value === 'string'
    ? [`Invalid length for parameter ${name}, value: ${Array.from(value).length}, valid max length: ${issue.maximum}`]
    : []

/** The allowed characters are the message in the member's schema. */
const wrongCharacter: MemberKind = (issue, name, value, { input }) => {
  const member = input().shape[name]
  if (issue.code !== 'invalid_format' || typeof value !== 'string' || member === undefined) return []
  const isWrong = (character: string) => z.safeParse(member, character).error?.issues.some(({ code }) => code === 'invalid_format')
  const characters = Array.from(value)
  const at = characters.findIndex(isWrong)
  return [`Invalid value for parameter ${name}: ${repr(characters[at] ?? value)} at position ${at + 1}; allowed are ${issue.message}`]
}

const notOneOf: MemberKind = (issue, name, value) =>
  issue.code === 'invalid_value' && typeof value === 'string'
    ? [`Invalid value for parameter ${name}: ${repr(value)}; allowed are ${issue.values.join(', ')}`]
    : []

/** The messages of one rank come before those of the next, within a rank in the order of the parameters. */
const BOTOCORE: readonly (readonly MemberKind[])[] = [[missing], [unknown], [wrongType, tooShort, tooSmall]]
const IAM: readonly (readonly MemberKind[])[] = [[tooLong, wrongCharacter, notOneOf]]

/**
 * @param parameterValidation the profile's `parameter_validation`: false turns off all checks, as in aws-cli
 * @throws ParameterError with all of botocore's messages or, if there are none, a RefusedByForm with all of IAM's
 * @throws Failure for text that has no UTF-8
 */
export function checkInput(command: Command, parameters: Parameters, parameterValidation: boolean): Input {
  const given = parameterValidation ? parameters : asText(command, parameters)
  const issues = parameterValidation ? (command.input().safeParse(Object.fromEntries(given)).error?.issues ?? []) : []
  const complain = (ranks: readonly (readonly MemberKind[])[], Complaint: typeof ParameterError) => {
    const sentences = ranks.flatMap(kinds =>
      issues.flatMap(issue => {
        const name = String(issue.path[0] ?? '')
        return kinds.flatMap(kind => kind(issue, name, given.get(name), command))
      }),
    )
    if (sentences.length > 0) throw new Complaint(`Parameter validation failed:\n${sentences.join('\n')}`)
  }

  if (parameterValidation) complain(BOTOCORE, ParameterError)
  const input: Record<string, string | number> = {}
  for (const [name, value] of given) {
    if (typeof value === 'bigint') input[name] = Number(value)
    if (typeof value !== 'string') continue
    refuseUnencodable(value)
    input[name] = value
  }
  if (parameterValidation) complain(IAM, RefusedByForm)
  return input
}

/** What botocore sends unchecked: Python's `str()` of anything, bytes unchanged, and no unknown member. */
function asText({ input }: Command, parameters: Parameters): Parameters {
  const stranger = Array.from(parameters.keys()).find(name => !Object.hasOwn(input().shape, name))
  if (stranger !== undefined) throw new Failure(repr(stranger))
  return new Map(Array.from(parameters, ([name, value]) => [name, value instanceof Uint8Array ? decode(value, 'latin-1') : show(value)]))
}

function refuseUnencodable(text: string): void {
  try {
    assertEncodable(text)
  } catch (error) {
    throw error instanceof UnicodeError ? new Failure(error.message) : error
  }
}
