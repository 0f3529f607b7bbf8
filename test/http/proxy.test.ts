import { expect, test } from 'vitest'
import { proxyFor } from '../../src/http/proxy.ts'

const targetOf = (url: string) => ({ secure: url.startsWith('https:'), authority: url.split('/')[2] ?? '' })

// Recorded from Python 3.11: urllib.request.getproxies_environment and proxy_bypass_environment, as aws-cli 2.36.7 asks them.
test.each<[string, Record<string, string>, string | undefined]>([
  ['http://h.test/', { HTTP_PROXY: 'http://up:1' }, 'http://up:1'],
  ['https://h.test/', { HTTP_PROXY: 'http://up:1' }, undefined],
  ['https://h.test/', { HTTPS_PROXY: 'http://up:1' }, 'http://up:1'],
  ['http://h.test/', { http_proxy: 'http://low:1', HTTP_PROXY: 'http://up:1' }, 'http://low:1'],
  ['http://h.test/', { HTTP_PROXY: 'http://up:1', http_proxy: '' }, undefined],
  ['http://h.test/', { HTTP_PROXY: '' }, undefined],
  ['http://h.test/', { Http_Proxy: 'http://mixed:1' }, 'http://mixed:1'],
  ['http://h.test/', { HTTP_proxy: 'http://tail:1', HTTP_PROXY: 'http://up:1' }, 'http://tail:1'],
  ['http://h.test/', { ALL_PROXY: 'http://up:1' }, undefined],
  ['http://h.test/', { HTTP_PROXY: 'http://up:1', REQUEST_METHOD: 'GET' }, undefined],
  ['http://h.test/', { http_proxy: 'http://low:1', REQUEST_METHOD: 'GET' }, 'http://low:1'],
  ['https://h.test/', { HTTPS_PROXY: 'http://up:1', REQUEST_METHOD: 'GET' }, 'http://up:1'],
  ['http://h.test/', { Http_Proxy: 'http://m:1', REQUEST_METHOD: '' }, undefined],
])('%s with %o goes through %s', (url, env, proxy) => expect(proxyFor(targetOf(url), env)?.masked).toBe(proxy))

test.each<[string, string, boolean]>([
  ['h.test', 'h.test', true],
  ['h.test', '.h.test', true],
  ['h.test', 'test', true],
  ['h.test', '*.test', false],
  ['h.test', '*', true],
  ['h.test', 'h.test:80', false],
  ['h.test', 'x,h.test', true],
  ['h.test', ' h.test ', true],
  ['h.test', 'H.TEST', true],
  ['h.test', 'other', false],
  ['h.test', '', false],
  ['h.test', ',', false],
  ['h.test', '.', false],
  ['h.test', 't', false],
  ['h.test', 'est', false],
  ['h.test', '.test', true],
  ['h.test', '..test', true],
  ['h.test', '* ', false],
  ['h.test', '*,x', false],
  ['a.h.test:8080', 'h.test', true],
  ['a.h.test:8080', 'h.test:8080', true],
  ['a.h.test:8080', 'a.h.test', true],
  ['a.h.test:8080', 'a.h.test:8080', true],
  ['a.h.test:8080', 'h.test:80', false],
  ['a.h.test:8080', ':8080', false],
  ['a.h.test:8080', '8080', false],
  ['a.h.test:8080', 'test:8080', true],
  ['127.0.0.1:80', '127.0.0.1', true],
  ['127.0.0.1:80', '127.0.0.0/8', false],
  ['127.0.0.1:80', '127.*', false],
  ['127.0.0.1:80', '0.0.1', true],
  ['127.0.0.1:80', '127.0.0.1:80', true],
  ['[::1]:80', '::1', false],
  ['[::1]:80', '[::1]', true],
  ['[::1]:80', '[::1]:80', true],
  ['[::1]', '::1', false],
  ['[::1]', '[::1]', true],
])('%s with NO_PROXY=%j goes straight: %s', (authority, names, straight) => {
  const proxy = proxyFor({ secure: false, authority }, { HTTP_PROXY: 'http://up:1', NO_PROXY: names })
  expect(proxy === undefined).toBe(straight)
})

test.each<[string, ReturnType<typeof proxyFor>]>([
  ['http://proxy:3128', { secure: false, hostname: 'proxy', port: 3128, headers: {}, masked: 'http://proxy:3128' }],
  ['https://proxy/', { secure: true, hostname: 'proxy', port: 443, headers: {}, masked: 'https://proxy/' }],
  ['proxy', { secure: false, hostname: 'proxy', port: 80, headers: {}, masked: 'http://proxy' }],
  ['//proxy:1', { secure: false, hostname: 'proxy', port: 1, headers: {}, masked: 'http://proxy:1' }],
  ['http://[::1]:3128', { secure: false, hostname: '::1', port: 3128, headers: {}, masked: 'http://[::1]:3128' }],
  // Other schemes are taken for the name of a host.
  ['socks5://proxy:1', { secure: false, hostname: 'socks5', port: 80, headers: {}, masked: 'http://socks5://proxy:1' }],
  [
    'http://us%40er:p%3Ass@proxy:1',
    {
      secure: false,
      hostname: 'proxy',
      port: 1,
      headers: { 'Proxy-Authorization': 'Basic dXNAZXI6cDpzcw==' },
      masked: 'http://***:***@proxy:1',
    },
  ],
  // A name without a password, or the other way round, is not sent.
  ['http://user@proxy:1', { secure: false, hostname: 'proxy', port: 1, headers: {}, masked: 'http://***@proxy:1' }],
  ['http://user:@proxy:1', { secure: false, hostname: 'proxy', port: 1, headers: {}, masked: 'http://***:@proxy:1' }],
  ['http://:word@proxy:1', { secure: false, hostname: 'proxy', port: 1, headers: {}, masked: 'http://:***@proxy:1' }],
  [
    'http://a:b:c@d@proxy/x',
    {
      secure: false,
      hostname: 'proxy',
      port: 80,
      headers: { 'Proxy-Authorization': 'Basic YTpiOmNAZA==' },
      masked: 'http://***:***@proxy/x',
    },
  ],
])('%s is read', (value, proxy) => expect(proxyFor({ secure: false, authority: 'h' }, { http_proxy: value })).toEqual(proxy))

test.each([
  ['http://', 'No host specified.'],
  ['http:proxy:1', 'No host specified.'],
  ['http://[::1', 'Invalid IPv6 URL'],
  ['http://proxy:99999', 'Failed to parse: http://proxy:99999'],
  ['http://proxy:abc', 'Failed to parse: http://proxy:abc'],
  // aws-cli shows the password here.
  ['http://user:word@proxy:abc', 'Failed to parse: http://***:***@proxy:abc'],
])('%s is refused: %s', (value, detail) => expect(() => proxyFor({ secure: false, authority: 'h' }, { http_proxy: value })).toThrow(detail))
