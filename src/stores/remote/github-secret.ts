/**
 * `github-secret:OWNER/REPO[:ENVIRONMENT]?name=NAME`: a secret of a GitHub repository, or of one of its environments. A single secret
 * contains a credentials file, so that no job gets halves of two keys; `id=NAME&secret=NAME` writes two secrets. GitHub shows secrets to
 * jobs only: they can be neither read nor restored. `marker=VARIABLE` stores the key's id in a variable, which can be read.
 */

import { type KeyStore, type StoredKey, StoreFailure, StoreOutcomeUnknown, type WholeKey } from '../../core/key-store.ts'
import type { RemoteReply } from '../../core/remote.ts'
import { serviceTime } from '../../core/service-time.ts'
import type { OpenStore } from '../open.ts'
import { parseAddress, unescaped } from './address.ts'
import { failure, type RequestContext } from './call.ts'
import { credentialsText } from './key-text.ts'
import { type RestAnswer, restCalls } from './rest.ts'

const APPS = ['actions', 'dependabot', 'codespaces'] as const
type App = (typeof APPS)[number]

/** The difference, in milliseconds, between the clocks of GitHub's machines. */
const CLOCK_GRAIN = 5000
/** The number of polls, and the milliseconds between them, until a secret shows that it was written. */
const MAX_POLLS = 5
const POLL_INTERVAL = 1000

const NEVER = new AbortController().signal

/** A secret to write. */
interface Part {
  readonly name: string
  readonly textOf: (key: WholeKey) => string
}

export const summary = 'a secret of a GitHub repository or environment'

export const open: OpenStore = (rest, store, { host, remote }) => {
  const { place, parameters } = parseAddress(rest, store, ['name', 'id', 'secret', 'app', 'marker'])
  const [, owner = '', repository = '', environment] = /^([\w.-]+)\/([\w.-]+)(?::(.+))?$/s.exec(place) ?? []
  if (owner === '') throw new StoreFailure(store, 'it is written OWNER/REPO or OWNER/REPO:ENVIRONMENT, and then ?name=NAME')
  const app = appOf(parameters.app, environment, store)
  const parts = partsOf(parameters, store)
  const marker = parameters.marker
  for (const name of [...parts.map(({ name }) => name), ...(marker === undefined ? [] : [marker])]) checkName(name, store)
  const [variable, token] =
    ['GH_TOKEN', 'GITHUB_TOKEN'].map(name => [name, host.env[name] ?? ''] as const).find(([, text]) => text !== '') ?? []
  const api = apiOf(host.env.GITHUB_API_URL, store)

  const context: RequestContext = { store, host }
  const call = restCalls({
    ...context,
    api,
    remote,
    isUnprocessed: isOverLimit,
    headers: {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      authorization: `Bearer ${token}`,
    },
  })
  const repo = `/repos/${owner}/${repository}`
  const scope = environment === undefined ? repo : `${repo}/environments/${encodeURIComponent(unescaped(environment, store))}`
  const secrets = environment === undefined ? `${repo}/${app}/secrets` : `${scope}/secrets`
  const variables = environment === undefined ? `${repo}/actions/variables` : `${scope}/variables`

  const refused = (what: string, answer: RestAnswer) =>
    failure(`${what}: ${whyRefused(answer, `${variable}`, host.env.GITHUB_ACTIONS === 'true')}`, answer.doubtful, context)

  async function publicKey(stop: AbortSignal) {
    const answer = await call('GET', `${secrets}/public-key`, stop)
    if (answer.status !== 200) throw refused('the key to encrypt for', answer)
    const [id, key] = [answer.output.get('key_id'), answer.output.get('key')]
    const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : Buffer.of()
    if (typeof id !== 'string' || bytes.length !== 32) throw new StoreFailure(store, 'the key to encrypt for: the reply has none')
    return { id, bytes, time: answer.time }
  }

  async function readMarker(stop: AbortSignal): Promise<string | undefined> {
    const answer = await call('GET', `${variables}/${marker}`, stop)
    if (answer.status === 404) return undefined
    if (answer.status !== 200) throw refused(`the variable ${marker}`, answer)
    const value = answer.output.get('value')
    return typeof value === 'string' ? value.trim() : ''
  }

  /** Writes a secret and verifies it. Throws a StoreFailure; a StoreOutcomeUnknown if GitHub may have it. */
  async function write({ name, textOf }: Part, key: WholeKey, stop: AbortSignal): Promise<void> {
    const { seal } = await import('./sealed-box.ts')
    for (let again = true; ; again = false) {
      const { id, bytes, time } = await publicKey(stop)
      const encrypted_value = Buffer.from(seal(Buffer.from(textOf(key)), bytes)).toString('base64')
      const answer = await call('PUT', `${secrets}/${name}`, stop, { encrypted_value, key_id: id })
      if (answer.status === 201 || answer.status === 204) return verify(name, time)
      // The repository's public key has just changed.
      if (answer.status !== 422 || !again || answer.doubtful) throw refused(name, answer)
    }
  }

  /** GitHub shows when a secret was last written, which must not be before the request. */
  async function verify(name: string, requestedAt: number | undefined): Promise<void> {
    for (let nth = 1; ; nth++) {
      const answer = await call('GET', `${secrets}/${name}`, NEVER).catch(() => undefined)
      const updated = serviceTime(String(answer?.output.get('updated_at')))
      // GitHub confirmed the write; a failure to look does not contradict that.
      if (answer?.status !== 200 || updated === undefined || requestedAt === undefined || updated >= requestedAt - CLOCK_GRAIN) return
      if (nth >= MAX_POLLS) throw new StoreOutcomeUnknown(store, `${name} was accepted, but GitHub shows that it was last written before`)
      await host.clock.sleep(POLL_INTERVAL)
    }
  }

  async function mark(AccessKeyId: string, stop: AbortSignal): Promise<void> {
    const [name, value] = [`${marker}`, AccessKeyId]
    const isNew = (await readMarker(stop)) === undefined
    const answer = isNew
      ? await call('POST', variables, stop, { name, value })
      : await call('PATCH', `${variables}/${name}`, stop, { name, value })
    if (answer.status >= 300 && (await readMarker(NEVER)) !== AccessKeyId) throw refused(`the variable ${marker}`, answer)
  }

  const read = async (): Promise<StoredKey | undefined> => {
    const id = await readMarker(NEVER)
    return id !== undefined && /^\w{16,128}$/.test(id) ? { AccessKeyId: id } : undefined
  }

  return {
    name: store,
    identity: `github-secret ${api} ${place} ${app} ${parts.map(({ name }) => name).join(' ')}`.toLowerCase(),
    irrevocable: true,
    trails: true,
    effect: `the secret ${parts.map(({ name }) => name).join(', then ')}${marker === undefined ? '' : `, then the variable ${marker}`}`,
    async check() {
      if (token === undefined) throw new StoreFailure(store, 'neither GH_TOKEN nor GITHUB_TOKEN is set')
      if (/[^\x21-\x7e]/.test(token)) throw new StoreFailure(store, `${variable} holds a blank or a character that no token has`)
      await publicKey(NEVER)
      if (marker !== undefined) await readMarker(NEVER)
    },
    ...(marker !== undefined && { read }),
    async put(key, stop) {
      const written: string[] = []
      try {
        for (const part of parts) {
          await write(part, key, written.length === 0 ? stop : NEVER)
          written.push(part.name)
        }
        if (marker !== undefined) await mark(key.AccessKeyId, NEVER)
      } catch (error) {
        if (written.length === 0 || !(error instanceof StoreFailure)) throw error
        const missing = parts.map(({ name }) => name).filter(name => !written.includes(name))
        const rest = missing.length > 0 ? `${missing.join(' and ')} may not` : `the variable ${marker} may not`
        throw new StoreOutcomeUnknown(store, `${written.join(' and ')} has the new key, but ${rest} (${error.reason})`, { cause: error })
      }
      return async () => `${store} was given that key, and must be told otherwise`
    },
  } satisfies KeyStore
}

