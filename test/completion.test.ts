/** Completion as real shells do it, with the built program on the PATH. PowerShell is not to be had here: its script is only looked at. */
import * as childProcess from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completion, SHELLS } from '../src/cli/completion.ts'
import { optionsOf } from '../src/cli/members.ts'
import { commands } from '../src/commands/index.ts'
import { ParameterError } from '../src/core/errors.ts'
import { GLOBAL_OPTIONS } from '../src/core/options.ts'
import { createSandbox, type Sandbox } from './support/process.ts'

const CONFIG =
  '[default]\nregion = eu-west-1\n[profile prod]\nregion = us-east-1\n[profile "my $(team)"]\n[profile staging]\nregion = eu-west-1\n'
const NAMES = commands.map(({ name }) => name)

let here: Sandbox
beforeAll(() => {
  here = createSandbox({ '~/.aws/config': CONFIG, '~/.aws/credentials': '[ci]\n', 'bob.json': '{}', 'dir/ann.json': '{}' })
})
afterAll(() => here.remove())

/** What a shell offers for the last word of a line that has been typed so far. */
type Offer = (line: string) => Promise<readonly string[]>

const sorted = (text: string) => text.split('\n').filter(Boolean).sort()

/** The words as readline would cut them: also at `=` and `:`. */
const bash: Offer = async line => {
  const words = line.split(/(?<=[=:])|(?=[=:])| /)
  const script = `
    source <(iamkey completion bash)
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _iamkey iamkey; printf '%s\\n' "\${COMPREPLY[@]}"`
  return sorted((await here.run(['bash', '-c', script, 'bash', ...words])).stdout)
}

const fish: Offer = async line => {
  const script = 'iamkey completion fish | source; complete -C $argv[1]'
  const { stdout } = await here.run(['fish', '--no-config', '-c', script, '--', line])
  return sorted(stdout.replace(/\t.*/g, ''))
}

/** A terminal of zsh's own, in which completing tells what `compadd` was given. */
const zsh: Offer = async line => {
  const script = `
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell 'PS1=; autoload -U compinit; compinit -D -u; source <(iamkey completion zsh)'
    zpty -w shell 'compadd() { local -a hits; builtin compadd -A hits "$@"; print -rl -- HIT:$^hits; builtin compadd "$@" }'
    zpty -w shell 'finish() { zle complete-word; print -r -- END:; exit }; zle -N finish; bindkey "^G" finish; print REA""DY'
    zpty -r -m shell REPLY '*READY*'
    zpty -w -n shell "$1"$'\\a'
    zpty -r -m shell REPLY '*END:*'
    print -r -- $REPLY`
  const { stdout } = await here.run(['zsh', '-f', '-c', script, 'zsh', line])
  // _describe measures a word before it offers it.
  return [...new Set(sorted([...stdout.matchAll(/HIT:(.+?)\r?$/gm)].map(([, hit]) => hit).join('\n')))]
}

const has = (shell: string) => childProcess.spawnSync(shell, ['-c', 'true']).status === 0
const shells: readonly (readonly [string, Offer])[] = Object.entries({ bash, zsh, fish })
const lacking = shells.map(([name]) => name).filter(name => !has(name))
if (lacking.length > 0) console.warn(`completion is not tested in ${lacking.join(', ')}: not installed`)

describe.each(shells)('%s', (shell, offer) => {
  test.skipIf(lacking.includes(shell)).each([
    ['iamkey ', expect.arrayContaining([...NAMES, 'help', 'completion'])],
    ['iamkey cre', ['create-access-key']],
    ['iamkey iam cre', ['create-access-key']],
    ['iamkey completion ', ['bash', 'fish', 'powershell', 'zsh']],
    ['iamkey create-access-key --user', ['--user-name']],
    ['iamkey update-access-key --status ', ['Active', 'Expired', 'Inactive']],
    ['iamkey create-access-key --output ya', ['yaml', 'yaml-stream']],
    ['iamkey --output=ya', expect.arrayContaining([expect.stringMatching(/yaml-stream$/)])],
    ['iamkey create-access-key --profile p', ['prod']],
    ['iamkey create-access-key --region ', ['eu-west-1', 'us-east-1']],
    ['iamkey create-access-key --query ', []],
    ['iamkey create-access-key --store e', ['env-file:']],
    ['iamkey create-access-key --store github-env --store pro', ['profile:']],
    ['iamkey create-access-key --store profile:st', [expect.stringMatching(/^(profile:)?staging$/)]],
    ['iamkey create-access-key --store csv:bo', [expect.stringMatching(/^(csv:)?bob\.json$/)]],
    ['iamkey create-access-key --cli-input-json f', ['file://']],
    ['iamkey create-access-key --ca-bundle bo', ['bob.json']],
  ])('%s', async (line, offered) => {
    expect(await offer(line)).toEqual(offered)
  })

  test.skipIf(lacking.includes(shell))('a document is found behind file://', async () => {
    const found = await offer('iamkey create-access-key --cli-input-json file://bo')
    expect(found).toEqual([expect.stringMatching(/bob\.json$/)])
  })

  test.skipIf(lacking.includes(shell))('a profile name is offered as it is, and nothing in it is run', async () => {
    const found = await offer('iamkey create-access-key --profile my')
    expect(found.map(name => name.replaceAll('\\', ''))).toEqual(['my $(team)'])
  })
})

describe.each(Object.keys(SHELLS))('the script for %s', shell => {
  test('knows every command and option', async () => {
    const script = await completion([shell], commands, () => new Map())
    const names = [...NAMES, ...[...GLOBAL_OPTIONS, ...commands.flatMap(optionsOf)].map(({ name }) => name)]
    expect(names.filter(name => !script.includes(name))).toEqual([])
  })
})

test('profiles and regions come from both files, each once', async () => {
  expect((await here.run(['iamkey', 'completion', 'profiles'])).stdout).toBe('default\nprod\nmy $(team)\nstaging\nci\n')
  expect((await here.run(['iamkey', 'completion', 'regions'])).stdout).toBe('eu-west-1\nus-east-1\n')
})

test.each([[[]], [['tcsh']], [['toString']], [['bash', 'zsh']]])('%j is no shell', async words => {
  await expect(completion(words, commands, () => new Map())).rejects.toThrow(ParameterError)
})
