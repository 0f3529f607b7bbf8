import { expect, test } from 'vitest'
import { inLanes } from '../../src/audit/lanes.ts'

const soon = () => new Promise(resolve => setImmediate(resolve))

test('each item once, in order, and no more at a time than there are lanes', async () => {
  const busy = new Set<string>()
  let most = 0
  const items = Array.from({ length: 50 }, (_, index) => index)
  const results = await inLanes(items, ['a', 'b', 'c'], async (item, lane) => {
    expect(busy.has(lane)).toBe(false)
    busy.add(lane)
    most = Math.max(most, busy.size)
    for (let turn = item % 3; turn >= 0; turn--) await soon()
    busy.delete(lane)
    return item * 2
  })
  expect([results, most]).toEqual([items.map(item => item * 2), 3])
})

test('nothing is begun after a failure', async () => {
  const begun: number[] = []
  const work = async (item: number) => {
    begun.push(item)
    await soon()
    if (item === 1) throw new Error('no')
    await soon()
  }
  await expect(inLanes([0, 1, 2, 3, 4], ['a', 'b'], work)).rejects.toThrow('no')
  for (let turn = 0; turn < 5; turn++) await soon()
  expect(begun).toEqual([0, 1])
})

test('no items', async () => {
  expect(await inLanes([], ['a'], async () => 1)).toEqual([])
})
