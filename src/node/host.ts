/** The Host of Node: its parts, and what comes from the process itself (arguments, home directory, signals). */

import * as fs from 'node:fs'
import * as os from 'node:os'
import type { HeldSignals, Host } from '../core/host.ts'
import { execute, page } from './child.ts'
import { clock } from './clock.ts'
import { descriptor } from './descriptor.ts'
import { files } from './files.ts'
import { isRunning } from './running.ts'

/** How long to wait for a reply after a signal, in milliseconds. */
const SIGNAL_PATIENCE = 3000
/** Signals that end a program by default and come from a user, a batch system, a timer or `ulimit -t`. SIGUSR1 would start Node's debugger. */
const HELD = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGXCPU', 'SIGBREAK'] as const

/** @param process Node's; an argument, so that no other file uses the global */
export function nodeHost(process: NodeJS.Process): Host {
  return {
    env: process.env,
    platform: process.platform,
    runtime: `${typeof Bun === 'undefined' ? `Node/${process.versions.node}` : `Bun/${Bun.version}`} ${process.platform}/${process.arch}`,
    pid: process.pid,
    get hostname() {
      return os.hostname()
    },
    isRunning,
    get home() {
      return (process.platform === 'win32' ? process.env.USERPROFILE : process.env.HOME) ?? homeOfAccount()
    },
    files,
    clock,
    stdout: descriptor(1, () => process.stdout.columns),
    stderr: descriptor(2, () => process.stderr.columns),
    readStdin: () => fs.readFileSync(0),
    askHidden: async prompt => (await import('./terminal.ts')).askHidden(prompt),
    execute,
    page: (words, text, env) => page(words, text, { ...process.env, ...env }),
    feed: async (...all) => (await import('./programs.ts')).feed(...all),
    capture: async (...all) => (await import('./programs.ts')).capture(...all),
    holdSignals: () => holdSignals(process),
    keepHeapSmall: async () => (await import('./garbage.ts')).keepHeapSmall(),
    debug() {},
  }
}

/** argv without node and script. Invalid UTF-8 becomes lone surrogates, as in Python (surrogateescape). */
export function wordsOf(process: NodeJS.Process): string[] {
  const words = process.argv.slice(2)
  if (!words.some(word => word.includes('\ufffd')) || process.platform !== 'linux') return words
  const raw = fs.readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1)
  return raw.slice(raw.length - words.length).map(surrogateEscape)
}

/** A byte that cannot be part of UTF-8 becomes U+DC80 to U+DCFF. */
function surrogateEscape(latin1: string): string {
  return latin1.replace(
    /((?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+)|[\x80-\xff]/g,
    (bytes, text?: string) => (text ? Buffer.from(text, 'latin1').toString() : String.fromCharCode(0xdc00 + bytes.charCodeAt(0))),
  )
}

function homeOfAccount(): string | undefined {
  try {
    return os.userInfo().homedir
  } catch {
    return undefined
  }
}

function holdSignals(process: NodeJS.Process): HeldSignals {
  const came = new AbortController()
  const overdue = new AbortController()
  let received: NodeJS.Signals | undefined
  let timer: NodeJS.Timeout | undefined
  const note = (signal: NodeJS.Signals) => {
    if (received) return overdue.abort()
    received = signal
    came.abort()
    timer = setTimeout(() => overdue.abort(), SIGNAL_PATIENCE)
  }
  // An unhandled error must not end the run while a key is being created: like a signal, it ends the waits.
  const onUncaught = () => note('SIGABRT')
  for (const signal of HELD) process.on(signal, note)
  process.on('uncaughtException', onUncaught)
  return {
    get received() {
      return received
    },
    interrupt: came.signal,
    deadline: overdue.signal,
    release() {
      clearTimeout(timer)
      for (const signal of HELD) process.off(signal, note)
      process.off('uncaughtException', onUncaught)
    },
  }
}
