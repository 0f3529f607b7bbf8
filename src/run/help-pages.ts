/** The help of each command, arranged. build.ts replaces this file by its result, one script for each page. */

import { helpTemplate } from '../cli/help-template.ts'
import { commands } from '../commands/index.ts'

/** Whether there is such a command. */
export const isCommand = (name: string): boolean => commands.some(command => command.name === name)

/** The template of a page. @param name a command; undefined for the help of the program */
export const helpPage = async (name: string | undefined): Promise<string> =>
  helpTemplate(
    commands,
    commands.find(command => command.name === name),
  )
