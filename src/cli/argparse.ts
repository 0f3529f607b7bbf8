/**
 * The rules of Python's argparse (3.11) that aws-cli's users can see: which word is an option and which a value, abbreviations, `=`, `--`,
 * negative numbers, what is left over and in which order, which complaint comes first. Knows no option by name; complains in argparse's words.
 */

import { ValueError } from '../python/exceptions.ts'
import { int } from '../python/int.ts'
import { repr } from '../python/repr.ts'

export interface OptionRule {
  /** With its dashes. */
  readonly name: string
  readonly takes: 'nothing' | 'a value' | 'perhaps a value'
  /** The value where `perhaps a value` got none. */
  readonly bare?: string | undefined
  readonly choices?: readonly string[] | undefined
  /** `type=int` */
  readonly integer?: boolean
  readonly required?: boolean
  /** No abbreviation reaches it. */
  readonly exact?: boolean
  /** Nothing after it is looked at. */
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
  /** What was given, in order: the whole name, and the value if there is one. */
  readonly options: readonly (readonly [name: string, value: string | undefined])[]
  readonly positional: string | undefined
  /** What nobody wanted, in argparse's order. */
  readonly extras: readonly string[]
  /** The option that ended it. */
  readonly ended: string | undefined
}

/** A complaint in argparse's words. */
export class ArgumentError extends Error {
  override readonly name: string = 'ArgumentError'
}

/** A word that is none of the choices. The sentence is the caller's: it may know what was meant. */
export class InvalidChoice extends ArgumentError {
  override readonly name = 'InvalidChoice'
  readonly argument: string
  readonly choice: string
  readonly choices: readonly string[]
  constructor(argument: string, choice: string, choices: readonly string[]) {
    super(`argument ${argument}: Found invalid choice '${choice}'`)
    this.argument = argument
    this.choice = choice
    this.choices = choices
  }
}

/** What a word is before anything is consumed. `--` itself is a separator; behind it everything is a value. */
type Word =
  | { readonly kind: 'value' | 'separator' }
  | { readonly kind: 'option'; readonly rule: OptionRule | undefined; readonly attached: string | undefined }

const VALUE: Word = { kind: 'value' }
const SEPARATOR: Word = { kind: 'separator' }
const NEGATIVE_NUMBER = /^-(\d+|\d*\.\d+)$/

/**
 * `ArgumentParser.parse_known_args`, for grammars with at most one positional.
 *
 * @throws ArgumentError, InvalidChoice: the first complaint argparse would have
 */
export function parseKnown({ options: rules, positional: expected }: Grammar, words: readonly string[]): Parsed {
  // All words are classified before any is consumed: an ambiguous abbreviation at the end comes before a missing value at the start.
  const classes = classify(rules, words)
  const kindAt = (index: number) => classes[index]?.kind
  const options: [string, string | undefined][] = []
  const extras: string[] = []
  let positional: string | undefined
  let awaited = expected

  /** An optional positional is settled, if need be with nothing, the first time a word stands where it could have been. */
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
    if (value === undefined && rule.takes === 'a value') throw new ArgumentError(`argument ${rule.name}: expected one argument`)
    if (value !== undefined && rule.integer) checkInteger(rule.name, value)
    if (value !== undefined) checkChoice(rule.name, rule.choices, value)
    options.push([rule.name, value])
    return start + (follows ? 2 : 1)
  }

  const lastOption = classes.findLastIndex(word => word.kind === 'option')
  let index = 0
  while (index <= lastOption) {
    const next = classes.findIndex((word, at) => at >= index && word.kind === 'option')
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
  if (missing.length > 0) throw new ArgumentError(`the following arguments are required: ${missing.join(', ')}`)
}

function classify(rules: readonly OptionRule[], words: readonly string[]): readonly Word[] {
  const end = words.indexOf('--')
  const before = end === -1 ? words : words.slice(0, end)
  return words.map((_, index) => (index < before.length ? classOf(rules, before[index] ?? '') : index === end ? SEPARATOR : VALUE))
}

function classOf(rules: readonly OptionRule[], word: string): Word {
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
  // A word with a space was surely meant as a value, and so was a negative number.
  if ((!word.startsWith('--') && NEGATIVE_NUMBER.test(word)) || word.includes(' ')) return VALUE
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
