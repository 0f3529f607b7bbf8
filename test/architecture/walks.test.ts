/**
 * The walks of docs/architecture.md, compared with the code. A step is a function and its file; it is called by the step that it is indented
 * under: directly, through a port, or because another file passes it as an argument. The step then names that file.
 */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = new URL('../../', import.meta.url).pathname
const DOCUMENT = fs.readFileSync(path.join(ROOT, 'docs/architecture.md'), 'utf8')

interface Step {
  readonly name: string
  readonly file: string
  /** The file of the port, or the one that passes the function. */
  readonly by: { readonly how: string; readonly file: string } | undefined
  readonly depth: number
}

const STEP = /^( *)- `(\w+)` · \[(src\/[\w/.-]+)\]\([^)]*\)(?:, (through|passed by) \[(src\/[\w/.-]+)\]\([^)]*\))?/gm

const WALKS = [...DOCUMENT.matchAll(/^### (.+)\n([\s\S]*?)(?=^##|(?![\s\S]))/gm)].map(([, title = '', text = '']) => {
  const steps = [...text.matchAll(STEP)].map(
    ([, indent = '', name = '', file = '', how = '', by]): Step => ({
      name,
      file,
      by: by === undefined ? undefined : { how, file: by },
      depth: indent.length / 2,
    }),
  )
  return { title, steps, lines: text.match(/^ *- /gm)?.length }
})

/** Each step with its caller. */
const CALLS = WALKS.flatMap(({ title, steps }) =>
  steps.flatMap((step, index) => {
    const caller = steps.slice(0, index).findLast(({ depth }) => depth === step.depth - 1)
    return caller === undefined ? [] : [{ title, step, caller }]
  }),
)

const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8')

/** The files that a file imports, types and `import()` included. */
const importsOf = (file: string): readonly string[] =>
  [...read(file).matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map(([, first, second]) =>
    path.join(path.dirname(file), first ?? second ?? ''),
  )

/** Whether the file imports the other one, or one that does. */
const reaches = (file: string, other: string): boolean =>
  file === other || importsOf(file).some(imported => imported === other || importsOf(imported).includes(other))

const declares = (file: string, name: string): boolean =>
  new RegExp(`(?:function\\*?|const|class|get) ${name}\\b|^ *(?:async )?${name}(?:<[^(]*>)?\\(|\\b${name}: (?:async )?\\(`, 'm').test(
    read(file),
  )

const calls = (file: string, name: string): boolean => new RegExp(`\\b${name}(?:\\?\\.)?(?:<[^(]*>)?\\(`).test(read(file))

test('each line of a walk is a step', () => {
  expect(WALKS.map(({ steps, lines }) => steps.length - (lines ?? 0))).toEqual(WALKS.map(() => 0))
  expect(WALKS.map(({ steps }) => steps.length > 8)).toEqual(WALKS.map(() => true))
})

describe.each(WALKS)('$title', ({ steps }) => {
  test('each function is in its file', () => {
    expect(steps.filter(({ name, file }) => !declares(file, name)).map(({ name, file }) => `${name} is not in ${file}`)).toEqual([])
  })
})

test('each function is called by the one above it', () => {
  const wrong = CALLS.filter(({ step, caller }) => !calls(caller.file, step.name))
  expect(wrong.map(({ title, step, caller }) => `${title}: ${caller.file} does not call ${step.name}`)).toEqual([])
})

test('each function is known to the one above it, or its port is', () => {
  const wrong = CALLS.filter(({ step, caller }) => {
    const { file, by } = step
    if (by === undefined) return !reaches(caller.file, file)
    if (by.how === 'passed by') return !reaches(by.file, caller.file) || !reaches(by.file, file)
    return !reaches(caller.file, by.file) || !reaches(file, by.file)
  })
  expect(wrong.map(({ title, step, caller }) => `${title}: ${caller.file} does not import ${step.by?.file ?? step.file}`)).toEqual([])
})
