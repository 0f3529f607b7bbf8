/**
 * Each constant, pattern and date in src/ that decides what becomes of a key, and what it does with the replies of each service: found out by
 * the rule itself. `vitest -u` writes rules.txt anew; a cell that changes is a decision.
 */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { serviceTime } from '../../src/core/service-time.ts'
import { runFor, WITHOUT_VALIDATION } from './client.ts'
import { PROFILES, type Profile } from './profiles.ts'
import { type Service, serveProfile } from './service.ts'

const DAY = 86_400_000
const OLD = 'AKIAPRODUCTION000001'
const SRC = new URL('../../src/', import.meta.url).pathname

interface Rule {
  readonly file: string
  /** The names there that make the decision. */
  readonly names: readonly string[]
  readonly question: string
  readonly answer: (profile: Profile, service: Service) => Promise<string> | string
}

const create = (service: Service, ...words: readonly string[]) => runFor(service, ['create-access-key', '--user-name', 'Bob', ...words])
const firstId = ({ pairs: [[id] = ['', '']] }: Profile) => id

/** Whether the key with this id is offered for deletion once a reply is lost, or only listed. */
async function judged(service: Service, id: string): Promise<string> {
  service.fail('fails')
  const { stderr } = await create(service)
  if (stderr.includes(`delete-access-key --user-name Bob --access-key-id ${id}`)) return 'offered'
  return stderr.includes(id) ? 'listed' : 'left out'
}

