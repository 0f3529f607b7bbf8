/** The usage text that goes with a complaint about the command line: aws-cli 2.36.7's (awscli/argparser.py), under our name. */

export const PROGRAM = 'iamkey'

/** Ends in a line end, as aws-cli's does: the structured error formats show it. */
export const USAGE = `usage: ${PROGRAM} [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  ${PROGRAM} help
  ${PROGRAM} <command> help
  ${PROGRAM} <command> <subcommand> help
`

/** Of the parser that looks for --profile and --debug before any configuration is read. */
export const FIRST_PASS_USAGE = `usage: ${PROGRAM} [--profile PROFILE] [--debug]\n`
