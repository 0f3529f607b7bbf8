/** Python's `os.path.expanduser` and `os.path.expandvars` (3.11, POSIX). Both leave unchanged what they cannot resolve. */

interface Machine {
  readonly home: string | undefined
  readonly files: { read(path: string): Uint8Array }
}

/** `~` and `~user` at the start of a path; the latter's home is looked up in /etc/passwd. */
export function expandUser(path: string, machine: Machine): string {
  if (!path.startsWith('~')) return path
  const [user = ''] = path.slice(1).split('/', 1)
  const home = user === '' ? machine.home : homeOf(user, machine)
  return home === undefined ? path : home.replace(/\/+$/, '') + path.slice(1 + user.length) || '/'
}

function homeOf(user: string, { files }: Machine): string | undefined {
  try {
    const accounts = new TextDecoder().decode(files.read('/etc/passwd')).split('\n')
    return accounts.map(line => line.split(':')).find(([name]) => name === user)?.[5]
  } catch {
    return undefined
  }
}

/** `$NAME` and `${NAME}`, anywhere in a path. */
export function expandVars(path: string, env: Readonly<Record<string, string | undefined>>): string {
  if (!path.includes('$')) return path
  return path.replace(/\$(?:(\w+)|\{([^}]*)\})/g, (whole, bare, braced) => env[bare ?? braced] ?? whole)
}
