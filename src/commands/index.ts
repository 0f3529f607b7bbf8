/** Every command, in the order the help lists them. */

import type { Command } from '../core/command.ts'
import { auditAccessKeys } from './audit-access-keys.ts'
import { createAccessKey } from './create-access-key.ts'
import { deleteAccessKey } from './delete-access-key.ts'
import { doctor } from './doctor.ts'
import { getAccessKeyLastUsed } from './get-access-key-last-used.ts'
import { listAccessKeys } from './list-access-keys.ts'
import { rotateAccessKey } from './rotate-access-key.ts'
import { updateAccessKey } from './update-access-key.ts'

export const commands: readonly Command[] = [
  createAccessKey,
  listAccessKeys,
  updateAccessKey,
  deleteAccessKey,
  getAccessKeyLastUsed,
  rotateAccessKey,
  auditAccessKeys,
  doctor,
]
