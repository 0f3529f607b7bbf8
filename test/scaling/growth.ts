/**
 * How the work grows with the input: the same done to n, 2n and 4n, and the ratio of the processor time judged, for seconds tell of the
 * machine. What is linear takes four times as much for four times the input; what copies, or looks at again, what it has, takes sixteen.
 */

import { expect } from 'vitest'

/** Between four, with room for what sorting and the garbage collector add, and sixteen. */
const MOST = 8
/** Of a machine that others use too the least of several runs counts, and as many are made as it takes. */
const ROUNDS = 12
/** Milliseconds after which no further round is begun. */
const PATIENCE = 10_000
/** Below this, in milliseconds, a ratio tells of chance: memory that is used for the first time, and code that is not yet compiled. */
const LEAST = 2

/** How many times as much the work takes for 4n as for n. Stops as soon as that is little enough. */
export async function growth<Input>(n: number, make: (n: number) => Input, work: (input: Input) => unknown): Promise<number> {
  const inputs = [n, 2 * n, 4 * n].map(make)
  const least = inputs.map(() => Number.POSITIVE_INFINITY)
  let ratio = Number.POSITIVE_INFINITY
  const began = performance.now()
  for (let round = 0; round < ROUNDS && ratio > MOST && performance.now() - began < PATIENCE; round++) {
    for (const [index, input] of inputs.entries()) {
      const before = process.cpuUsage()
      await work(input)
      const { user, system } = process.cpuUsage(before)
      least[index] = Math.min(least[index] ?? 0, (user + system) / 1000)
    }
    const [one = 0, two = 0, four = 0] = least
    // What is quadratic shows in both steps; an outlier in one of them.
    ratio = Math.min(four / Math.max(one, LEAST), (four / Math.max(two, LEAST)) ** 2)
  }
  return ratio
}

/** @param n so many that what is quadratic would take seconds for 4n */
export async function expectLinear<Input>(n: number, make: (n: number) => Input, work: (input: Input) => unknown): Promise<void> {
  expect(await growth(n, make, work)).toBeLessThan(MOST)
}
