/**
 * How fast iamkey is, beside the least Node can do, the SDK as documented, and aws: `npm run bench [-- ROUNDS NODE...]`. Everything runs in
 * turn, round after round, against a server on loopback, because machines drift: only the ratios within a round mean something. Says
 * what it measured and judges nothing.
 */
import * as childProcess from 'node:child_process'
import * as fs from 'node:fs'
import * as http from 'node:http'
import type * as net from 'node:net'
import * as os from 'node:os'
import * as path from 'node:path'
import * as url from 'node:url'
import { listPage, PAGES, REPLY } from './reply.ts'

const HERE = path.dirname(url.fileURLToPath(import.meta.url))
const IAMKEY = path.join(HERE, '../../bin/iamkey.js')
const AWS = '/usr/bin/aws'
const BUILT = path.join(HERE, '../../dist-standalone')
/** What `npm run standalone` made for this machine, if it was run. */
const STANDALONE = fs.existsSync(BUILT) ? fs.readdirSync(BUILT).filter(name => name.startsWith('iamkey-')) : []
/** Rounds that fill caches and are not counted. */
const WARM_UP = 2

interface Program {
  readonly name: string
  readonly words: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Which program its ratio is to. */
  readonly to: string
  /** Its exit code, if that is not 0. */
  readonly code?: number
}

interface Run {
  /** From start to end, in milliseconds. */
  readonly wall: number
  /** User and system time in milliseconds, peak memory in MiB; only of programs that run in Node. */
  readonly cpu?: number
  readonly peak?: number
}

const [rounds = '15', ...nodes] = process.argv.slice(2)
let connections = 0
const server = http
  .createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => response.end(body.includes('Action=List') ? listPage(body) : REPLY))
  })
  .on('connection', () => connections++)
  .listen(0, '127.0.0.1')
await new Promise(resolve => server.once('listening', resolve))
const endpoint = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
// Opened as a shell does: Node's own `ignore` looks like a standard output that was closed.
const nowhere = fs.openSync('/dev/null', 'w')
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-bench-'))
const env: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: home,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
}

for (const node of nodes.length > 0 ? nodes : [process.execPath]) await bench(node)
server.close()
fs.rmSync(home, { recursive: true })

async function bench(node: string): Promise<void> {
  const call = ['create-access-key', '--user-name', 'Bob', '--endpoint-url', endpoint]
  const list = ['list-access-keys', '--user-name', 'Bob', '--endpoint-url', endpoint, '--output', 'text']
  const programs: readonly Program[] = [
    { name: 'floor: one signed request', words: [node, path.join(HERE, 'floor.cjs')], to: 'floor: one signed request' },
    { name: 'iamkey create-access-key', words: [node, IAMKEY, ...call], to: 'floor: one signed request' },
    {
      name: '  without its code cache',
      words: [node, IAMKEY, ...call],
      env: { NODE_DISABLE_COMPILE_CACHE: '1' },
      to: 'floor: one signed request',
    },
    ...STANDALONE.map(name => ({ name, words: [path.join(BUILT, name), ...call], to: 'floor: one signed request' })),
    { name: 'the SDK as documented', words: [node, path.join(HERE, 'naive.mjs')], to: 'floor: one signed request' },
    ...(fs.existsSync(AWS) ? [{ name: 'aws iam create-access-key', words: [AWS, 'iam', ...call], to: 'iamkey create-access-key' }] : []),
    { name: `iamkey list-access-keys, ${PAGES} pages`, words: [node, IAMKEY, ...list], to: 'floor: one signed request' },
    ...(fs.existsSync(AWS)
      ? [{ name: `aws iam list-access-keys, ${PAGES} pages`, words: [AWS, 'iam', ...list], to: `iamkey list-access-keys, ${PAGES} pages` }]
      : []),
    { name: 'node -e 0', words: [node, '-e', '0'], to: 'node -e 0' },
    { name: 'iamkey create-access-key --help', words: [node, IAMKEY, 'create-access-key', '--help'], to: 'node -e 0' },
    { name: 'iamkey --help', words: [node, IAMKEY, '--help'], to: 'node -e 0' },
    { name: 'iamkey --version', words: [node, IAMKEY, '--version'], to: 'node -e 0' },
    { name: 'a usage error', words: [node, IAMKEY, 'create-acess-key'], code: 252, to: 'node -e 0' },
    { name: 'a skeleton', words: [node, IAMKEY, ...call, '--generate-cli-skeleton'], to: 'node -e 0' },
  ]
  const runs = new Map(programs.map(({ name }) => [name, [] as Run[]]))
  for (let round = -WARM_UP; round < Number(rounds); round++) {
    for (const program of programs) {
      const run = { ...(await time(program)), ...(program.words[0] === node ? await usage(program) : {}) }
      if (round >= 0) runs.get(program.name)?.push(run)
    }
  }
  const { stdout: version } = childProcess.spawnSync(node, ['--version'], { encoding: 'utf8' })
  console.log(`\nNode ${version.trim()}, ${rounds} rounds: median (quartiles)\n`)
  console.log('|  | ms | ratio | to | cpu ratio | peak MiB |\n|---|---|---|---|---|---|')
  for (const { name, to } of programs) {
    const [mine, theirs] = [runs.get(name) ?? [], runs.get(to) ?? []]
    const ratios = (of: (run: Run) => number | undefined) =>
      spread(
        mine.map((run, index) => (of(run) ?? NaN) / (of(theirs[index] ?? run) ?? NaN)),
        2,
      )
    const cells = [
      spread(
        mine.map(run => run.wall),
        0,
      ),
      ratios(run => run.wall),
      to,
      ratios(run => run.cpu),
      spread(
        mine.map(run => run.peak ?? NaN),
        0,
      ),
    ]
    console.log(`| ${[name, ...cells].join(' | ')} |`)
  }
  console.log(`\nConnections of a list of ${PAGES} pages: ${await connectionsOfList(node)}`)
}

/** How many connections one run of a list takes. */
async function connectionsOfList(node: string): Promise<number> {
  connections = 0
  await time({ name: 'a list', words: [node, IAMKEY, 'list-access-keys', '--user-name', 'Bob', '--endpoint-url', endpoint], to: '' })
  return connections
}

async function time({ name, words: [program = '', ...words], env: more, code = 0 }: Program): Promise<Run> {
  const began = performance.now()
  const ended = await new Promise((resolve, reject) => {
    const child = childProcess.spawn(program, words, { env: { ...env, ...more }, stdio: ['ignore', nowhere, nowhere] })
    child.on('exit', resolve).on('error', reject)
  })
  if (ended !== code) throw new Error(`${name} ended with ${ended}`)
  return { wall: performance.now() - began }
}

/** A run of its own: whoever is watched is slower. */
async function usage({ words: [node = '', ...words], env: more, ...program }: Program): Promise<Omit<Run, 'wall'>> {
  const file = path.join(home, 'usage.json')
  await time({ ...program, words: [node, '--require', path.join(HERE, 'usage.cjs'), ...words], env: { ...more, BENCH_USAGE: file } })
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(fs.readFileSync(file, 'utf8')) as NodeJS.ResourceUsage
  return { cpu: (userCPUTime + systemCPUTime) / 1000, peak: maxRSS / 1024 }
}

/** `1.32 (1.28–1.40)`, or nothing where nothing was measured. */
function spread(values: readonly number[], digits: number): string {
  const sorted = values.filter(value => !Number.isNaN(value)).sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)]?.toFixed(digits)
  return sorted.length === 0 ? '' : `${at(0.5)} (${at(0.25)}–${at(0.75)})`
}
