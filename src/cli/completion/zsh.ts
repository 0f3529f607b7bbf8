/** Completion for zsh, by its `_arguments`. */

import { shellQuote } from '../../core/shell-quote.ts'
import { allFlags, COMPLETION, type CompletionKind, type Flag, HELP, SHELL_NAMES, type Words } from './words.ts'

export const zsh = ({ commands, globals }: Words): string => `#compdef iamkey
# zsh completion for iamkey. For this shell: source <(iamkey completion zsh)
_iamkey_names() {
  local -a names
  names=(\${(f)"$(\${_iamkey_program} completion $1 2>/dev/null)"})
  compadd "\${@:2}" -a names
}
_iamkey_profiles() { _iamkey_names profiles "$@" }
_iamkey_regions() { _iamkey_names regions "$@" }
_iamkey_documents() {
  if compset -P 'file://'; then _files; else compadd -S '' 'file://'; fi
}
${prefixFunctions(allFlags({ commands, globals }))}
_iamkey_commands() {
  local -a names
  names=(
${[...commands, HELP, COMPLETION].map(({ name, help }) => `    ${shellQuote(`${name}:${help}`)}`).join('\n')}
  )
  _describe command names
}
_iamkey() {
  local command word _iamkey_program=\${words[1]}
  local -a globals
  globals=(
${globals.map(flag => `    ${spec(flag)}`).join('\n')}
  )
  for word in \${words[2,CURRENT-1]}; do
    case $word in
      (${[...commands.map(({ name }) => name), 'completion'].join('|')}) command=$word ;;
    esac
  done
  case $command in
${commands.map(({ name, flags }) => `    (${name}) _arguments $globals \\\n${[...flags.map(spec), "'*: :'"].map(each => `      ${each}`).join(' \\\n')} ;;`).join('\n')}
    (completion) _arguments '*:shell:(${SHELL_NAMES.join(' ')})' ;;
    (*) _arguments $globals '*: :_iamkey_commands' ;;
  esac
}
if [[ $funcstack[1] == _iamkey ]]; then _iamkey "$@"; else compdef _iamkey iamkey; fi
`

const LOOKED_UP = {
  files: '_files',
  documents: '_iamkey_documents',
  profiles: '_iamkey_profiles',
  regions: '_iamkey_regions',
} as const satisfies Record<CompletionKind, string>

/** A function for each option whose value begins with one of several prefixes. */
function prefixFunctions(flags: readonly Flag[]): string {
  const functions = flags.map(flag => {
    if (!flag.offers || !('prefixes' in flag.offers)) return ''
    const { prefixes } = flag.offers
    const cases = prefixes.flatMap(({ prefix, complete }) => (complete ? `compset -P '${prefix}'; then ${LOOKED_UP[complete]}` : []))
    const words = prefixes.map(({ prefix }) => prefix).join(' ')
    return `${functionName(flag)}() {\n  if ${cases.join('\n  elif ')}\n  else compadd -S '' ${words}\n  fi\n}`
  })
  return [...new Set(functions)].filter(text => text !== '').join('\n')
}

const functionName = ({ name }: Pick<Flag, 'name'>) => `_iamkey_${name.slice(2).replaceAll('-', '_')}`

/** `--output=[Format]:format:(json text)` */
function spec(flag: Flag): string {
  const { name, help, repeat, value } = flag
  const meaning = `[${help.replace(/[[\]:]/g, '\\$&')}]`
  if (value === undefined) return shellQuote(`${name}${meaning}`)
  return shellQuote(`${repeat ? '*' : ''}${name}=${meaning}:${value}:${offeredBy(flag)}`)
}

function offeredBy({ name, offers }: Flag): string {
  if (offers === undefined) return ' '
  if ('kind' in offers) return LOOKED_UP[offers.kind]
  return 'words' in offers ? `(${offers.words.join(' ')})` : functionName({ name })
}
