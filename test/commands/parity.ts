/**
 * An account with three keys of Bob's, seen through `aws` or iamkey: ids, times and the endpoint come out the same in every run, so that what
 * was recorded from aws-cli 2.36.7 can be compared byte for byte.
 */
import { Account } from '../support/account.ts'
import { type FakeIam, serve } from '../support/fake-iam.ts'
import { credentials } from '../support/process.ts'

export interface Answer {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
  /** What the service was asked, without what all requests have. */
  readonly calls: readonly Readonly<Record<string, string>>[]
}

/** One command line, with `{KEY}` for a key that was used and `{UNUSED}` for one that was not. */
export type Row = Answer & { readonly argv: readonly string[] }

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

export async function observe(
  argv: readonly string[],
  program: (argv: readonly string[], env: Readonly<Record<string, string>>) => Promise<Ran>,
): Promise<Answer> {
  const account = new Account({ users: ['Bob', 'Eve'] })
  const keys = [1, 2, 3].map(day => account.addKey('Bob', Date.UTC(2024, 0, day)))
  const [used, unused] = keys
  if (!used || !unused) throw new Error('no keys')
  used.used = { at: Date.UTC(2024, 5, 1, 12), service: 's3', region: 'eu-west-1' }
  unused.status = 'Inactive'
  const iam = await serve(account)
  try {
    const familiar = (text: string) =>
      keys
        .reduce((text, { id }, index) => text.replaceAll(id, `AKIAIOSFODNN7EXAMPL${index}`), text)
        .replaceAll(iam.endpoint, 'http://iam.test')
    const words = argv.map(word => word.replace('{KEY}', used.id).replace('{UNUSED}', unused.id))
    const { code, stdout, stderr } = await program(words, credentials(account, iam))
    return { code, stdout: familiar(stdout), stderr: familiar(stderr), calls: callsOf(iam, familiar) }
  } finally {
    await iam.close()
  }
}

const callsOf = ({ calls }: FakeIam, familiar: (text: string) => string): Answer['calls'] =>
  calls.map(({ parameters: { Version: _, ...parameters } }) => JSON.parse(familiar(JSON.stringify(parameters))))