function appOf(app: string | undefined, environment: string | undefined, store: string): App {
  const found = APPS.find(each => each === (app ?? 'actions'))
  if (found === undefined) throw new StoreFailure(store, `app is one of ${APPS.join(', ')}`)
  if (environment !== undefined && found !== 'actions') throw new StoreFailure(store, `${found} knows no environments`)
  return found
}

/** The secret first: a job that starts in between gets an id that does not match, and fails instead of using half of a key. */
function partsOf({ name, id, secret }: Readonly<Partial<Record<'name' | 'id' | 'secret', string>>>, store: string): readonly Part[] {
  if (name !== undefined && id === undefined && secret === undefined) {
    return [{ name, textOf: key => credentialsText(store).write('', key) }]
  }
  if (name !== undefined || id === undefined || secret === undefined || id.toUpperCase() === secret.toUpperCase()) {
    throw new StoreFailure(store, 'it takes name=NAME, or both id=NAME and secret=NAME')
  }
  return [
    { name: secret, textOf: ({ SecretAccessKey }) => SecretAccessKey },
    { name: id, textOf: ({ AccessKeyId }) => AccessKeyId },
  ]
}

/** GitHub's documented rules for names of secrets and variables. */
function checkName(name: string, store: string): void {
  if (/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i.test(name)) return
  throw new StoreFailure(store, `${name} cannot be a name: letters, digits and _ only, no digit first, not GITHUB_…`)
}

/** GitHub's API, or that of an Enterprise server, as set by Actions or the user. */
function apiOf(url: string | undefined, store: string): string {
  const api = (url || 'https://api.github.com').replace(/\/+$/, '')
  if (!URL.canParse(api) || !/^https?:\/\/[^@?#]+$/.test(api)) throw new StoreFailure(store, 'GITHUB_API_URL is no URL that can be used')
  return api
}

/** GitHub's secondary rate limit has status 403 (docs.github.com, "Rate limits for the REST API"). */
const isOverLimit = ({ status, headers }: RemoteReply): boolean =>
  status === 403 && (headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0')

function whyRefused({ status, output }: RestAnswer, variable: string, isJob: boolean): string {
  const message = String(output.get('message') ?? '')
  if (status === 401) return `GitHub does not accept the token in ${variable} (401)`
  if (status === 403 && isJob && /integration/.test(message)) {
    return `the token in ${variable} may not do that (403). The token that Actions gives to a job can never read or write secrets: GH_TOKEN has to be a fine-grained token or an app's`
  }
  if (status === 403) return `the token in ${variable} may not do that (403): it needs the permission Secrets, read and write`
  if (status === 404) return `GitHub has no such place, or does not show it to the token in ${variable} (404)`
  if (status >= 301 && status <= 308) return `GitHub names another place (${status}): the repository has been renamed or moved`
  return `GitHub answers with status ${status}`
}
