/** An error that the system would have given. */

import type { SystemError } from '../core/host.ts'

/** @param errno its number on Linux */
export const systemError = (code: string, errno: number, cause?: unknown): SystemError =>
  Object.assign(new Error(code, { cause }), { code, errno })
