/** Completion for fish. */

import type { ValuePrefix } from '../../core/options.ts'
import { allFlags, COMPLETION, type CompletionKind, type Flag, HELP, SHELL_NAMES, type Words } from './words.ts'

export const fish = ({
  commands,
  globals,
}: Words): string => `# fish completion for iamkey. Its place is ~/.config/fish/completions/iamkey.fish: only there does fish take it instead of its reading of the manual.
function __iamkey_command
    for word in (commandline -opc)[2..-1]
        if contains -- $word ${commands.map(({ name }) => name).join(' ')} completion help
            test (count $argv) -eq 0; or test $word = $argv[1]
            return
        end
    end
    return 1
end
function __iamkey_documents
    set -l typed (commandline -ct | string replace -r '^--[a-z-]+=' '')
    if string match -q 'file://*' -- $typed
        string replace -r '^' 'file://' (__fish_complete_path (string replace 'file://' '' -- $typed))
    else
        echo file://
    end
end
${prefixFunctions(allFlags({ commands, globals }))}
complete -c iamkey -f
${[...commands, HELP, COMPLETION].map(({ name, help }) => `complete -c iamkey -n 'not __iamkey_command' -a ${name} -d ${quoted(help)}`).join('\n')}
complete -c iamkey -n '__iamkey_command completion' -a '${SHELL_NAMES.join(' ')}'
${globals.map(flag => rule(flag)).join('\n')}
${commands.flatMap(({ name, flags }) => flags.map(flag => rule(flag, name))).join('\n')}
`

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const LOOKED_UP = {
  files: '-r -F',
  documents: "-x -a '(__iamkey_documents)'",
  profiles: "-x -a '(iamkey completion profiles 2>/dev/null)'",
  regions: "-x -a '(iamkey completion regions 2>/dev/null)'",
} as const satisfies Record<CompletionKind, string>

/** What may follow a prefix; the variables `$prefix` and `$typed` are set. */
const BEHIND = {
  files: '(__fish_complete_path (string replace $prefix "" -- $typed))',
  profiles: '(iamkey completion profiles 2>/dev/null)',
} as const satisfies Record<NonNullable<ValuePrefix['complete']>, string>

/** A function for each option whose value begins with one of several prefixes. */
function prefixFunctions(flags: readonly Flag[]): string {
  const functions = flags.map(flag => {
    if (!flag.offers || !('prefixes' in flag.offers)) return ''
    const { prefixes } = flag.offers
    const cases = prefixes.flatMap(({ prefix, complete }) =>
      complete ? `        case ${prefix}\n            string replace -r '^' $prefix ${BEHIND[complete]}` : [],
    )
    return `function ${functionName(flag)}
    set -l typed (commandline -ct | string replace -r '^--[a-z-]+=' '')
    set -l prefix (string match -r '^[a-z-]+:' -- $typed)
    switch "$prefix"
${cases.join('\n')}
        case ''
            printf '%s\\n' ${prefixes.map(({ prefix }) => prefix).join(' ')}
    end
end`
  })
  return [...new Set(functions)].filter(text => text !== '').join('\n')
}

const functionName = ({ name }: Pick<Flag, 'name'>) => `__iamkey_${name.slice(2).replaceAll('-', '_')}`

function rule(flag: Flag, command?: string): string {
  const { name, short, help, value } = flag
  const when = command === undefined ? '' : ` -n '__iamkey_command ${command}'`
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${name.slice(2)}`
  return `complete -c iamkey${when}${names}${value === undefined ? '' : ` ${offeredBy(flag)}`} -d ${quoted(help)}`
}

function offeredBy({ name, offers }: Flag): string {
  if (offers === undefined) return '-x'
  if ('kind' in offers) return LOOKED_UP[offers.kind]
  return 'words' in offers ? `-x -a ${quoted(offers.words.join(' '))}` : `-x -a '(${functionName({ name })})'`
}
