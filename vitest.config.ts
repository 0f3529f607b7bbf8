import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Whole invocations of the built program take a while on a busy machine.
    testTimeout: 30_000,
    maxWorkers: 2,
  },
})
