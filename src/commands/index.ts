/** Every command, in the order the help lists them. */

import type { Command } from '../command.ts'
import { createAccessKey } from './create-access-key.ts'

export const commands: readonly Command[] = [createAccessKey]
