/** Python's `os.path.expanduser` and `os.path.expandvars` (3.11, POSIX). Both leave unchanged what they cannot resolve. */

interface PathHost {
  readonly home: string | undefined
  readonly files: { read(path: string): Uint8Array }
}

/** `~` and `~user` at the start of a path; the latter's home is looked up in /etc/passwd. */
export function expandUser(path: string, machine: PathHost): string {
  if (!path.startsWith('~')) return path
  const [user = ''] = path.slice(1).split('/', 1)
  const home = user === '' ? machine.home : homeOf(user, machine)
  return home === undefined ? path : withoutSlashes(home) + path.slice(1 + user.length) || '/'
}

/** Without the slashes at its end. */
function withoutSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}

function homeOf(user: string, { files }: PathHost): string | undefined {
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
  const expanded = (part: string, name: RegExp) => part.replace(name, (whole, bare, braced) => env[bare ?? braced] ?? whole)
  // Behind the last brace no name in braces ends: it would be looked for from every `${` to the end.
  const end = path.lastIndexOf('}') + 1
  return expanded(path.slice(0, end), /\$(?:(\w+)|\{([^}]*)\})/g) + expanded(path.slice(end), /\$(\w+)/g)
}
