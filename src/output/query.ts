/** `--query`: JMESPath in aws-cli's words, and what a query will not find, known before the call. The language itself is `../jmespath`. */

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
  /** Throws a Failure where the query does not fit the value. */
  search(value: Value): Value
  /**
   * Whether the query selects nothing but nulls and empty things from `sample`, and will from every reply of its shape. False where a
   * comparison decides, for then it may find something in other values. Throws a Failure where the query does not fit the sample.
   */
  findsNothing(sample: Dict): boolean
  /**
   * Where the query finds nothing in `sample` or does not fit it: the first name that is looked up at a place that has no such member.
   * Undefined where something is found, and where no name is to blame.
   */
  unknownMember(sample: Dict): UnknownMember | undefined
}

interface UnknownMember {
  readonly name: string
  /** What was most likely meant, as a path from the place where `name` was looked up; undefined where nothing is like it. */
  readonly nearest: string | undefined
}

/** Throws a ParameterError in the words of awscli/customizations/globalargs.py (2.36.7). */
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
          // A null is there for want of a name that was missed before.
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

/** The tokens and functions whose answer depends on what a member says, not on whether it is there. */
const WEIGHING: ReadonlySet<Value> = new Set(['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'contains', 'starts_with', 'ends_with'])

const weighsValues = (query: string): boolean => tokenize(query).some(({ type, value }) => WEIGHING.has(type) || WEIGHING.has(value))
