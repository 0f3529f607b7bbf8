/** The usage text that goes with a complaint about the command line: aws-cli 2.36.7's (awscli/argparser.py), under a program's name. */

/** Ends in a line end, as aws-cli's does: the structured error formats show it. */
export const usage = (program: string): string => `usage: ${program} [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  ${program} help
  ${program} <command> help
  ${program} <command> <subcommand> help
`

/** Of the parser that looks for --profile and --debug before any configuration is read. */
export const firstPassUsage = (program: string): string => `usage: ${program} [--profile PROFILE] [--debug]\n`
