/** Reads the members of a command from its zod object: names, options, types and help texts. */

import * as z from 'zod/mini'
import type { Command } from '../core/command.ts'
import { INPUT_OPTIONS, type Option, PAGING_OPTIONS } from '../core/options.ts'

export interface Member {
  /** The service's name: `UserName`. */
  readonly name: string
  /** `user-name` */
  readonly option: string
  readonly required: boolean
  readonly help: string
  /** An integer, not text. */
  readonly integer: boolean
  /** The values of an enumeration; undefined for free text. */
  readonly values: readonly string[] | undefined
}

export const membersOf = ({ input }: Pick<Command, 'input'>): readonly Member[] =>
  Object.entries(input().shape).map(([name, schema]) => {
    const required = !(schema instanceof z.ZodMiniOptional)
    const inner = schema instanceof z.ZodMiniOptional ? schema.def.innerType : schema
    return {
      name,
      option: optionName(name),
      required,
      help: z.globalRegistry.get(schema)?.description ?? '',
      integer: inner instanceof z.ZodMiniBigInt,
      values: inner instanceof z.ZodMiniEnum ? inner.options.map(String) : undefined,
    }
  })

/** The options of a command: one per member, then its other options, then those for a whole document. */
export const optionsOf = (command: Pick<Command, 'input' | 'options' | 'paging'>): readonly Option[] => [
  ...membersOf(command).map(({ name, option, required, integer, help }) => ({
    name: option,
    value: integer ? 'number' : 'string',
    integer,
    help: name === command.paging?.limit ? MAX_ITEMS : help.trim(),
    required,
  })),
  ...(command.paging ? PAGING_OPTIONS : []),
  ...(command.options ?? []),
  ...INPUT_OPTIONS,
]

/** Unless pages are requested one by one, the option of the page limit applies to all pages together. */
const MAX_ITEMS = 'Maximum number of results. If there are more, the output has a NextToken to continue from.'

/** `AccessKeyId` → `access-key-id`, `PolicyARNs` → `policy-arns`: `xform_name` (botocore/__init__.py, aws-cli 2.36.7). */
export const optionName = (member: string): string =>
  (member.endsWith('s') ? member.replace(/[A-Z]{2,}s$/, plural => `-${plural.toLowerCase()}`) : member)
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
