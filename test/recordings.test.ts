/** Replays in process what aws-cli 2.36.7 was recorded doing. Terminals, shells, signals and TLS need the built program: transcripts. */
import * as childProcess from 'node:child_process'
import * as path from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../src/run/index.ts'
import { systemError, type TestHostOptions, testHost } from './support/host.ts'
import { recordedEndpoint } from './support/recorded-endpoint.ts'
import { betterOnPurpose, type Observed, RECORDINGS, type Recording, shape, type Text, wanted } from './support/recording.ts'

/** Recordings iamkey does not repeat, and why. One that starts to agree fails here: take it off the list. */
const DIFFERS: Readonly<Record<string, string>> = {
  'no-iam': 'the word iam may be left out',
  'iam-wait': 'there are no waiters',
  'cij-stdin': 'a document named - is standard input',
  'q-lod-table': 'columns are as wide as the timestamp that was sent',
  'notty-autoprompt': 'iamkey does not prompt, and says so',
  'notty-autoprompt-partial-bad': 'iamkey does not prompt, so it reads the command line',
  'region-empty-flag': 'an empty region is none, for AWS would refuse the signature',
  'rg-aws-region-empty': 'an empty region is none, for AWS would refuse the signature',
  'or-aliasbad-version': 'there is no alias file',
  'ts-v24': 'Python warns of a time zone it does not know',
}

const CWD = '/here'
const HOME = '/home/user'
/** Nobody listens on the discard port. */
const CLOSED = '127.0.0.1:9'

const inProcess = ({ tty, shell, signal, ...rest }: Recording) =>
  !tty && !shell && !signal && !/\{(TLS|TLSHOST|CA|CAPEM|STUCK)\}/.test(JSON.stringify(rest))

async function replay(recording: Recording): Promise<Observed> {
  const endpoint = await recordedEndpoint()
  const places = Object.entries({
    '{SERVER}': `http://${endpoint.host}`,
    '{HOST}': endpoint.host,
    '{CLOSED}': `http://${CLOSED}`,
    '{CLOSEDHOST}': CLOSED,
    '{HOME}': HOME,
    '{CWD}': CWD,
    '{UNIQ}': `unique-${recording.id}`,
  })
  const fill = (text: string) => places.reduce((filled, [token, value]) => filled.replaceAll(token, value), text)
  const unfill = (text: string) => places.reduce((emptied, [token, value]) => emptied.replaceAll(value, token), text)
  const textOf = (bytes: Uint8Array): Text => {
    const text = Buffer.from(bytes).toString()
    return Buffer.from(text).equals(bytes) ? unfill(text) : { b64: Buffer.from(bytes).toString('base64') }
  }
  const host = testHost(scene(recording, fill))
  try {
    const code = await run(recording.argv.map(fill), host)
    const requests = endpoint.seen.map(seen => JSON.parse(unfill(JSON.stringify(shape(seen)))))
    return { code, stdout: textOf(host.written.stdout()), stderr: textOf(host.written.stderr()), requests }
  } finally {
    await endpoint.close()
  }
}

function scene({ env, files = {}, stdin }: Recording, fill: (text: string) => string): TestHostOptions {
  const contents = new Map(
    Object.entries(files).map(([name, content]) => [
      path.posix.resolve(CWD, name.replace(/^~/, HOME)),
      typeof content === 'string' ? fill(content) : Buffer.from(content.b64, 'base64'),
    ]),
  )
  if (stdin !== undefined) contents.set('/dev/stdin', stdin)
  const variables = Object.entries({ PATH: '/usr/bin:/bin', HOME, LANG: 'C.UTF-8', ...env })
  return {
    env: Object.fromEntries(variables.flatMap(([name, value]) => (value === null ? [] : [[name, fill(value)]]))),
    cwd: CWD,
    files: Object.fromEntries(contents),
    stdin: stdin ?? '',
    now: Date.now(),
    // Programs are shell scripts of the recording, which no disk holds.
    execute: ([program = '', script = '', ...words]) => {
      const { error, ...finished } = childProcess.spawnSync(program, ['-c', String(contents.get(script)), script, ...words])
      if (error) throw systemError('ENOENT')
      return finished
    },
  }
}

const REPLAYED = RECORDINGS.filter(inProcess)

describe.each([...new Set(REPLAYED.map(({ area }) => area))])('%s', area => {
  test.each(REPLAYED.filter(recording => recording.area === area))('$id', async recording => {
    const reason = DIFFERS[recording.id]
    const want = wanted(recording)
    const got = await replay(recording)
    const agrees = () => betterOnPurpose(recording, want, got) ?? expect(got).toStrictEqual(want)
    if (reason) expect(agrees, reason).toThrow()
    else agrees()
  })
})

test('every listed difference is a recording that is replayed', () => {
  expect(REPLAYED.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(DIFFERS)))
})
