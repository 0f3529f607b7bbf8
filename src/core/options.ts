/**
 * The options as rows of data for parser, help and settings: every global option of aws-cli 2.36.7 (awscli/data/cli.json), and the options
 * that commands have besides their members. No parsing, no precedence.
 */

/** Another source of an option's value: an environment variable (`$`) or a key of the profile. */
export type OptionSource = `$${string}` | Lowercase<string>

export interface Option {
  /** Without the dashes. `no-x` turns off `x`: its key is `x`, true unless the option is given. */
  readonly name: string
  /** A single letter with the same meaning. */
  readonly short?: string
  /** The placeholder of the value; an option without one is a flag. */
  readonly value?: string
  readonly choices?: readonly string[]
  /** The value is a whole number, as Python's `int()` reads it. */
  readonly integer?: boolean
  /** May be typed several times; the values count in order. */
  readonly repeat?: boolean
  /** The option whose values these belong to: each value goes with the value of that option before it. */
  readonly follows?: string
  /** The value if it is omitted; without this it is required. */
  readonly defaultWhenBare?: string
  readonly help: string
  /** Other sources of the value, in order of precedence: `$VARIABLE`, or a key of the profile. */
  readonly sources?: readonly OptionSource[]
  /** The value if no source has one. */
  readonly defaultValue?: string
  /** An error if it is absent. */
  readonly required?: boolean
  /** What a shell offers for a value that is not one of `choices`. */
  readonly complete?: 'files' | 'documents' | 'profiles' | 'regions' | readonly ValuePrefix[]
  /** Not in aws-cli. It cannot be abbreviated, so that no abbreviation that works with `aws` becomes ambiguous. */
  readonly extension?: boolean
}

/** A beginning of values, and what a shell offers behind it. */
export interface ValuePrefix {
  readonly prefix: string
  readonly complete?: 'files' | 'profiles' | undefined
}

/** In the order of aws-cli's parser, in which the error for an ambiguous abbreviation lists them. */
export const GLOBAL_OPTIONS = [
  { name: 'debug', help: 'Log decisions and their reasons to standard error, without secrets.' },
  {
    name: 'endpoint-url',
    value: 'url',
    help: 'Send requests to this URL.',
    sources: ['$AWS_ENDPOINT_URL_IAM', '$AWS_ENDPOINT_URL', 'endpoint_url'],
  },
  { name: 'no-verify-ssl', help: 'Do not verify TLS certificates.' },
  { name: 'no-paginate', help: 'Make a single call, even if there are more pages of results.' },
  {
    name: 'output',
    value: 'format',
    choices: ['json', 'text', 'table', 'yaml', 'yaml-stream', 'off'],
    help: 'Output format.',
    sources: ['$AWS_DEFAULT_OUTPUT', 'output'],
    defaultValue: 'json',
  },
  { name: 'query', value: 'expression', help: 'JMESPath expression that selects what to show of the output.' },
  {
    name: 'profile',
    value: 'name',
    help: 'Profile of the AWS configuration files.',
    complete: 'profiles',
    sources: ['$AWS_PROFILE', '$AWS_DEFAULT_PROFILE'],
    defaultValue: 'default',
  },
  {
    name: 'region',
    value: 'name',
    help: 'Region. IAM needs none.',
    complete: 'regions',
    sources: ['$AWS_REGION', '$AWS_DEFAULT_REGION', 'region'],
  },
  { name: 'color', value: 'when', choices: ['on', 'off', 'auto'], help: 'Colored output.', defaultValue: 'auto' },
  { name: 'no-sign-request', help: 'Send unsigned requests, without credentials.' },
  {
    name: 'ca-bundle',
    value: 'file',
    help: 'PEM file of certificates to trust in place of the default ones.',
    complete: 'files',
    sources: ['$AWS_CA_BUNDLE', 'ca_bundle', '$REQUESTS_CA_BUNDLE'],
  },
  { name: 'cli-read-timeout', value: 'seconds', help: 'Read timeout. 0 waits forever.', defaultValue: '60' },
  { name: 'cli-connect-timeout', value: 'seconds', help: 'Connect timeout. 0 waits forever.', defaultValue: '60' },
  {
    name: 'cli-binary-format',
    value: 'format',
    choices: ['base64', 'raw-in-base64-out'],
    help: 'Format of binary values. No option here takes one.',
    sources: ['cli_binary_format'],
    defaultValue: 'base64',
  },
  { name: 'no-cli-pager', help: 'Do not use a pager.', sources: ['$AWS_PAGER', 'cli_pager', '$PAGER'] },
  { name: 'cli-auto-prompt', help: 'Not supported: prompting for parameters.', sources: ['$AWS_CLI_AUTO_PROMPT', 'cli_auto_prompt'] },
  { name: 'no-cli-auto-prompt', help: 'Do not prompt, even if the configuration says so.' },
  {
    name: 'cli-error-format',
    value: 'format',
    choices: ['legacy', 'json', 'yaml', 'text', 'table', 'enhanced'],
    help: 'Format of error messages.',
    sources: ['$AWS_CLI_ERROR_FORMAT', 'cli_error_format'],
    defaultValue: 'enhanced',
  },
  { name: 'version', help: 'Show the version.' },
  { name: 'help', short: 'h', help: 'Show this help.', extension: true },
] as const satisfies readonly Option[]

/** The options for a command's whole input. They follow the options of its members. */
export const INPUT_OPTIONS = [
  {
    name: 'cli-input-json',
    value: 'json',
    help: 'Input as JSON, file://PATH, or - for standard input. Command-line options take precedence.',
    complete: 'documents',
  },
  {
    name: 'cli-input-yaml',
    value: 'yaml',
    help: 'Input as YAML, file://PATH, or - for standard input. Command-line options take precedence.',
    complete: 'documents',
  },
  {
    name: 'generate-cli-skeleton',
    value: 'kind',
    choices: ['input', 'output', 'yaml-input'],
    defaultWhenBare: 'input',
    help: 'Print an input template, or a sample of the output, without calling AWS.',
  },
] as const satisfies readonly Option[]

