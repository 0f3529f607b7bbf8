/** Whether a process of this machine is running, whichever user owns it. */

import { isSystemError } from '../core/host.ts'

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isSystemError(error) && error.code === 'EPERM'
  }
}
