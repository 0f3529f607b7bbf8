import { expect, test } from 'vitest'
import { openCallJournal, unfinishedCalls } from '../../src/keys/call-journal.ts'
import { testHost } from '../support/host.ts'

const TARGET = { endpoint: 'https://iam.test', accountOptions: ' --profile prod' }
/** Another run on this machine, which is no longer there. */
const OTHER = 999

function killed(steps: (note: ReturnType<typeof openCallJournal>) => void, env = {}) {
  const host = testHost({ env: { HOME: '/home/bob', ...env } })
  steps(openCallJournal(Object.create(host, { pid: { value: OTHER } }), TARGET))
  return host
}

test('a call under way leaves user, time, endpoint and typed options, readable for nobody else', () => {
  const host = killed(note => note.begin({ UserName: 'Bob' }))
  expect([...host.contents].map(([path, { bytes, mode }]) => [path, Buffer.from(bytes).toString(), mode])).toEqual([
    [
      '/home/bob/.local/state/iamkey/calls/999-1767225600000.json',
      '{"began":"2026-01-01T00:00:00.000Z","endpoint":"https://iam.test","accountOptions":" --profile prod","UserName":"Bob"}\n',
      0o600,
    ],
  ])
})

test.each([
  ['before its reply', () => {}, undefined],
  ['after its reply', (note: ReturnType<typeof openCallJournal>) => note.created('AKIAIOSFODNN7EXAMPLE'), 'AKIAIOSFODNN7EXAMPLE'],
])('a later run reads what a call that was killed %s left behind, once', (_, then, AccessKeyId) => {
  const host = killed(note => {
    note.begin({ UserName: 'Bob' })
    then(note)
  })
  const [found, ...more] = unfinishedCalls(host)
  expect(found).toEqual({
    began: '2026-01-01T00:00:00.000Z',
    UserName: 'Bob',
    AccessKeyId,
    accountOptions: ' --profile prod',
    forget: expect.any(Function),
  })
  expect(more).toEqual([])
  found?.forget()
  expect(unfinishedCalls(host)).toEqual([])
})

test.each<[string, (note: ReturnType<typeof openCallJournal>) => void]>([
  ['that never began', () => {}],
  [
    'that came to its end',
    note => {
      note.begin({ UserName: undefined })
      note.created('AKIAIOSFODNN7EXAMPLE')
      note.end()
    },
  ],
])('a call %s leaves nothing', (_, steps) => {
  expect(killed(steps).contents.size).toBe(0)
})

test('a run that is still at work is left alone', () => {
  const host = killed(note => note.begin({ UserName: 'Bob' }))
  expect(unfinishedCalls(Object.create(host, { isRunning: { value: (pid: number) => pid === OTHER } }))).toEqual([])
})

test('a run that had the number of this one is no longer at work, as in a container', () => {
  const host = testHost()
  openCallJournal(host, TARGET).begin({ UserName: 'Bob' })
  expect(unfinishedCalls(host)).toMatchObject([{ UserName: 'Bob' }])
})

test('XDG_STATE_HOME says where', () => {
  const host = killed(note => note.begin({ UserName: 'Bob' }), { XDG_STATE_HOME: '/state' })
  expect([...host.contents.keys()]).toEqual(['/state/iamkey/calls/999-1767225600000.json'])
})

test('files that are no notes are passed over', () => {
  const folder = '/home/bob/.local/state/iamkey/calls'
  const host = testHost({ env: { HOME: '/home/bob' }, files: { [`${folder}/999-1.json`]: 'not JSON', [`${folder}/README`]: '{}' } })
  expect(unfinishedCalls(host)).toEqual([])
})

test('a note that a full disk cut off says what it can', () => {
  const host = killed(note => note.begin({ UserName: 'Bob' }))
  const [path = ''] = host.contents.keys()
  host.files.append(path, '{"AccessKe')
  expect(unfinishedCalls(host)).toMatchObject([{ UserName: 'Bob', AccessKeyId: undefined }])
})

test('a note that could be begun and not be continued is removed all the same', () => {
  const host = testHost()
  const full = Object.create(host.files, {
    append: {
      value: (path: string, text: string) => {
        if (text.includes('AccessKeyId')) throw new Error('ENOSPC')
        host.files.append(path, text)
      },
    },
  })
  const note = openCallJournal(Object.create(host, { files: { value: full } }), TARGET)
  note.begin({ UserName: 'Bob' })
  note.created('AKIAIOSFODNN7EXAMPLE')
  note.end()
  expect(host.contents.size).toBe(0)
})

test('a state directory that takes nothing fails no run', () => {
  const refuse = () => {
    throw new Error('EROFS')
  }
  const host = Object.create(testHost(), { files: { value: { append: refuse, list: refuse, remove: refuse, read: refuse } } })
  const note = openCallJournal(host, TARGET)
  note.begin({ UserName: 'Bob' })
  note.created('AKIAIOSFODNN7EXAMPLE')
  note.end()
  expect(unfinishedCalls(host)).toEqual([])
})
