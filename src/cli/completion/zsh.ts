/** Completion for zsh, over its own `_arguments`. */

import { COMPLETION, type Flag, HELP, SHELL_NAMES, STORE_PREFIXES, type Words } from './words.ts'

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
_iamkey_places() {
  if compset -P 'profile:'; then _iamkey_profiles
  elif compset -P '(env-file|csv):'; then _files
  else compadd -S '' ${STORE_PREFIXES.join(' ')}
  fi
}
_iamkey_commands() {
  local -a names
  names=(
${[...commands, HELP, COMPLETION].map(({ name, help }) => `    ${quoted(`${name}:${help}`)}`).join('\n')}
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

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

const LOOKED_UP = {
  files: '_files',
  documents: '_iamkey_documents',
  places: '_iamkey_places',
  profiles: '_iamkey_profiles',
  regions: '_iamkey_regions',
} as const

/** `--output=[Format]:format:(json text)` */
function spec({ name, help, repeat, value, offers }: Flag): string {
  const meaning = `[${help.replace(/[[\]:]/g, '\\$&')}]`
  if (value === undefined) return quoted(`${name}${meaning}`)
  const offered = offers === undefined ? ' ' : typeof offers === 'string' ? LOOKED_UP[offers] : `(${offers.join(' ')})`
  return quoted(`${repeat ? '*' : ''}${name}=${meaning}:${value}:${offered}`)
}
