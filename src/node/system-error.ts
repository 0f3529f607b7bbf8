/** Makes an error like one of the system's. */

import type { SystemError } from '../core/host.ts'

/** @param errno the number of the code on Linux */
export const systemError = (code: string, errno: number, cause?: unknown): SystemError =>
  Object.assign(new Error(code, { cause }), { code, errno })
