/** Completion for fish. */

import { COMPLETION, type Flag, HELP, SHELL_NAMES, STORE_PREFIXES, type Words } from './words.ts'

export const fish = ({ commands, globals }: Words): string => `# fish completion for iamkey. For this shell: iamkey completion fish | source
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
function __iamkey_places
    set -l typed (commandline -ct | string replace -r '^--[a-z-]+=' '')
    set -l kind (string match -r '^[a-z-]+:' -- $typed)
    switch "$kind"
        case profile:
            string replace -r '^' $kind (iamkey completion profiles 2>/dev/null)
        case env-file: csv:
            string replace -r '^' $kind (__fish_complete_path (string replace $kind '' -- $typed))
        case ''
            printf '%s\\n' ${STORE_PREFIXES.join(' ')}
    end
end
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
  places: "-x -a '(__iamkey_places)'",
  profiles: "-x -a '(iamkey completion profiles 2>/dev/null)'",
  regions: "-x -a '(iamkey completion regions 2>/dev/null)'",
} as const

function rule({ name, short, help, value, offers }: Flag, command?: string): string {
  const when = command === undefined ? '' : ` -n '__iamkey_command ${command}'`
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${name.slice(2)}`
  const offered = offers === undefined ? '-x' : typeof offers === 'string' ? LOOKED_UP[offers] : `-x -a ${quoted(offers.join(' '))}`
  return `complete -c iamkey${when}${names}${value === undefined ? '' : ` ${offered}`} -d ${quoted(help)}`
}
