/** Runs the transcripts against the built program; `support/transcript.ts` says how they are written. */
import * as fs from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse, replay } from './support/transcript.ts'

const folder = new URL('transcripts/', import.meta.url)

describe.each(fs.readdirSync(folder))('%s', name => {
  const { paragraphs, files } = parse(fs.readFileSync(new URL(name, folder), 'utf8'))
  const titled = paragraphs.map(paragraph => [paragraph.split('\n', 1)[0]?.slice(2), paragraph] as const)
  test.concurrent.each(titled)('%s', async (_, paragraph) => {
    expect(await replay(paragraph, files)).toBe(paragraph)
  })
})
