/** Completion for PowerShell, 5.1 and later. */

import { allFlags, COMPLETION, type CompletionKind, type Flag, HELP, SHELL_NAMES, type Words } from './words.ts'

export const powershell = (
  words: Words,
): string => `# PowerShell completion for iamkey. For this session: iamkey completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName iamkey -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $commands = [ordered]@{
${[...words.commands, HELP, COMPLETION].map(({ name, help }) => entry(name, quoted(help))).join('\n')}
    }
    $globals = [ordered]@{
${words.globals.map(({ name, help }) => entry(name, quoted(help))).join('\n')}
    }
    $options = @{
${words.commands.map(({ name, flags }) => entry(name, `[ordered]@{\n${flags.map(flag => `    ${entry(flag.name, quoted(flag.help))}`).join('\n')}\n        }`)).join('\n')}
    }
    $values = @{
${valueEntries(words).join('\n')}
    }
    $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $_.Extent.Text -ne $wordToComplete } | ForEach-Object { $_.Extent.Text })
    $previous = if ($typed.Count -gt 0) { $typed[-1] } else { '' }
    $command = $typed | Where-Object { $commands.Contains($_) } | Select-Object -Last 1
    if ($values.ContainsKey($previous)) {
        $offered = [ordered]@{}
        foreach ($value in @(& $values[$previous])) { if ($value) { $offered[$value] = $value } }
    } elseif ($command -eq 'completion') {
        $offered = [ordered]@{ ${SHELL_NAMES.map(name => `'${name}' = '${name}'`).join('; ')} }
    } elseif ($command) {
        $offered = [ordered]@{}
        if ($options.ContainsKey($command)) { foreach ($name in $options[$command].Keys) { $offered[$name] = $options[$command][$name] } }
        foreach ($name in $globals.Keys) { $offered[$name] = $globals[$name] }
    } else {
        $offered = [ordered]@{}
        foreach ($name in $commands.Keys) { $offered[$name] = $commands[$name] }
        foreach ($name in $globals.Keys) { $offered[$name] = $globals[$name] }
    }
    foreach ($name in $offered.Keys) {
        if ($name.StartsWith($wordToComplete)) {
            [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $offered[$name])
        }
    }
}
`

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const entry = (name: string, value: string) => `        ${quoted(name)} = ${value}`

/** PowerShell completes files itself. */
const LOOKED_UP = {
  files: undefined,
  documents: "{ 'file://' }",
  profiles: '{ iamkey completion profiles 2>$null }',
  regions: '{ iamkey completion regions 2>$null }',
} as const satisfies Record<CompletionKind, string | undefined>

function valueEntries(words: Words): readonly string[] {
  const entries = allFlags(words).flatMap(flag => {
    const offered = offeredBy(flag)
    return offered === undefined ? [] : [entry(flag.name, offered)]
  })
  return [...new Set(entries)]
}

function offeredBy({ offers }: Flag): string | undefined {
  if (offers === undefined) return undefined
  if ('kind' in offers) return LOOKED_UP[offers.kind]
  const words = 'words' in offers ? offers.words : offers.prefixes.map(({ prefix }) => prefix)
  return `{ ${words.map(quoted).join(', ')} }`
}
