/**
 * The visible rules of Python's argparse (3.11): which words are options and which are values, abbreviations, `=`, `--`, negative numbers,
 * the order of unknown words, and which error is reported first, with argparse's messages. Knows no option by name.
 */

import { ValueError } from '../python/exceptions.ts'
import { int } from '../python/int.ts'
import { repr } from '../python/repr.ts'
import { asciiDigits } from '../python/str.ts'

export interface OptionRule {
  /** With its dashes. */
  readonly name: string
  readonly takes: 'nothing' | 'a value' | 'perhaps a value'
  /** The value of an option with an optional value, if none follows. */
  readonly bare?: string | undefined
  readonly choices?: readonly string[] | undefined
  /** `type=int` */
  readonly integer?: boolean
  readonly required?: boolean
  /** Cannot be abbreviated. */
  readonly exact?: boolean
  /** Parsing ends with it. */
  readonly ends?: boolean
}

export interface Grammar {
  readonly options: readonly OptionRule[]
  readonly positional?: {
    readonly name: string
    readonly required: boolean
    readonly choices?: readonly string[]
  }
}

export interface Parsed {
  /** In order: the whole name, and the value if there is one. */
  readonly options: readonly (readonly [name: string, value: string | undefined])[]
  readonly positional: string | undefined
  /** Unknown words, in argparse's order. */
  readonly extras: readonly string[]
  /** The option that ended parsing. */
  readonly ended: string | undefined
}

/** An error with argparse's message. */
export class ArgumentError extends Error {
  override readonly name: string = 'ArgumentError'
  /** What is missing, has no value, or has one that is none of the choices: an option with its dashes, or a positional. */
  readonly argument: string | undefined
  constructor(message: string, argument?: string) {
    super(message)
    this.argument = argument
  }
}

/** A word that is not one of the choices. The caller completes the message with suggestions. */
export class InvalidChoice extends ArgumentError {
  override readonly name = 'InvalidChoice'
  readonly choice: string
  readonly choices: readonly string[]
  constructor(argument: string, choice: string, choices: readonly string[]) {
    super(`argument ${argument}: Found invalid choice '${choice}'`, argument)
    this.choice = choice
    this.choices = choices
  }
}

/** The class of a word before parsing. `--` is a separator; every word after it is a value. */
type ClassifiedWord =
  | { readonly kind: 'value' | 'separator' }
  | { readonly kind: 'option'; readonly rule: OptionRule | undefined; readonly attached: string | undefined }

const VALUE: ClassifiedWord = { kind: 'value' }
const SEPARATOR: ClassifiedWord = { kind: 'separator' }
const NEGATIVE_NUMBER = /^-(\d+|\d*\.\d+)$/

/**
 * `ArgumentParser.parse_known_args`, for grammars with at most one positional.
 *
 * @throws ArgumentError, InvalidChoice: argparse's first error
 */
