/** Asks for input without echo, as Python's getpass does (Python 3.11). */

import * as fs from 'node:fs'
import * as tty from 'node:tty'
import { Failure, Interrupted } from '../core/errors.ts'

const KEYS = { enter: '\r', newline: '\n', interrupt: '\u0003', end: '\u0004', backspace: '\u007f', erase: '\b' } as const

/** The end of input, or ^D: Python's EOFError, whose message is empty. Exit 255. */
class EndOfInput extends Failure {
  override readonly name = 'EndOfInput'
  constructor() {
    super('')
  }
}

/** Throws Interrupted at ^C, and EndOfInput. */
export async function askHidden(prompt: string): Promise<string> {
  let terminal: number
  try {
    terminal = fs.openSync('/dev/tty', 'r+')
  } catch {
    return askAloud(prompt)
  }
  fs.writeSync(terminal, prompt)
  const keyboard = new tty.ReadStream(terminal)
  keyboard.setRawMode(true)
  try {
    return await typedLine(keyboard)
  } finally {
    keyboard.setRawMode(false)
    fs.writeSync(terminal, '\n')
    keyboard.destroy()
  }
}

function typedLine(keyboard: tty.ReadStream): Promise<string> {
  let typed = ''
  return new Promise((resolve, reject) => {
    keyboard.setEncoding('utf8').on('data', (keys: string) => {
      for (const key of keys) {
        if (key === KEYS.end && typed === '') return reject(new EndOfInput())
        if (key === KEYS.enter || key === KEYS.newline || key === KEYS.end) return resolve(typed)
        if (key === KEYS.interrupt) return reject(new Interrupted('SIGINT'))
        typed = key === KEYS.backspace || key === KEYS.erase ? typed.slice(0, -1) : typed + key
      }
    })
  })
}

/** Without a terminal: prints a warning and reads a line of standard input. */
function askAloud(prompt: string): string {
  fs.writeSync(2, `Warning: Password input may be echoed.\n${prompt}`)
  const line = readLine()
  if (line === undefined) throw new EndOfInput()
  fs.writeSync(2, '\n')
  return line
}

function readLine(): string | undefined {
  const bytes: number[] = []
  const byte = new Uint8Array(1)
  while (fs.readSync(0, byte) === 1) {
    if (byte[0] === 10) return Buffer.from(bytes).toString()
    bytes.push(byte[0] ?? 0)
  }
  return bytes.length > 0 ? Buffer.from(bytes).toString() : undefined
}
