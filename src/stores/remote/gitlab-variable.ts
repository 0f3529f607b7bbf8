/**
 * `gitlab-variable:GROUP/PROJECT?name=NAME[&scope=SCOPE]`: a CI/CD variable of type File in a GitLab project. It contains a credentials
 * file, or, for a variable that GitLab masks, a line of JSON (`format=json`). Only the value is sent, so that no setting changes, and
 * always the scope, because several variables may have the name.
 */

import { type KeyStore, type StoredKey, StoreFailure } from '../../core/key-store.ts'
import type { OpenStore } from '../open.ts'
import { parseAddress } from './address.ts'
import { failure, type RequestContext } from './call.ts'
import { credentialsText, processText } from './key-text.ts'
import { type ReplaceableValue, replaceValue, type StoredValue } from './replace.ts'
import { type RestAnswer, restCalls } from './rest.ts'

const NEVER = new AbortController().signal

export const summary = 'a CI/CD variable of a GitLab project'

export const open: OpenStore = (rest, store, { host, remote }) => {
  const { place: project, parameters } = parseAddress(rest, store, ['name', 'scope', 'format'])
  const { name, scope = '*', format = 'credentials' } = parameters
  if (!/^\d+$|^[\w.-]+(\/[\w.-]+)+$/.test(project)) throw new StoreFailure(store, 'it is written GROUP/PROJECT, and then ?name=NAME')
  if (name === undefined || !/^\w{1,255}$/.test(name)) throw new StoreFailure(store, 'name=NAME is letters, digits and _')
  if (format !== 'credentials' && format !== 'json') throw new StoreFailure(store, 'format is credentials or json')
  const text = format === 'json' ? processText(store) : credentialsText(store)
  const token = host.env.GITLAB_TOKEN ?? ''
  const api = apiOf(host.env.CI_API_V4_URL, store)
  const context: RequestContext = { store, host }
  const call = restCalls({ ...context, api, remote, headers: { accept: 'application/json', 'private-token': token } })
  const path = `/projects/${encodeURIComponent(project)}/variables/${name}?filter%5Benvironment_scope%5D=${encodeURIComponent(scope)}`
  const refused = (answer: RestAnswer) => failure(whyRefused(answer.status, scope), answer.doubtful, context)
  /** The value cannot be read. Known after the first look. */
  let hidden = false
  /** The key that was there when this run last read it; undefined before the first read. */
  let lastRead: { readonly id: string | undefined } | undefined

  async function fetch(stop: AbortSignal): Promise<RestAnswer['output']> {
    const answer = await call('GET', path, stop)
    if (answer.status !== 200) throw refused(answer)
    return answer.output
  }

  async function load(stop: AbortSignal): Promise<StoredValue> {
    const value = (await fetch(stop)).get('value')
    if (typeof value !== 'string') throw new StoreFailure(store, 'GitLab does not show its value')
    return { text: value }
  }

  async function put(value: string, stop: AbortSignal, attempts?: number): Promise<void> {
    const answer = await call('PUT', path, stop, { value }, attempts === undefined ? {} : { attempts })
    if (answer.status !== 200) throw refused(answer)
  }

  const place: ReplaceableValue = { load, save: (value, _, stop) => put(value, stop, 1) }

  async function read(): Promise<StoredKey | undefined> {
    const { text: value = '' } = await load(NEVER)
    const key = text.read(value)
    lastRead = { id: key?.AccessKeyId }
    return key
  }

  return {
    name: store,
    identity: `gitlab-variable ${api} ${project} ${name} ${scope}`,
    get irrevocable() {
      return hidden
    },
    effect: 'the value of the variable',
    async check() {
      if (token === '') throw new StoreFailure(store, 'GITLAB_TOKEN is not set')
      if (/[^\x21-\x7e]/.test(token)) throw new StoreFailure(store, 'GITLAB_TOKEN holds a blank or a character that no token has')
      const variable = await fetch(NEVER)
      if (variable.get('variable_type') !== 'file') throw new StoreFailure(store, 'it is not of type File')
      hidden = variable.get('hidden') === true
      // GitLab masks one line without blanks; other characters only if it does not expand them (app/models/concerns/ci/maskable.rb).
      if (variable.get('masked') === true && (format !== 'json' || variable.get('raw') !== true)) {
        throw new StoreFailure(
          store,
          "GitLab masks it, and masks only a single line: format=json, with 'Expand variable reference' switched off",
        )
      }
      if (!hidden) await read()
    },
    get read() {
      return hidden ? undefined : read
    },
    async put(key, stop) {
      if (hidden) {
        await put(text.write('', key), stop)
        return async () => `${store} was given that key, and must be told otherwise`
      }
      const before = await load(stop)
      const { text: value = '' } = before
      if (lastRead !== undefined && text.read(value)?.AccessKeyId !== lastRead.id) {
        throw new StoreFailure(store, 'another run has put a key there since this one began')
      }
      const written = text.write(value, key)
      if (written === value) return async () => ''
      const rollback = await replaceValue(written, before, place, stop, context)
      lastRead = { id: key.AccessKeyId }
      return () => {
        lastRead = undefined
        return rollback()
      }
    },
  } satisfies KeyStore
}

function apiOf(url: string | undefined, store: string): string {
  const api = (url || 'https://gitlab.com/api/v4').replace(/\/+$/, '')
  if (!URL.canParse(api) || !/^https?:\/\/[^@?#]+$/.test(api)) throw new StoreFailure(store, 'CI_API_V4_URL is no URL that can be used')
  return api
}

function whyRefused(status: number, scope: string): string {
  if (status === 401) return 'GitLab does not accept the token in GITLAB_TOKEN (401)'
  if (status === 403) return 'the token in GITLAB_TOKEN may not do that (403): it needs the scope api, and the role Maintainer'
  if (status === 404) return `GitLab has no such variable with the scope ${scope}, or does not show it to the token in GITLAB_TOKEN (404)`
  return `GitLab answers with status ${status}`
}
