/** Programs that nobody here wrote, and servers among them. */
import * as childProcess from 'node:child_process'
import * as net from 'node:net'
import * as timers from 'node:timers/promises'

/** Whether a program works here; says so where it does not. */
export function present(...words: readonly [string, ...string[]]): boolean {
  const [program, ...rest] = words
  const found = childProcess.spawnSync(program, rest).status === 0
  if (!found) console.warn(`SKIPPED: \`${words.join(' ')}\` does not work here, so what it would prove stays unproven`)
  return found
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** Resolves once a server listens there. */
export async function untilAnswered(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await fetch(url).catch(() => undefined)) return
    await timers.setTimeout(200)
  }
  throw new Error(`nobody answers on ${url}`)
}
