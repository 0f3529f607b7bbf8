/** The help blocks of the documents → as they are now (`npm run docs`). A block is `text`, and its first line the command that prints the rest. */

import * as fs from 'node:fs'
import { helpText } from '../src/cli/help.ts'
import { commands } from '../src/commands/index.ts'

/** Every document that a reader of the repository meets, from its top. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...fs
    .readdirSync(new URL('../docs', import.meta.url))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
]

export const withCurrentHelp = (document: string): string =>
  document.replace(/(?<=^```text\n)\$ iamkey (?:(\S+) )?help\n[\s\S]*?(?=^```$)/gm, (block, name?: string) => {
    const command = commands.find(command => command.name === name)
    return block.slice(0, block.indexOf('\n') + 1) + helpText(commands, command, { columns: 80, color: false })
  })

if (process.argv[1] === import.meta.filename) {
  for (const name of DOCUMENTS) fs.writeFileSync(name, withCurrentHelp(fs.readFileSync(name, 'utf8')))
}
