import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { History } from '../../src/rotation/journal.ts'
import { decodeTag, encodeTag, LONGEST_VALUE, type TagContent } from '../../src/rotation/tag-value.ts'

const AT = Date.UTC(2026, 0, 31)
const [OLD, NEW] = ['AKIAIOSFODNN7EXAMPLE', 'AKIAI44QH8DHBEXAMPLE']
const content = (history: Partial<History>, more: Partial<TagContent> = {}): TagContent => ({
  run: 'k3x9',
  at: AT,
  ended: false,
  history: { keys: {}, stores: {}, ...history },
  ...more,
})

describe('what a run has written is read again', () => {
  const created = { at: AT, replaces: { [OLD]: 'held' } } as const
  test.each<[string, TagContent]>([
    ['nothing', content({})],
    ['the end', content({}, { ended: true })],
    ['asked', content({ requested: { first: AT, last: AT + 5000, before: [OLD] } })],
    ['created', content({ keys: { [NEW]: { created } } })],
    ['created beside one that is not in a store', content({ keys: { [NEW]: { created: { at: AT, replaces: { [OLD]: 'elsewhere' } } } } })],
    [
      'storing',
      content({ keys: { [NEW]: { created } }, stores: { 'a_-Z09': { stored: { id: OLD, at: AT }, storing: [{ id: NEW, at: AT }] } } }),
    ],
    [
      'handed over',
      content({ keys: { [NEW]: { created, handedOver: created } }, stores: { abcdef: { stored: { id: NEW, at: AT }, storing: [] } } }),
    ],
    ['deactivated and deleted', content({ keys: { [OLD]: { deactivated: AT, deleted: AT }, [NEW]: { created, handedOver: created } } })],
  ])('%s', (_, said) => {
    expect(decodeTag(encodeTag(said))).toEqual(said)
  })

  test('whatever it says', () => {
    const id = fc.stringMatching(/^AKIA[A-Z2-7]{16}$/)
    const at = fc.integer({ min: 0, max: 2_000_000_000 }).map(seconds => Date.UTC(2020, 0, 1) + seconds * 1000)
    const history = fc.uniqueArray(id, { minLength: 1, maxLength: 6 }).chain(ids => {
      const one = fc.constantFrom(...ids)
      const event = fc.record({ id: one, at })
      const succession = fc.record({ at, replaces: fc.dictionary(one, fc.constantFrom('held', 'elsewhere'), { noNullPrototype: true }) })
      const optional = { requiredKeys: [] }
      return fc.record(
        {
          keys: fc.dictionary(
            one,
            fc
              .record({ created: succession, handedOver: succession, deactivated: at, deleted: at }, optional)
              .filter(key => Object.keys(key).length > 0),
            { noNullPrototype: true },
          ),
          stores: fc.dictionary(
            fc.stringMatching(/^[\w-]{6}$/),
            fc.record({ stored: event, storing: fc.array(event, { maxLength: 2 }) }, { requiredKeys: ['storing'] }),
            { noNullPrototype: true },
          ),
          requested: fc.record({ first: at, last: at, before: fc.uniqueArray(one) }),
        },
        { requiredKeys: ['keys', 'stores'] },
      )
    })
    fc.assert(
      fc.property(history, fc.boolean(), (said, ended) => {
        const whole = content(said as History, { ended })
        const value = encodeTag(whole)
        expect(value).toMatch(/^[\w +\-=.:/@]*$/)
        expect(decodeTag(value)).toEqual(whole)
      }),
    )
  })
})

test('what is between two seconds is later, but for the moment from which on a key may have been made', () => {
  const said = content({ requested: { first: AT + 1, last: AT + 1, before: [] } }, { at: AT + 1 })
  expect(decodeTag(encodeTag(said))).toEqual(content({ requested: { first: AT, last: AT + 1000, before: [] } }, { at: AT + 1000 }))
})

test('a rotation into six stores fits', () => {
  const replaces = { [OLD]: 'held' } as const
  const stores = Object.fromEntries(
    Array.from({ length: 6 }, (_, nth) => [`store${nth}`, { stored: { id: OLD, at: AT }, storing: [{ id: NEW, at: AT }] }]),
  )
  const value = encodeTag(content({ keys: { [NEW]: { created: { at: AT, replaces }, handedOver: { at: AT, replaces } } }, stores }))
  expect(value.length).toBeLessThanOrEqual(LONGEST_VALUE)
  expect(value).toBe(
    '1.k3x9.36atc0 kAKIAIOSFODNN7EXAMPLE kAKIAI44QH8DHBEXAMPLE.c36atc0+0.h36atc0+0 ' +
      Array.from({ length: 6 }, (_, nth) => `sstore${nth}=036atc0:136atc0`).join(' '),
  )
})

test.each([
  '',
  'x',
  '2.k3x9.36atc0',
  '1.k3x9',
  '1.k3x9.36atc0 what',
  '1.k3x9.36atc0 kAKIA.z36atc0',
  '1.k3x9.36atc0  ',
  'AKIAIOSFODNN7EXAMPLE',
])('is not of this program: %j', value => {
  expect(decodeTag(value)).toBe(undefined)
})
