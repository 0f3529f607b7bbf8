/** An input document to fill in: `--generate-cli-skeleton` (customizations/generatecliskeleton.py, aws-cli 2.36.7). */

import type { Command } from '../core/command.ts'
import { dumps } from '../python/json.ts'
import { type Member, membersOf } from './members.ts'

export function skeleton(command: Command, kind: 'input' | 'yaml-input'): string {
  const members = membersOf(command)
  if (kind === 'yaml-input') return members.map(yamlLine).join('')
  return `${dumps(new Map(members.map(member => [member.name, placeholder(member)])), { indent: 4 })}\n`
}

const placeholder = ({ integer, values: [first = ''] = [] }: Member): string | bigint => (integer ? 0n : first)

/** ruamel.yaml puts two spaces before the first comment and one before the others. */
function yamlLine(member: Member, index: number): string {
  const { name, required, help, values } = member
  const comment = [required ? '[REQUIRED] ' : '', help, values === undefined ? '' : ` Valid values are: ${values.join(', ')}.`].join('')
  return `${name}: ${placeholder(member) === '' ? "''" : placeholder(member)}${index === 0 ? '  ' : ' '}# ${comment}\n`
}
