/** The text of Python's OSError (3.11, on Linux): libc's messages, which differ from Node's. */

import { repr } from './repr.ts'

/** `os.strerror` for the errors of opening, reading, writing and executing a file. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['EPERM', 'Operation not permitted'],
  ['ENOENT', 'No such file or directory'],
  ['EIO', 'Input/output error'],
  ['E2BIG', 'Argument list too long'],
  ['ENOEXEC', 'Exec format error'],
  ['ENOMEM', 'Cannot allocate memory'],
  ['EACCES', 'Permission denied'],
  ['ENOTDIR', 'Not a directory'],
  ['EISDIR', 'Is a directory'],
  ['EMFILE', 'Too many open files'],
  ['ETXTBSY', 'Text file busy'],
  ['EFBIG', 'File too large'],
  ['ENOSPC', 'No space left on device'],
  ['EROFS', 'Read-only file system'],
  ['ENAMETOOLONG', 'File name too long'],
  ['ELOOP', 'Too many levels of symbolic links'],
])

/** `[Errno 2] No such file or directory: '/path'`; without a path, the message alone. */
export const osErrorMessage = ({ code, errno }: { readonly code: string; readonly errno: number }, path?: string): string =>
  `[Errno ${Math.abs(errno)}] ${WORDS.get(code) ?? code}${path === undefined ? '' : `: ${repr(path)}`}`
