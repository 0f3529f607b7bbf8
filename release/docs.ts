/**
 * Regenerates the parts of the documents that are made from tables (`npm run docs`): help texts, in `text` blocks whose first line is the
 * command, and the list of stores, between two comments.
 */

import * as fs from 'node:fs'
import { helpText } from '../src/cli/help.ts'
import { helpTemplate } from '../src/cli/help-template.ts'
import { commands } from '../src/commands/index.ts'
import { STORE_KINDS, syntaxOf } from '../src/stores/index.ts'
import { STORE_CODE } from '../src/stores/open.ts'

/** Every document for users and contributors, by its path in the repository. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...fs
    .readdirSync(new URL('../docs', import.meta.url))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
]

/** The document with its generated parts as the tables are now. */
export const regenerated = (document: string): string => withCurrentStores(withCurrentHelp(document))

const withCurrentHelp = (document: string): string =>
  document.replace(/(?<=^```text\n)\$ iamkey (?:(\S+) )?help\n[\s\S]*?(?=^```$)/gm, (block, name?: string) => {
    const command = commands.find(command => command.name === name)
    return block.slice(0, block.indexOf('\n') + 1) + helpText(helpTemplate(commands, command), { columns: 80, color: false })
  })

const stores = await Promise.all(STORE_KINDS.map(async row => [syntaxOf(row), (await STORE_CODE[row.kind]()).summary] as const))

const withCurrentStores = (document: string): string => {
  const rows = stores.map(([syntax, summary]) => `| \`${syntax}\` | ${summary} |`)
  return document.replace(
    /(?<=^<!-- stores -->\n)[\s\S]*?(?=^<!-- end -->$)/gm,
    ['| store | what it is |', '| --- | --- |', ...rows, ''].join('\n'),
  )
}

if (process.argv[1] === import.meta.filename) {
  for (const name of DOCUMENTS) fs.writeFileSync(name, regenerated(fs.readFileSync(name, 'utf8')))
}
