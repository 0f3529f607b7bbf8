/** The README's help blocks → as they are now (`npm run docs`). A block is `text`, and its first line the command that prints the rest. */

import * as fs from 'node:fs'
import { helpText } from '../src/cli/help.ts'
import { commands } from '../src/commands/index.ts'

export const withCurrentHelp = (readme: string): string =>
  readme.replace(/(?<=^```text\n)\$ iamkey (?:(\S+) )?help\n[\s\S]*?(?=^```$)/gm, (block, name?: string) => {
    const command = commands.find(command => command.name === name)
    return block.slice(0, block.indexOf('\n') + 1) + helpText(commands, command, { columns: 80, color: false })
  })

if (process.argv[1] === import.meta.filename) fs.writeFileSync('README.md', withCurrentHelp(fs.readFileSync('README.md', 'utf8')))
