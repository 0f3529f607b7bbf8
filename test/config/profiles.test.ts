import { expect, test } from 'vitest'
import { readProfiles } from '../../src/config/profiles.ts'
import { testHost } from '../support/host.ts'

const read = (config: string, credentials = '', env = {}) =>
  readProfiles(testHost({ env: { HOME: '/home/me', ...env }, files: { '~/.aws/config': config, '~/.aws/credentials': credentials } }))

const names = (sections: ReadonlyMap<string, unknown>) => [...sections.keys()]
const region = (config: string, credentials = '', profile = 'default') => read(config, credentials).merged.get(profile)?.get('region')

test('missing files are no failure, and have no profiles', () => {
  const profiles = readProfiles(testHost({ env: { HOME: '/home/me' } }))
  expect(names(profiles.merged)).toEqual([])
  expect(profiles.configFile.path).toBe('/home/me/.aws/config')
  expect(profiles.credentialsFile.path).toBe('/home/me/.aws/credentials')
})

// Recorded from aws-cli 2.36.7: which names --profile accepts, and which sections count as what.
test.each([
  ['[default]', ['default']],
  ['[profile p]', ['p']],
  ['[profile\tp]', ['p']],
  ['[profile   "a b"]', ['a b']],
  [`[profile 'it'"'"s]`, ["it's"]],
  ['[profiles p]', ['p']],
  ['[profile prod-é]', ['prod-é']],
  ['[profile a b]', []],
  ['[profile "open]', []],
  ['[profile]', []],
  ['[p]', []],
  ['[Profile p]', []],
  ['[default ]', []],
])('%j in the config file makes the profiles %j', (config, profiles) => expect(names(read(config).configFile.profiles)).toEqual(profiles))

test('a title in the credentials file is the name as it stands', () => {
  expect(names(read('', '[p]\n[profile q]\n[a b]').merged)).toEqual(['p', 'profile q', 'a b'])
})

test('sso-session and services sections are no profiles, nor is anything else', () => {
  const profiles = read('[sso-session s]\nsso_region=r\n[services "t u"]\niam=\n  endpoint_url=e\n[plugins]\nx=y')
  expect(names(profiles.merged)).toEqual([])
  expect(profiles.ssoSessions.get('s')?.get('sso_region')).toBe('r')
  expect(profiles.services.get('t u')?.get('iam')).toEqual(new Map([['endpoint_url', 'e']]))
})

test.each([
  ['[default]\nregion=a\n[profile default]\nregion=b', 'b'],
  ['[profile default]\nregion=b\n[default]\nregion=a', 'a'],
  ['[default]\nregion=a\n[profile default]\noutput=text', undefined],
])('of [default] and [profile default] the later one is the profile, whole: %j', (config, expected) => {
  expect(region(config)).toBe(expected)
})

test('the credentials file wins key by key', () => {
  const profiles = read('[profile p]\nregion=config\noutput=text', '[p]\nregion=credentials')
  expect(profiles.merged.get('p')).toEqual(
    new Map([
      ['region', 'credentials'],
      ['output', 'text'],
    ]),
  )
  expect(profiles.configFile.profiles.get('p')?.get('region')).toBe('config')
  expect(profiles.credentialsFile.profiles.get('p')).toEqual(new Map([['region', 'credentials']]))
})

test.each([
  ['~/c', '/home/me/c'],
  ['$DIR/c', '/dir/c'],
  [`\${DIR}/c`, '/dir/c'],
  ['/nowhere', '/nowhere'],
])('AWS_CONFIG_FILE=%s is %s', (where, path) => {
  const env = { HOME: '/home/me', DIR: '/dir', AWS_CONFIG_FILE: where }
  expect(readProfiles(testHost({ env })).configFile.path).toBe(path)
})

test.each([
  ['an empty path', ''],
  ['a directory', '/home/me/.aws'],
])('AWS_CONFIG_FILE that is %s counts as an empty file', (_what, where) => {
  expect(names(read('[default]', '[p]', { AWS_CONFIG_FILE: where }).merged)).toEqual(['p'])
})

test('a file that cannot be parsed is named; the reason is for the debug log', () => {
  const host = testHost({ env: { HOME: '/home/me' }, files: { '~/.aws/credentials': '[p]\naws_secret_access_key = S3CRET\nx' } })
  expect(() => readProfiles(host)).toThrow('Unable to parse config file: /home/me/.aws/credentials')
  expect(host.debugged).toContain('config: /home/me/.aws/credentials: line 3: neither [section] nor key = value')
  expect(host.debugged.join()).not.toContain('S3CRET')
})

test('the config file is complained of first', () => {
  expect(() => read('[x', '[x')).toThrow('Unable to parse config file: /home/me/.aws/config')
})
