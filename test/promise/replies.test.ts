/** Replies that break off or arrive damaged, through the real SDK and over real connections. */
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Account } from '../support/account.ts'
import { type FakeIam, serve } from '../support/fake-iam.ts'
import { createFor } from './in-process.ts'
import { type Answer, chunked, type Middle, type Tamper, tampering } from './tampering.ts'
import type { Verdict } from './verdict.ts'

const FULL = process.env.IAMKEY_SWEEP === 'full'

const account = new Account({ users: ['Bob', 'ops'] })
let iam: FakeIam
let middle: Middle
/** What happens to the next reply to CreateAccessKey; later ones arrive as they are. */
let tamper: ((answer: Answer) => Buffer) | undefined

beforeAll(async () => {
  iam = await serve(account)
  const once: Tamper = (answer, action) => {
    const change = action === 'CreateAccessKey' ? tamper : undefined
    if (change) tamper = undefined
    return change ? change(answer) : Buffer.concat([answer.head, answer.body])
  }
  middle = await tampering(iam.endpoint, once)
})

afterAll(async () => {
  middle.close()
  await iam.close()
})

async function meet(change: (answer: Answer) => Buffer) {
  tamper = change
  return (await createFor(account, middle.endpoint)).verdict
}

const bytes = ({ head, body }: Answer) => Buffer.concat([head, body])

test.each([
  ['its length known', (answer: Answer) => answer],
  ['in chunks', chunked],
])('a reply cut at any byte, %s, leaves no key behind unnamed', { timeout: 600_000 }, async (_, framed) => {
  let size = 1
  const verdicts = new Set<Verdict>()
  for (let at = 0; at < size; at += FULL ? 1 : 7) {
    const became = await meet(answer => {
      const whole = bytes(framed(answer))
      size = whole.length
      return whole.subarray(0, at)
    })
    verdicts.add(became)
  }
  // Deleted from where the reply named it on.
  expect([...verdicts]).toEqual(['named', 'deleted'])
})

interface Damage {
  /** From zero up to one. */
  readonly at: number
  readonly kind: 'flip' | 'delete' | 'insert' | 'replace'
  readonly with: number
}

function damaged(whole: Buffer, damages: readonly Damage[]): Buffer {
  const out = [...whole]
  for (const { at, kind, with: byte } of damages) {
    const place = Math.floor(at * out.length)
    if (kind === 'flip') out[place] = (out[place] ?? 0) ^ (1 << (byte & 7))
    else if (kind === 'replace') out[place] = byte
    else if (kind === 'delete') out.splice(place, 1)
    else out.splice(place, 0, byte)
  }
  return Buffer.from(out)
}

/** Anywhere alike: fast-check would rather have the first byte. */
const damage = fc.record({
  at: fc.noBias(fc.nat(999_999)).map(millionths => millionths / 1e6),
  kind: fc.constantFrom('flip', 'delete', 'insert', 'replace' as const),
  with: fc.noBias(fc.nat(255)),
})

test('a damaged reply leaves no key behind unnamed, unless it reads as if it were whole', { timeout: 3_600_000 }, async () => {
  const verdicts = new Set<Verdict>()
  const property = fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), fc.boolean(), async (damages, inChunks) => {
    const became = await meet(answer => damaged(bytes(inChunks ? chunked(answer) : answer), damages))
    verdicts.add(became)
    expect(['delivered', 'deleted', 'named', 'to be looked for', 'garbled']).toContain(became)
  })
  await fc.assert(property, { numRuns: FULL ? 20_000 : 150 })
  expect([...verdicts]).toEqual(expect.arrayContaining(['delivered', 'deleted', 'named']))
})

test('an oversized reply is not read to its end, and its key is deleted', async () => {
  const more = ' '.repeat(2 << 20)
  const endless = ({ head, body }: Answer) => {
    const longer = head
      .toString('latin1')
      .replace(/content-length: (\d+)/i, (_, length) => `content-length: ${Number(length) + more.length}`)
    return Buffer.concat([Buffer.from(longer, 'latin1'), body, Buffer.from(more)])
  }
  expect(await meet(endless)).toBe('deleted')
})