const RULES: readonly Rule[] = [
  {
    file: 'keys/create.ts',
    names: ['keyRequestFrom', 'isBlank'],
    question: 'a reply with its ids and secrets is',
    async answer({ pairs }, service) {
      const ends = new Set<string>()
      for (const pair of pairs) {
        service.next.push(pair)
        ends.add((await create(service)).code === 0 ? 'a key' : 'no key')
      }
      return [...ends].join(', ')
    },
  },
  {
    file: 'aws/protocol.ts',
    names: ['OF_A_KEY'],
    question: 'an id that stands twice, alike, is',
    async answer(_, service) {
      service.fail(body => body.replace(/<AccessKeyId>[^<]*<\/AccessKeyId>/, '$&$&'))
      return (await create(service)).code === 0 ? 'a key' : 'no key'
    },
  },
  {
    file: 'aws/partial-response.ts',
    names: ['parsePartialResponse'],
    question: 'cut behind the id, the key is',
    async answer(profile, service) {
      service.fail('cut behind the id')
      return (await create(service)).stderr.includes(`The new key ${firstId(profile)} was deleted again`) ? 'deleted' : 'left'
    },
  },
  {
    file: 'core/service-time.ts',
    names: ['serviceTime', 'ISO_8601', 'EPOCH_SECONDS', 'EARLIEST', 'LATEST'],
    question: 'the date of a listed key is',
    answer({ listed }) {
      const [, date] =
        /<CreateDate>([^<]*)/.exec(listed('Bob', [{ user: 'Bob', id: OLD, secret: '', created: DAY * 20_000, status: 'Active' }])) ?? []
      if (date === undefined) return 'absent'
      return serviceTime(date) === undefined ? 'unreadable' : 'read'
    },
  },
  {
    file: 'keys/find-new-keys.ts',
    names: ['newnessTest', 'CLOCK_GRAIN', 'LARGEST_CLOCK_SKEW'],
    question: 'after a lost reply the new key is',
    answer: (profile, service) => judged(service, firstId(profile)),
  },
  {
    file: 'keys/find-new-keys.ts',
    names: ['newnessTest'],
    question: '… and one of 100 days is',
    answer(_, service) {
      service.add('Bob', OLD, Date.now() - 100 * DAY)
      return judged(service, OLD)
    },
  },
  {
    file: 'core/service-time.ts',
    names: ['EARLIEST'],
    question: '… and one without a date of its own is',
    answer(_, service) {
      service.add('Bob', OLD, 0)
      return judged(service, OLD)
    },
  },
  {
    file: 'keys/find-new-keys.ts',
    names: ['listKeys', 'MOST_PAGES', 'POLL_FOR', 'POLL_INTERVAL'],
    question: 'an empty list shows',
    async answer(_, service) {
      service.fail('fails')
      const made = create(service)
      // The key is gone before it is looked for.
      const sweep = setInterval(() => service.keys.splice(0), 1)
      const { code } = await made
      clearInterval(sweep)
      return code === 0 ? 'nothing: made again' : 'something'
    },
  },
  {
    file: 'keys/rollback.ts',
    names: ['attemptDeletion', 'ATTEMPTS', 'TRY_FOR'],
    question: 'a deletion of what is gone ends with',
    async answer(_, service) {
      service.fail(body => {
        service.keys.splice(0)
        return body.replace(/<SecretAccessKey>[^<]*/, '<SecretAccessKey>')
      })
      return (await create(service)).stderr.includes('IAM does not know') ? 'not known' : 'deleted'
    },
  },
  {
    file: 'keys/rollback.ts',
    names: ['ACKNOWLEDGEMENTS'],
    question: 'a deletion without a word is',
    async answer(_, service) {
      service.wordless = 204
      service.fail(body => body.replace(/<SecretAccessKey>[^<]*/, '<SecretAccessKey>'))
      return (await create(service)).stderr.includes('with an empty reply') ? 'told as that' : 'deleted'
    },
  },
  {
    file: 'core/iam-forms.ts',
    names: ['SHORTEST_ACCESS_KEY_ID'],
    question: '--access-key-id takes its ids',
    async answer({ pairs }, service) {
      const codes: number[] = []
      for (const [id] of pairs) {
        service.add('Bob', id)
        codes.push((await runFor(service, ['delete-access-key', '--user-name', 'Bob', '--access-key-id', id])).code)
      }
      return codes.every(code => code === 0) ? 'all' : 'but the short'
    },
  },
  {
    file: 'core/iam-forms.ts',
    names: ['USER_NAME', 'LONGEST_USER_NAME'],
    question: 'a name of others is taken',
    async answer(_, service) {
      const words = ['create-access-key', '--user-name', 'tenant$Bob']
      const [plain, without] = [await runFor(service, words), await runFor(service, words, WITHOUT_VALIDATION)]
      return plain.code === 252 && without.code === 0 ? 'if told so' : 'otherwise'
    },
  },
  {
    file: 'rotation/plan.ts',
    names: ['notDue'],
    question: 'a rotation at 90d of an old key',
    async answer(_, service) {
      service.add('Bob', OLD, Date.now() - 100 * DAY)
      const words = ['rotate-access-key', '--user-name', 'Bob', '--older-than', '90d', '--store', 'profile:bob', '--wait-timeout', '600']
      // An empty store is filled at once, whatever the age of the key.
      const { code, stderr } = await runFor(service, words, {
        '~/.aws/credentials': `[bob]\naws_access_key_id = ${OLD}\naws_secret_access_key = unknown\n`,
      })
      return code === 0 ? 'rotates' : stderr.includes('--older-than 0d rotates it now') ? 'asks for 0d' : stderr
    },
  },
]

test('what each rule does with the replies of each service', { timeout: 120_000 }, async () => {
  const rows: string[][] = [['', ...PROFILES.map(({ name }) => name)]]
  for (const { question, answer } of RULES) {
    const cells = PROFILES.map(async profile => {
      const service = await serveProfile(profile)
      onTestFinished(() => service.close())
      return answer(profile, service)
    })
    rows.push([question, ...(await Promise.all(cells))])
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  const table = rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
  await expect(`${table}\n`).toMatchFileSnapshot('rules.txt')
})

test('the rules are where the table says', () => {
  const missing = RULES.flatMap(({ file, names }) => {
    const text = fs.readFileSync(path.join(SRC, file), 'utf8')
    return names.filter(name => !new RegExp(`\\b${name}\\b`).test(text)).map(name => `${file}: ${name}`)
  })
  expect(missing).toEqual([])
})

test('no date is read in another way', () => {
  const reading = fs
    .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && fs.readFileSync(path.join(SRC, file), 'utf8').includes('Date.parse('))
  // A date of a YAML document is not one of a service.
  expect(reading.sort()).toEqual(['cli/yaml-timestamp.ts', 'core/service-time.ts'])
})