/** When a new key is shown. `--store`, which says where it goes, is in stores/index.ts. */
export const WAIT_OPTIONS = [
  { name: 'wait', extension: true, help: 'Wait until AWS accepts the key.' },
  { name: 'wait-timeout', value: 'seconds', extension: true, help: 'Maximum time to wait.', defaultValue: '60' },
] as const satisfies readonly Option[]

/** For a command whose output is a key. */
export const EXPORT_OPTIONS = [
  {
    name: 'export-format',
    value: 'format',
    choices: ['env', 'env-no-export', 'powershell', 'windows-cmd', 'fish', 'process'],
    extension: true,
    help: 'Print the key as `aws configure export-credentials` does, for a shell to evaluate.',
  },
] as const satisfies readonly Option[]

/** For a rotation. A span of time is `90d`, `12h` or `30m`. */
export const ROTATION_OPTIONS = [
  {
    name: 'older-than',
    value: 'time',
    extension: true,
    help: 'Rotate a key of this age; keep a younger one.',
    defaultValue: '90d',
  },
  {
    name: 'two-keys',
    value: 'choice',
    choices: ['fail', 'delete-inactive', 'delete-unused', 'delete-older'],
    extension: true,
    help:
      'Which key may be deleted to make room if the user already has two. Each choice includes those before it. ' +
      'A key that signs this run, or that a store holds, is never deleted.',
    defaultValue: 'fail',
  },
  {
    name: 'retire',
    value: 'choice',
    choices: ['deactivate', 'delete', 'keep'],
    extension: true,
    help: 'What happens to the old key once the new one is stored and works.',
    defaultValue: 'deactivate',
  },
  {
    name: 'delete-inactive-after',
    value: 'time',
    extension: true,
    help: 'Delete a replaced key once it has been inactive and unused for this long.',
    defaultValue: '7d',
  },
  {
    name: 'retire-after',
    value: 'time',
    extension: true,
    help:
      'Retire the old key this long after the new one was stored everywhere, or once it has not been used for an hour. ' +
      '0m retires it in the same run.',
    defaultValue: '1d',
  },
  {
    name: 'read-command',
    value: 'command',
    follows: 'store',
    extension: true,
    help: 'Read the --store command:… before this option with a program that prints the access key id, or the whole key, that the store holds.',
  },
  {
    name: 'check-command',
    value: 'command',
    extension: true,
    help: 'Program that must succeed with the new key in its environment before the old key is retired.',
  },
  {
    name: 'wait-timeout',
    value: 'seconds',
    extension: true,
    help: 'Maximum time to wait until AWS accepts the new key.',
    defaultValue: '60',
  },
  {
    name: 'journal',
    value: 'place',
    choices: ['local', 'user-tags'],
    extension: true,
    help:
      'Where a run writes down what it does, for later runs: in the state directory of this machine, or in the tag iamkey:rotation of the ' +
      'user, which runs on other machines find as well.',
    defaultValue: 'local',
  },
  { name: 'plan', extension: true, help: 'Show what would be done, and why, without changing anything.' },
] as const satisfies readonly Option[]

/** For a command with paginated results (awscli/customizations/paginate.py, 2.36.7). */
export const PAGING_OPTIONS = [
  { name: 'starting-token', value: 'token', help: 'NextToken of an earlier list, to continue it.' },
  { name: 'page-size', value: 'number', integer: true, help: 'Results per call. The output is the same.' },
] as const satisfies readonly Option[]

/** The environment variables that set an option. */
export const variablesOf = ({ sources = [] }: Option): readonly string[] =>
  sources.flatMap(place => (place.startsWith('$') ? place.slice(1) : []))

/** The key of a parsed option: `userName`, `verifySsl`. */
export function keyOf(name: string): string {
  const [first = '', ...others] = (name.startsWith('no-') ? name.slice(3) : name).split('-')
  return first + others.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name
type KeyOf<Name extends string> = Name extends `no-${infer Positive}` ? CamelCase<Positive> : CamelCase<Name>
type ValueOf<Row extends Option> = Row extends { follows: string }
  ? readonly (string | undefined)[] | undefined
  : Row extends { repeat: true }
    ? readonly string[] | undefined
    : Row extends { value: string }
      ? (Row extends { choices: readonly (infer Choice)[] } ? Choice : string) | undefined
      : boolean

/** The parsed options of a table: a value or undefined; a flag as a boolean. */
export type ParsedOptionsOf<Rows extends readonly Option[]> = { readonly [Row in Rows[number] as KeyOf<Row['name']>]: ValueOf<Row> }

export type Globals = ParsedOptionsOf<typeof GLOBAL_OPTIONS>

/** The global options that take a value, by name. */
export type GlobalValueOption = Extract<(typeof GLOBAL_OPTIONS)[number], { value: string }>['name']

/** The parsed options of a command: of its members, by key, and of the tables. */
export interface Flags
  extends ParsedOptionsOf<typeof INPUT_OPTIONS>,
    Partial<ParsedOptionsOf<typeof WAIT_OPTIONS>>,
    Partial<ParsedOptionsOf<typeof EXPORT_OPTIONS>>,
    Partial<ParsedOptionsOf<typeof ROTATION_OPTIONS>> {
  readonly store?: readonly string[]
  readonly [key: string]: string | readonly (string | undefined)[] | boolean | undefined
}
