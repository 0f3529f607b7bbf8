/** Completion for bash, 3.2 (which macOS has) and later. */

import { allFlags, COMPLETION, type CompletionKind, type Flag, HELP, prefixesIn, SHELL_NAMES, type Words } from './words.ts'

export function bash(words: Words): string {
  const globals = words.globals.map(({ name }) => name)
  const commands = words.commands.map(({ name }) => name)
  return `# bash completion for iamkey. For this shell: source <(iamkey completion bash)
_iamkey() {
  local program=$1 cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} before=\${COMP_WORDS[COMP_CWORD - 2]}
  local IFS=$'\\n' command= offered= word
  local globals=${quoted(globals)}
  COMPREPLY=()
  # Bash takes file://name and profile:name for three words.
  if [[ $cur == : ]]; then before=$prev prev=: cur=; fi
  if [[ $prev == : && $before == file && $cur == //* ]]; then
    compopt -o filenames 2>/dev/null
    while read -r word; do COMPREPLY+=("//$word"); done < <(compgen -f -- "\${cur#//}")
    return
  fi
  # The word before the colon decides what follows it.
  if [[ $prev == : ]]; then prev=$before:; fi
  # --option=value: so does it here.
  if [[ $cur == = ]]; then cur= before=$prev; prev=$before; elif [[ $prev == = ]]; then prev=$before; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${commands.join(' | ')}) command=$word ;;
    esac
  done
  case $prev in
${valueCases(words)}
    *)
      case $command in
${words.commands.map(({ name, flags }) => `        ${name}) offered=${quoted([HELP.name, ...flags.map(flag => flag.name)])}$IFS$globals ;;`).join('\n')}
        *) offered=${quoted([...commands, 'iam', HELP.name, COMPLETION.name])}$IFS$globals ;;
      esac
      ;;
  esac
  # Not compgen -W: it would expand what stands in the name of a profile.
  while read -r word; do
    if [[ -n $word && $word == "$cur"* ]]; then COMPREPLY+=("$(printf %q "$word")"); fi
  done <<< "$offered"
}
complete -F _iamkey iamkey
`
}

const quoted = (words: readonly string[]) => `$'${words.join('\\n')}'`

const LOOKED_UP = {
  files: 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return',
  documents: "compopt -o nospace 2>/dev/null; offered='file://'",
  profiles: 'offered=$("$program" completion profiles 2>/dev/null)',
  regions: 'offered=$("$program" completion regions 2>/dev/null)',
} as const satisfies Record<CompletionKind, string>

/** One arm per action, with all the options that share it. */
function valueCases(words: Words): string {
  const arms = new Map<string, Set<string>>([[`offered=${quoted(SHELL_NAMES)}`, new Set([COMPLETION.name])]])
  const add = (action: string, word: string) => arms.set(action, (arms.get(action) ?? new Set()).add(word))
  for (const flag of allFlags(words)) if (flag.value !== undefined) add(actionOf(flag), flag.name)
  for (const { prefix, complete } of prefixesIn(words)) if (complete) add(LOOKED_UP[complete], prefix)
  return Array.from(arms, ([action, names]) => `    ${[...names].join(' | ')}) ${action} ;;`).join('\n')
}

function actionOf({ offers }: Flag): string {
  if (offers === undefined) return 'return'
  if ('kind' in offers) return LOOKED_UP[offers.kind]
  if ('words' in offers) return `offered=${quoted(offers.words)}`
  return `compopt -o nospace 2>/dev/null; offered=${quoted(offers.prefixes.map(({ prefix }) => prefix))}`
}
