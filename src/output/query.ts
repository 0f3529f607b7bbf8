/** `--query`: compiles a JMESPath expression with aws-cli's error messages, and finds out before the call whether it selects anything. */

import { Failure, ParameterError } from '../core/errors.ts'
import type { Node } from '../jmespath/ast.ts'
import { type OnMissing, search } from '../jmespath/evaluate.ts'
import { type Item, isList, isMembers } from '../jmespath/items.ts'
import { tokenize } from '../jmespath/lexer.ts'
import { parse } from '../jmespath/parser.ts'
import { RecursionError, ValueError } from '../python/exceptions.ts'
import type { Dict, Value } from '../python/value.ts'
import { nearest } from './nearest.ts'

export interface Query {
  /** Throws a Failure if the query does not fit the value. */
  search(value: Value): Value
  /**
   * Whether the query selects only nulls and empty values from `sample`, and therefore from every reply of its shape. False if a comparison
   * decides, because other values may pass it. Throws a Failure if the query does not fit the sample.
   */
  findsNothing(sample: Dict): boolean
  /**
   * The first name that the query looks up where the sample has no such member. Undefined if the query selects something, or if no name
   * is the reason that it does not.
   */
  unknownMember(sample: Dict): UnknownMember | undefined
}

interface UnknownMember {
  readonly name: string
  /** The path of the most similar member, relative to the value that `name` was looked up in; undefined if none is similar. */
  readonly nearest: string | undefined
}

/** Throws a ParameterError with the message of awscli/customizations/globalargs.py (2.36.7). */
export function compileQuery(text: string): Query {
  const tree = readTree(text)
  const ask = (value: Value, onMissing?: OnMissing): Value => {
    try {
      return search(tree, value, onMissing)
    } catch (error) {
      throw isComplaint(error) ? new Failure(error.message, { cause: error }) : error
    }
  }
  const findsNothing = (sample: Dict, onMissing?: OnMissing): boolean => isNothing(ask(sample, onMissing)) && !weighsValues(text)
  return {
    search: value => ask(value),
    findsNothing: sample => findsNothing(sample),
    unknownMember: sample => {
      const missing: UnknownMember[] = []
      try {
        const nothing = findsNothing(sample, (name, item) => {
          // A lookup in null follows from an earlier missing name.
          if (item !== null) missing.push({ name, nearest: isMembers(item) ? nearest(name, item) : undefined })
        })
        if (!nothing) return undefined
      } catch (error) {
        if (!(error instanceof Failure)) throw error
      }
      return missing[0]
    },
  }
}

function readTree(text: string): Node {
  try {
    return parse(text)
  } catch (error) {
    throw isComplaint(error) ? new ParameterError(`Bad value for --query ${text}: ${error.message}`, { cause: error }) : error
  }
}

const isComplaint = (error: unknown): error is ValueError | RecursionError => error instanceof ValueError || error instanceof RecursionError

function isNothing(item: Item): boolean {
  if (isList(item)) return item.every(isNothing)
  return isMembers(item) ? Array.from(item.values()).every(isNothing) : item === null
}

/** The tokens and functions whose result depends on a member's value, not only on its presence. */
const WEIGHING: ReadonlySet<Value> = new Set(['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'contains', 'starts_with', 'ends_with'])

const weighsValues = (query: string): boolean => tokenize(query).some(({ type, value }) => WEIGHING.has(type) || WEIGHING.has(value))
