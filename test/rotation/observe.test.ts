import { expect, test } from 'vitest'
import type { Iam, Operations, Reply } from '../../src/core/iam.ts'
import { observe } from '../../src/rotation/observe.ts'

const NOW = Date.UTC(2026, 0, 31)

const OUTPUTS: Partial<{ readonly [O in keyof Operations]: Operations[O]['output'] }> = {
  ListAccessKeys: {
    AccessKeyMetadata: [{ AccessKeyId: 'AKIANEW', Status: 'Active', CreateDate: '2026-01-31T00:00:00.4Z' }],
    IsTruncated: false,
  },
  GetAccessKeyLastUsed: { UserName: 'Bob', AccessKeyLastUsed: {} },
}
const iam: Iam = {
  call: async <O extends keyof Operations>(operation: O) => ({ output: OUTPUTS[operation], serverTime: NOW }) as Reply<O>,
}

test('by a service whose dates are finer than its clock no key comes from the future', async () => {
  const { signal } = new AbortController()
  const situation = await observe('Bob', undefined, {
    iam,
    signingKey: undefined,
    clock: { now: () => NOW, sleep: async () => {} },
    signals: { received: undefined, interrupt: signal, deadline: signal, release() {} },
    maxAttempts: 1,
    random: () => 0,
    stores: [],
    debug() {},
  })
  expect(situation).toMatchObject({ now: NOW, keys: [{ AccessKeyId: 'AKIANEW', created: NOW, used: 'never' }] })
})
