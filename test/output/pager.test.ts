import { expect, test } from 'vitest'
import { ConfigurationError, Failure } from '../../src/core/errors.ts'
import type { Env, Files } from '../../src/core/host.ts'
import { checkPager, choosePager } from '../../src/output/pager.ts'

const choose = (
  configured: string | undefined,
  about: { noPager?: boolean; isTerminal?: boolean; env?: Env; platform?: NodeJS.Platform } = {},
) => choosePager({ noPager: false, isTerminal: true, env: {}, platform: 'linux', configured, ...about })

test.each<[string | undefined, readonly string[] | undefined]>([
  [undefined, ['less']],
  ["a -x 'y z'", ['a', '-x', 'y z']],
  ['', undefined],
])('who chose %j is shown %j', (chosen, words) => expect(choose(chosen)?.words).toEqual(words))

test('Windows has no pager', () => {
  expect(choose('a', { platform: 'win32' })).toBeUndefined()
})

test('--no-cli-pager wins, and only a terminal is paged', () => {
  expect([choose('a', { noPager: true }), choose('a', { isTerminal: false })]).toEqual([undefined, undefined])
})

test.each<[Env, Env]>([
  [{}, { LESS: 'FRX' }],
  [{ LESS: '-R' }, {}],
  [{ LESS: '' }, {}],
])('with %j less is given %j', (env, added) => expect(choose('less', { env })?.env).toEqual(added))

// Recorded from aws-cli 2.36.7.
test.each([
  ["less 'x", 'No closing quotation'],
  ['  ', 'list index out of range'],
])('%j is no command', (line, sentence) => expect(() => choose(line)).toThrow(new Failure(sentence)))

test('words that are no command do not matter where nothing is paged', () => {
  expect(choose("less 'x", { isTerminal: false })).toBeUndefined()
})

function filesWith(modes: Readonly<Record<string, number | 'directory'>>): Files {
  const refuse = (): never => {
    throw new Error('nothing is read or written')
  }
  const stat = (path: string) => {
    const mode = modes[path]
    return mode === undefined
      ? undefined
      : {
          mtime: 0,
          size: 0,
          links: 1,
          mode: mode === 'directory' ? 0o755 : mode,
          isDirectory: mode === 'directory',
          isFile: mode !== 'directory',
        }
  }
  return {
    read: refuse,
    isForeign: refuse,
    list: refuse,
    append: refuse,
    replace: refuse,
    rehearse: refuse,
    create: refuse,
    resolve: refuse,
    remove: refuse,
    stat,
  }
}
const files = filesWith({ '/bin/less': 0o755, '/a/more': 0o644, '/b/more': 0o755, '/a/dir': 'directory', '/a/text': 0o644 })
const check = (program: string, PATH?: string) => checkPager({ words: [program], env: {} }, { env: { PATH }, files })

test.each([
  ['less', undefined],
  ['/bin/less', ''],
  ['more', '/a:/b'],
])('%s is found on PATH %s', (program, path) => expect(check(program, path)).toBeUndefined())

// The first recorded from aws-cli 2.36.7, which drops the output without a word in the other two.
test.each([
  ['nosuchpager', "[Errno 2] No such file or directory: 'nosuchpager'"],
  ['dir', "[Errno 13] Permission denied: 'dir'"],
  ['text', "[Errno 13] Permission denied: 'text'"],
])('%s cannot be started', (program, reason) => {
  expect(() => check(program, '/a:/b')).toThrow(
    new ConfigurationError(
      'Pager',
      `Unable to redirect output to pager. Received the following error when opening pager:\n${reason}\n\nLearn more about configuring the output pager by running "aws help config-vars".`,
    ),
  )
})
