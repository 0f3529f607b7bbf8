/**
 * Transcripts: what a user sees, in files that read like a terminal. Text in, text out: a transcript that is run gives itself again.
 *
 *     # what the paragraph shows; each has an account (users Alice, Bob, and ops, who signs), a HOME and a directory of its own
 *     % CreateAccessKey: lostReply         the next such call meets a fault of fake-iam.ts (or `denied`)
 *     $ a command for the shell
 *     its standard output
 *     ! a line of its standard error
 *     ? its exit code, where it is not 0
 *     = Bob: 1 key                         what the account holds afterwards
 *     = calls: CreateAccessKey             what it was asked, in order
 *
 *     -- a file of every paragraph --
 *     its content
 *
 * Keys and times come out as AWS's documentation has them, the endpoint as http://iam.test.
 */
import { Account } from './account.ts'
import { isAction } from './actions.ts'
import { Fault, serve } from './fake-iam.ts'
import { createSandbox, credentials, type Ran } from './process.ts'

export interface Transcript {
  readonly paragraphs: readonly string[]
  readonly files: Readonly<Record<string, string>>
}

export function parse(text: string): Transcript {
  const [body = '', ...parts] = text.split(/^-- (.+) --\n/m)
  const files = parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? '']] : []))
  return { paragraphs: body.trimEnd().split(/\n\n+(?=# )/), files: Object.fromEntries(files) }
}

/** Runs the commands of a paragraph and writes it anew. `program` stands for iamkey. */
export async function replay(paragraph: string, files: Transcript['files'], program?: string): Promise<string> {
  const account = new Account({ users: ['Alice', 'Bob'] })
  const iam = await serve(account)
  const env = credentials(account, iam)
  const here = createSandbox(files, program)
  const steps: Readonly<Record<string, (line: string) => Promise<string> | string>> = {
    '# ': line => line,
    '% ': line => {
      const [, action, name = ''] = /^% (\w+): (\w+)$/.exec(line) ?? []
      if (!isAction(action)) throw new Error(`no such call: ${line}`)
      if (name === 'denied') account.denied.add(action)
      else iam.fail(action, named(name))
      return line
    },
    '$ ': async line => `${line}\n${shown(await here.run(['/bin/sh', '-c', line.slice(2)], env))}`.trimEnd(),
    '= ': line => {
      if (line.startsWith('= calls:')) return ['= calls:', ...iam.calls.map(({ action }) => action)].join(' ')
      const [, user = ''] = /^= (.+):/.exec(line) ?? []
      const count = account.liveKeys(user).length
      return `= ${user}: ${count} ${count === 1 ? 'key' : 'keys'}`
    },
  }
  try {
    const lines: string[] = []
    for (const line of paragraph.split('\n')) {
      const step = steps[line.slice(0, 2)]
      if (step) lines.push(await step(line))
    }
    const familiar = [
      ...account.keys.flatMap(({ id, secret }) => [
        [id, 'AKIAIOSFODNN7EXAMPLE'] as const,
        [secret, 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'] as const,
      ]),
      [iam.endpoint, 'http://iam.test'] as const,
      [here.home, '~'] as const,
    ]
    const text = familiar.reduce((text, [ours, theirs]) => text.replaceAll(ours, theirs), lines.join('\n'))
    return text.replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?=Z|\+)/g, '2015-03-09T18:39:23')
  } finally {
    here.remove()
    await iam.close()
  }
}

function named(name: string): Fault {
  const found = Object.entries(Fault).find(([key]) => key === name)
  if (!found) throw new Error(`no such fault: ${name}`)
  return found[1]
}

function shown({ code, stdout, stderr }: Ran): string {
  const complaints = linesOf(stderr).map(line => `! ${line}`.trimEnd())
  return [...linesOf(stdout), ...complaints, ...(code ? [`? ${code}`] : [])].join('\n')
}

function linesOf(output: string): readonly string[] {
  if (output === '') return []
  return output.endsWith('\n') ? output.slice(0, -1).split('\n') : [...output.split('\n'), '(no newline at the end)']
}
