import { describe, expect, test } from 'vitest'
import { checkHost, configuredEndpoint, isOfAws, type ServiceName, usableUrl } from '../../src/config/endpoint.ts'
import { readProfiles } from '../../src/config/profiles.ts'
import { chooseProfile } from '../../src/config/settings.ts'
import { testHost } from '../support/host.ts'

function endpoint(env: Record<string, string>, config: string, service: ServiceName = 'iam') {
  const host = testHost({ env, files: { '~/.aws/config': `[default]\n${config}` } })
  const profiles = readProfiles(host)
  return { url: configuredEndpoint(service, chooseProfile({}, profiles, host), profiles), debugged: host.debugged }
}

const SERVICES = 'services = s\nendpoint_url = http://profile\n[services s]\niam =\n  endpoint_url = http://services\n'

// Recorded from aws-cli 2.36.7: where the call went.
test.each([
  [{}, '', undefined],
  [{ AWS_ENDPOINT_URL: 'http://all' }, SERVICES, 'http://all'],
  [{ AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_IAM: 'http://own' }, SERVICES, 'http://own'],
  [{ AWS_ENDPOINT_URL_STS: 'http://other' }, SERVICES, 'http://services'],
  [{ AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_IAM: '' }, SERVICES, 'http://services'],
  [{}, SERVICES.replace('iam', 'sts'), 'http://profile'],
  [{}, SERVICES.replace('http://services', ''), 'http://profile'],
  [{}, 'endpoint_url =', undefined],
  [{ AWS_ENDPOINT_URL: ' http://blank' }, '', 'http://blank'],
  [{ AWS_ENDPOINT_URL: 'http://all' }, 'services = missing', 'http://all'],
])('%j with %j: %s', (env, config, url) => expect(endpoint(env, config).url).toBe(url))

test('the other services have their own names', () => {
  const env = { AWS_ENDPOINT_URL_SSO_OIDC: 'http://oidc', AWS_ENDPOINT_URL_SIGNIN: 'http://signin' }
  expect(endpoint(env, '', 'sso_oidc').url).toBe('http://oidc')
  expect(endpoint(env, '', 'signin').url).toBe('http://signin')
  expect(endpoint(env, '', 'sso').url).toBeUndefined()
})

test('the debug log says where it comes from, without a password', () => {
  expect(endpoint({ AWS_ENDPOINT_URL: 'http://me:pass@host/x' }, '').debugged).toContain(
    'settings: endpoint of iam is "http://...@host/x" ($AWS_ENDPOINT_URL)',
  )
})

describe('nothing goes to AWS because of a mistake', () => {
  test.each([
    ['services = s', 'The profile is configured to use the services section but the "s" services configuration does not exist.'],
    ['services =', 'The profile is configured to use the services section but the "" services configuration does not exist.'],
    [
      'services = s\n[services s]',
      'The profile is configured to use the services section but the "s" services configuration does not exist.',
    ],
    ['services = s\n[services s]\niam = http://x', 'The value of iam in [services s] must be a block of settings, not text'],
    ['endpoint_url =\n  a = b', 'The value of endpoint_url in the config file must be text, not a block of settings'],
  ])('%j', (config, sentence) => expect(() => endpoint({}, config)).toThrow(sentence))
})

// Recorded from aws-cli 2.36.7: "Invalid endpoint" or a connection attempted.
test.each([
  'http://h',
  'http://h.',
  'http://h:1/x?y#z',
  'http://u:p@h',
  'http://a@b@h',
  'HTTPS://H.example',
  'http://[::1]:1',
  'http://[fe80::1%25eth0]',
  '//h',
  ' http://h',
  'x://h',
  'http://127.1',
])('%j names a host', url => expect(() => checkHost(url)).not.toThrow())

test.each([
  'h',
  'h:1',
  'http://',
  'http:/h',
  'http:h',
  'mailto:x',
  'http://h..',
  'http://-h',
  'http://h-',
  'http://h_h',
  'http://exa mple',
  'http://h ',
  'http://h\t',
  'http://ü',
  'http://h%41',
  'http://?x',
  `http://${'a'.repeat(64)}`,
  `http://${Array(5).fill('a'.repeat(60)).join('.')}`,
])('%j names none', url => expect(() => checkHost(url)).toThrow(`Invalid endpoint: ${url}`))

test.each([
  ['http://h:65536', 'Port out of range 0-65535'],
  ['http://[::1]:x', "Port could not be cast to integer value as 'x'"],
  ['http://u:p@h:-1/', "Port could not be cast to integer value as '-1'"],
])('%s: %s', (url, sentence) => expect(() => usableUrl(url)).toThrow(sentence))

test.each(['http://h', 'http://h:', 'http://h:0', 'http://u:p@h:65535/a:b'])('%s has a port that can be one', url => {
  expect(() => usableUrl(url)).not.toThrow()
})

test.each([
  ['http://user:secret@h:1/a@b?c@d', 'http://h:1/a@b?c@d'],
  ['//user@h', 'http://h'],
  ['https://h/user:secret@', 'https://h/user:secret@'],
])('%s is called, and shown, as %s', (url, usable) => {
  expect(usableUrl(url)).toBe(usable)
})

test.each([
  ['https://iam.amazonaws.com', true],
  ['https://iam.cn-north-1.amazonaws.com.cn/', true],
  ['https://vpce-1.iam.us-east-1.vpce.amazonaws.com:443/x', true],
  ['https://iam.global.api.aws', true],
  ['https://IAM.us-iso-east-1.C2S.ic.gov', true],
  ['https://iam.eusc-de-east-1.amazonaws.eu', true],
  ['http://localhost:4566', false],
  ['http://amazonaws.com.test', false],
  ['http://myamazonaws.com', false],
  [undefined, false],
])('whether %s is of AWS: %s', (url, expected) => {
  expect(isOfAws(url)).toBe(expected)
})

// Recorded from aws-cli 2.36.7.
test.each([
  ['http://[::1/', 'Invalid IPv6 URL'],
  ['http://[zz]:1/', "'zz' does not appear to be an IPv4 or IPv6 address"],
  ['http://[fe80::1%]:1/', "'fe80::1%' does not appear to be an IPv4 or IPv6 address"],
  ['http://[fe80::1%25%41]:1/', "'fe80::1%25%41' does not appear to be an IPv4 or IPv6 address"],
  ['http://[127.0.0.1]/', 'An IPv4 address cannot be in brackets'],
  ['http://[fe80::1%25a b]:1/', 'Invalid endpoint: http://[fe80::1%25a b]:1/'],
])('%j: %s', (url, sentence) => expect(() => checkHost(url)).toThrow(sentence))
