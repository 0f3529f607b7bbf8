/**
 * A call over TLS to a server that is 20 ms away, each way: `tsx test/bench/distant.ts [ROUNDS [IAMKEY...]]` compares builds (paths of their
 * bin/iamkey.js) with a bare script. What one millisecond of start-up is worth when the network is waited for.
 */
import * as childProcess from 'node:child_process'
import * as fs from 'node:fs'
import * as https from 'node:https'
import * as net from 'node:net'
import * as path from 'node:path'
import * as url from 'node:url'
import { certificates } from '../http/loopback.ts'
import { REPLY } from './reply.ts'

const HERE = path.dirname(url.fileURLToPath(import.meta.url))
/** Each way, in milliseconds. */
const DELAY = 20
const [rounds = '15', ...builds] = process.argv.slice(2)

const made = certificates()
const server = https.createServer(made.localhost, (request, response) => request.resume().on('end', () => response.end(REPLY)))
/** Passes on what it is given, late. Accepting is not delayed: a connection takes no round trip here, which only ever hides a gain. */
const proxy = net.createServer(near => {
  const far = net.connect({ port: portOf(server), host: '127.0.0.1', noDelay: true })
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    from
      .on('data', chunk => setTimeout(() => to.write(chunk), DELAY))
      .on('end', () => setTimeout(() => to.end(), DELAY))
      .on('error', () => to.destroy())
  }
})
for (const one of [server, proxy]) await new Promise<void>(resolve => one.listen(0, '127.0.0.1', resolve))

const nowhere = fs.openSync('/dev/null', 'w')
const env = {
  PATH: process.env.PATH,
  HOME: made.folder,
  AWS_ENDPOINT_URL: `https://localhost:${portOf(proxy)}`,
  AWS_CA_BUNDLE: made.authority,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'us-east-1',
}
const programs = [
  ['floor', path.join(HERE, 'floor.cjs')],
  ...(builds.length > 0 ? builds : [path.join(HERE, '../../bin/iamkey.js')]).map(build => [
    build,
    build,
    'create-access-key',
    '--user-name',
    'Bob',
  ]),
]
const times = programs.map(() => [] as number[])
for (let round = -2; round < Number(rounds); round++) {
  for (const [index, [name, ...words]] of programs.entries()) {
    const began = performance.now()
    const code = await new Promise(resolve =>
      childProcess.spawn(process.execPath, words, { env, stdio: ['ignore', nowhere, 2] }).on('exit', resolve),
    )
    if (code !== 0) throw new Error(`${name} ended with ${code}`)
    if (round >= 0) times[index]?.push(performance.now() - began)
  }
}
for (const [index, [name]] of programs.entries()) {
  const sorted = (times[index] ?? []).sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)]?.toFixed(0)
  console.log(`${name}: ${at(0.5)} ms (${at(0.25)}–${at(0.75)})`)
}
server.close()
proxy.close()
fs.rmSync(made.folder, { recursive: true })

function portOf(one: net.Server): number {
  const address = one.address()
  return typeof address === 'object' && address ? address.port : 0
}