export function parseKnown({ options: rules, positional: expected }: Grammar, words: readonly string[]): Parsed {
  // All words are classified first: an ambiguous abbreviation at the end is reported before a missing value at the start.
  const classes = classify(rules, words)
  const kindAt = (index: number) => classes[index]?.kind
  const options: [string, string | undefined][] = []
  const extras: string[] = []
  let positional: string | undefined
  let awaited = expected

  /** An optional positional is decided, possibly as absent, at the first word that could be one. */
  function takePositional(start: number): number {
    if (awaited === undefined) return start
    let end = start
    if (kindAt(end) === 'separator') end++
    const found = kindAt(end) === 'value' ? words[end++] : undefined
    if (kindAt(end) === 'separator') end++
    if (found === undefined && awaited.required) return start
    if (found !== undefined) checkChoice(awaited.name, awaited.choices, found)
    positional = found
    awaited = undefined
    return end
  }

  function takeOption(start: number, rule: OptionRule, attached: string | undefined): number {
    if (attached !== undefined && rule.takes === 'nothing') {
      throw new ArgumentError(`argument ${rule.name}: ignored explicit argument ${repr(attached)}`)
    }
    const follows = attached === undefined && rule.takes !== 'nothing' && kindAt(start + 1) === 'value'
    const value = attached ?? (follows ? words[start + 1] : rule.bare)
    if (value === undefined && rule.takes === 'a value') throw new ArgumentError(`argument ${rule.name}: expected one argument`, rule.name)
    if (value !== undefined && rule.integer) checkInteger(rule.name, value)
    if (value !== undefined) checkChoice(rule.name, rule.choices, value)
    options.push([rule.name, value])
    return start + (follows ? 2 : 1)
  }

  const lastOption = classes.findLastIndex(word => word.kind === 'option')
  let index = 0
  while (index <= lastOption) {
    let next = index
    while (kindAt(next) !== 'option') next++
    if (index !== next) {
      const end = takePositional(index)
      if (end > index) {
        index = end
        continue
      }
      extras.push(...words.slice(index, next))
      index = next
    }
    const word = classes[index]
    if (word?.kind === 'option' && word.rule !== undefined) {
      index = takeOption(index, word.rule, word.attached)
      if (word.rule.ends) return { options, positional, extras, ended: word.rule.name }
    } else {
      extras.push(...words.slice(index, ++index))
    }
  }
  extras.push(...words.slice(takePositional(index)))

  const given = new Set(options.map(([name]) => name))
  refuseMissing([...rules.filter(({ name }) => !given.has(name)), ...(awaited ? [awaited] : [])])
  return { options, positional, extras, ended: undefined }
}

function refuseMissing(absent: readonly { readonly name: string; readonly required?: boolean }[]): void {
  const missing = absent.filter(({ required }) => required).map(({ name }) => name)
  if (missing.length > 0) throw new ArgumentError(`the following arguments are required: ${missing.join(', ')}`, missing[0])
}

function classify(rules: readonly OptionRule[], words: readonly string[]): readonly ClassifiedWord[] {
  const end = words.indexOf('--')
  const before = end === -1 ? words : words.slice(0, end)
  return words.map((_, index) => (index < before.length ? classOf(rules, before[index] ?? '') : index === end ? SEPARATOR : VALUE))
}

function classOf(rules: readonly OptionRule[], word: string): ClassifiedWord {
  if (!word.startsWith('-') || word === '-') return VALUE
  const whole = rules.find(rule => rule.name === word)
  if (whole !== undefined) return { kind: 'option', rule: whole, attached: undefined }
  const equals = word.indexOf('=')
  const name = equals === -1 ? word : word.slice(0, equals)
  const attached = equals === -1 ? undefined : word.slice(equals + 1)
  const named = rules.find(rule => rule.name === name)
  if (named !== undefined) return { kind: 'option', rule: named, attached }
  const [rule, ...others] = word.startsWith('--') ? rules.filter(rule => !rule.exact && rule.name.startsWith(name)) : []
  if (rule !== undefined && others.length > 0) {
    throw new ArgumentError(`ambiguous option: ${word} could match ${[rule, ...others].map(match => match.name).join(', ')}`)
  }
  if (rule !== undefined) return { kind: 'option', rule, attached }
  // A word with a space is a value, and so is a negative number.
  if ((!word.startsWith('--') && NEGATIVE_NUMBER.test(asciiDigits(word))) || word.includes(' ')) return VALUE
  return { kind: 'option', rule: undefined, attached: undefined }
}

function checkInteger(argument: string, value: string): void {
  try {
    int(value)
  } catch (error) {
    throw error instanceof ValueError ? new ArgumentError(`argument ${argument}: invalid int value: ${repr(value)}`) : error
  }
}

function checkChoice(argument: string, choices: readonly string[] | undefined, value: string): void {
  if (choices !== undefined && !choices.includes(value)) throw new InvalidChoice(argument, value, choices)
}
