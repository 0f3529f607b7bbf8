/** `github-env`: the environment of the later steps of a GitHub Actions job, through the file that `$GITHUB_ENV` names. */

import { StoreFailure } from '../core/key-store.ts'
import { fileStore, pairOf, type TextFormat, UnsupportedContent } from './file.ts'
import type { OpenStore } from './open.ts'

export const summary = 'the environment of the later steps of a GitHub Actions job'

export const open: OpenStore = (rest, name, { user, host }) => {
  const path = host.env.GITHUB_ENV
  if (rest !== '') throw new StoreFailure(name, 'it takes no value')
  if (!path) throw new StoreFailure(name, 'GITHUB_ENV is not set: this is no step of a GitHub Actions job')
  const file = fileStore(
    {
      name,
      kind: 'github-env',
      path,
      format: githubEnvFormat,
      open: true,
      // The runner logs the environment of every later step, so the secret must be masked first. The runner reads commands from standard
      // error too, which is not redirected into files or programs that expect the output only.
      announce: ({ SecretAccessKey }) => host.stderr.write(`::add-mask::${escaped(SecretAccessKey)}\n`),
    },
    user,
    host,
  )
  return { ...file, ephemeral: true }
}

const escaped = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

/** Lines `NAME=value`, without quoting. Lines are only appended. */
export const githubEnvFormat: TextFormat = {
  read(text) {
    const value = (name: string) =>
      text
        .split(/\r?\n/)
        .findLast(line => line.startsWith(`${name}=`))
        ?.slice(name.length + 1)
    return pairOf(value('AWS_ACCESS_KEY_ID'), value('AWS_SECRET_ACCESS_KEY'))
  },
  write(text, key) {
    if (/[\r\n]/.test(key.AccessKeyId + key.SecretAccessKey)) throw new UnsupportedContent('the key is not one line')
    const gap = text === '' || text.endsWith('\n') ? '' : '\n'
    return `${text}${gap}AWS_ACCESS_KEY_ID=${key.AccessKeyId}\nAWS_SECRET_ACCESS_KEY=${key.SecretAccessKey}\n`
  },
  remove(text) {
    const last = text.lastIndexOf('\nAWS_ACCESS_KEY_ID=') + 1
    return text.slice(0, last) + text.slice(last).replace(/^AWS_ACCESS_KEY_ID=.*\nAWS_SECRET_ACCESS_KEY=.*\n/, '')
  },
  // The runner removes the file when the job ends.
  entries: () => [],
}
