/** The usage text of command line errors, aws-cli 2.36.7's (awscli/argparser.py) with the program's name. */

/** Ends with a line end, as aws-cli's does: the structured error formats show it. */
export const usage = (program: string): string => `usage: ${program} [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  ${program} help
  ${program} <command> help
  ${program} <command> <subcommand> help
`

/** For the parser that reads --profile and --debug before the configuration. */
export const firstPassUsage = (program: string): string => `usage: ${program} [--profile PROFILE] [--debug]\n`
