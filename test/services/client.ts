/** iamkey as a user of a service of `profiles.ts` runs it: in this process, or the built program in a place of its own. */
import type { Clock } from '../../src/core/host.ts'
import { run } from '../../src/run/index.ts'
import { testHost } from '../support/host.ts'
import { createSandbox, type Ran, type Sandbox } from '../support/process.ts'
import type { Service } from './service.ts'

/** What the profile of an administrator says whose names and ids are not AWS's. */
export const WITHOUT_VALIDATION = { '~/.aws/config': '[default]\nparameter_validation = false\n' }

const environment = ({ endpoint }: Service) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: 'admin',
  AWS_SECRET_ACCESS_KEY: 'secret of the administrator',
  AWS_EC2_METADATA_DISABLED: 'true',
})

/** Waits, and time-outs, are so many times shorter than they say. */
const HURRY = 6
const START = Date.now()

export const clock: Clock = {
  now: () => START + (Date.now() - START) * HURRY,
  sleep: (ms, wake) =>
    new Promise(resolve => {
      if (ms <= 0 || wake?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, ms / HURRY)
      wake?.addEventListener('abort', done, { once: true })
    }),
}

/** One run in this process. */
export async function runFor(service: Service, words: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const host = testHost({ env: environment(service), files })
  const code = await run(words, Object.create(host, { clock: { value: clock } }))
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
  return { code, stdout: text(host.written.stdout()), stderr: text(host.written.stderr()) }
}

export interface Place extends Sandbox {
  /** A line, as pasted into a shell. */
  paste(line: string): Promise<Ran>
}

/** Where the built program runs. */
export function placeFor(service: Service, files: Readonly<Record<string, string>> = {}): Place {
  const sandbox = createSandbox(files)
  const env = environment(service)
  return {
    ...sandbox,
    run: (words, more) => sandbox.run(words, { ...env, ...more }),
    paste: line => sandbox.run(['sh', '-c', line], env),
  }
}

/** The commands that a message gives, without their indentation. */
export const commandsIn = (message: string): readonly string[] =>
  Array.from(message.matchAll(/^ {2}(iamkey .*)$/gm), ([, line = '']) => line)
