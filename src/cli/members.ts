/** A command's zod object, read: its members, the flags they are given by, and what a help text or a skeleton says of them. */

import * as z from 'zod/mini'
import type { Command } from '../core/command.ts'
import { INPUT_OPTIONS, type Option, PAGING_OPTIONS } from '../core/options.ts'

export interface Member {
  /** As the service spells it: `UserName`. */
  readonly name: string
  /** `user-name` */
  readonly option: string
  readonly required: boolean
  readonly help: string
  /** A whole number, not text. */
  readonly integer: boolean
  /** What an enumeration allows; undefined for free text. */
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

/** The options of a command: a flag for each member, its other options, then the ways to give all members at once. */
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

/** The flag of the member that limits a page stands for all pages, unless they are asked for one by one. */
const MAX_ITEMS = 'Results to show at most. Where there are more, NextToken says where to go on.'

/** `AccessKeyId` → `access-key-id`, `PolicyARNs` → `policy-arns`: `xform_name` (botocore/__init__.py, aws-cli 2.36.7). */
export const optionName = (member: string): string =>
  member
    .replace(/[A-Z]{2,}s$/, plural => `-${plural.toLowerCase()}`)
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
