/** The help of each command, arranged. build.ts replaces this file by its result. */

import { type HelpTemplate, helpTemplate } from '../cli/help-template.ts'
import { commands } from '../commands/index.ts'

/** Whether there is such a command. */
export const isCommand = (name: string): boolean => commands.some(command => command.name === name)

/** @param name a command; undefined for the help of the program */
export const helpPage = (name: string | undefined): HelpTemplate =>
  helpTemplate(
    commands,
    commands.find(command => command.name === name),
  )
