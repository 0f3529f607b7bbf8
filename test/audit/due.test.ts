import { describe, expect, test } from 'vitest'
import { dueVerdict, exemption } from '../../src/audit/due.ts'
import { parseAuditOptions } from '../../src/audit/options.ts'
import { ParameterError } from '../../src/core/errors.ts'
import type { Flags } from '../../src/core/options.ts'

const NOW = Date.UTC(2026, 0, 1)
const ago = (days: number) => NOW - days * 86_400_000
const flags = (typed: Readonly<Record<string, string | readonly string[] | boolean>>) => typed as unknown as Flags
const active = (created: number | undefined, used?: number) => ({ active: true, created, used })

describe('a key is judged', () => {
  const AGE = { olderThan: '90d' }
  const USE = { unusedFor: '45d' }
  const BOTH = { ...AGE, ...USE }
  test.each<[string, ReturnType<typeof active>, Readonly<Record<string, string>>, boolean, string]>([
    ['at the limit', active(ago(90)), AGE, true, 'older than 90d'],
    ['a moment before it', active(ago(90) + 1), AGE, false, 'younger than 90d'],
    ['by 90 days where nothing is said', active(ago(90)), {}, true, 'older than 90d'],
    ['inactive', { ...active(ago(900)), active: false }, BOTH, false, 'inactive'],
    ['without a date', active(undefined), AGE, true, 'of unknown age'],
    ['not by age where only use is asked for', active(ago(900), ago(1)), USE, false, 'used within 45d'],
    ['unused at the limit', active(ago(900), ago(45)), USE, true, 'not used for 45d'],
    ['used a moment before it', active(ago(900), ago(45) + 1), USE, false, 'used within 45d'],
    ['never used, and old', active(ago(45)), USE, true, 'never used'],
    ['never used, and young', active(ago(44)), USE, false, 'younger than 45d'],
    ['without a date, and never used', active(undefined), USE, true, 'never used'],
    ['without a date, and used', active(undefined, ago(44)), USE, false, 'used within 45d'],
    ['by both', active(ago(90), ago(50)), BOTH, true, 'older than 90d, not used for 45d'],
    ['by one of both', active(ago(90), ago(1)), BOTH, true, 'older than 90d'],
    ['by neither', active(ago(80), ago(1)), BOTH, false, 'younger than 90d, used within 45d'],
    ['made after the report', active(NOW + 1000), AGE, false, 'younger than 90d'],
    ['with 0d', active(NOW), { olderThan: '0d' }, true, 'older than 0d'],
  ])('%s', (_, key, typed, due, why) => {
    expect(dueVerdict(key, parseAuditOptions(flags(typed)), NOW)).toEqual({ due, why })
  })
})

describe('--exempt-tag', () => {
  const tags = [
    { Key: 'Team', Value: 'ci' },
    { Key: 'Rotation', Value: 'a=b' },
    { Key: 'Empty', Value: '' },
  ]
  test.each([
    ['Team', 'Team'],
    ['team', 'Team'],
    ['TEAM=ci', 'Team'],
    ['Team=CI', undefined],
    ['Team=', undefined],
    ['Rotation=a=b', 'Rotation'],
    ['Empty=', 'Empty'],
    ['Other', undefined],
  ])('%s', (typed, key) => {
    expect(exemption(tags, parseAuditOptions(flags({ exemptTag: [typed] })).exemptTags)?.Key).toBe(key)
  })
})

test.each([
  [{ olderThan: '90' }, 'Bad value for --older-than 90: days, hours or minutes, as in 90d, 12h or 30m'],
  [{ unusedFor: 'x' }, 'Bad value for --unused-for x: days, hours or minutes, as in 90d, 12h or 30m'],
  [{ exemptTag: ['=x'] }, 'Bad value for --exempt-tag =x: KEY or KEY=VALUE'],
  [{ exemptTag: ['a', ''] }, 'Bad value for --exempt-tag : KEY or KEY=VALUE'],
])('%j is refused', (typed, message) => {
  expect(() => parseAuditOptions(flags(typed))).toThrow(new ParameterError(message))
})
