/** Creates the files of the package that are not kept in the repository. `npm pack` runs it first. */

import * as fs from 'node:fs'
import { build } from '../build.ts'
import manifest from '../package.json' with { type: 'json' }
import { completion, SHELLS } from '../src/cli/completion.ts'
import { commands } from '../src/commands/index.ts'
import { manual } from './manual.ts'
import { bom, licenses, partsOf } from './third-parties.ts'

const parts = partsOf(await build('.'))

for (const folder of ['man', 'completions']) {
  fs.rmSync(folder, { recursive: true, force: true })
  fs.mkdirSync(folder)
}
fs.writeFileSync('man/iamkey.1', manual(commands, manifest.version))
for (const [shell, { file }] of Object.entries(SHELLS)) {
  fs.writeFileSync(`completions/${file}`, await completion([shell], commands, () => new Map()))
}
fs.writeFileSync('THIRD-PARTY-LICENSES', licenses(parts))
fs.writeFileSync('sbom.cdx.json', bom(parts, manifest))
