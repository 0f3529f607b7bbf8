import { expect, test } from 'vitest'
import { nodeHost } from '../../src/node/host.ts'

const homeOn = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv) =>
  nodeHost(Object.create(process, { platform: { value: platform }, env: { value: env } })).home

test.each<[NodeJS.Platform, string]>([
  ['linux', '/home/me'],
  ['darwin', '/home/me'],
  ['win32', String.raw`C:\Users\me`],
])('home on %s is where Python finds it', (platform, home) => {
  expect(homeOn(platform, { HOME: '/home/me', USERPROFILE: String.raw`C:\Users\me` })).toBe(home)
})

test('an account has a home where no variable names it', () => {
  expect(homeOn('linux', {})).toMatch(/^\//)
})
