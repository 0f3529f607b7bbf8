/** Reads the files in `recorded/`: blocks of a name, a value as JSON and what aws-cli 2.36.7 printed for it. */

import * as fs from 'node:fs'
import { loads } from '../../src/python/json-decoder.ts'
import type { Value } from '../../src/python/value.ts'

export interface Recorded {
  readonly name: string
  readonly value: Value
  readonly printed: string
}

export const recorded = (file: string): readonly Recorded[] =>
  fs
    .readFileSync(new URL(`./recorded/${file}`, import.meta.url), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map(block => {
      const [name = '', json = '', ...lines] = block.split('\n')
      // An empty line stands between two blocks.
      return { name, value: loads(json), printed: lines.slice(0, -1).join('\n') }
    })
