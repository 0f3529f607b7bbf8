/**
 * The services that keep secrets, in memory: Secrets Manager, SSM, GitHub and GitLab, as far as iamkey asks them, with what each says to a
 * request that it refuses. Answers requests; who carries them, and what goes wrong on the way, is `secret-wire.ts`.
 */
import * as crypto from 'node:crypto'
import sodium from 'libsodium-wrappers'
import type { KeyPair } from '../../src/core/key-store.ts'

await sodium.ready

export interface ServiceRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

export interface ServiceReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

type Json = Readonly<Record<string, unknown>>

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(code: string, status = 400) {
    super(code)
    this.status = status
    this.code = code
  }
}

interface Version {
  readonly text: string
  readonly labels: Set<string>
}

export interface Secret {
  readonly versions: Map<string, Version>
  description: Json
}

export interface Parameter {
  readonly history: string[]
  readonly type: string
  readonly keyId: string
}

interface GithubPlace {
  readonly keys: { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array }
  readonly secrets: Map<string, { readonly text: string; readonly updated: number }>
  readonly variables: Map<string, string>
}

export interface GitlabVariable {
  readonly key: string
  value: string
  readonly variable_type: string
  readonly environment_scope: string
  readonly masked: boolean
  readonly hidden: boolean
  readonly raw: boolean
}

export class SecretServices {
  readonly secrets = new Map<string, Secret>()
  readonly parameters = new Map<string, Parameter>()
  /** By the path of the API that its secrets are under. */
  readonly github = new Map<string, GithubPlace>()
  readonly gitlab: GitlabVariable[] = []
  /** What GitHub and GitLab want to see. */
  readonly token: string
  readonly #now: () => number

  constructor(now: () => number = Date.now, token = 'ghp_stand-in-token-0123456789') {
    this.#now = now
    this.token = token
  }

  secret(name: string, value?: string | Json, description: Json = {}): Secret {
    const secret: Secret = { versions: new Map(), description }
    if (value !== undefined) {
      secret.versions.set(crypto.randomUUID(), { text: textOf(value), labels: new Set(['AWSCURRENT']) })
    }
    this.secrets.set(name, secret)
    return secret
  }

  /** The value with that label. */
  labelled(name: string, label: string): string | undefined {
    return [...(this.secrets.get(name)?.versions.values() ?? [])].find(({ labels }) => labels.has(label))?.text
  }

  parameter(name: string, value: string | Json, type = 'SecureString', keyId = 'alias/own'): Parameter {
    const parameter = { history: [textOf(value)], type, keyId }
    this.parameters.set(name, parameter)
    return parameter
  }

  /** @param path `/repos/octo/hello/actions`, `/repos/octo/hello/environments/prod` */
  repository(path: string): GithubPlace {
    const place: GithubPlace = { keys: sodium.crypto_box_keypair(), secrets: new Map(), variables: new Map() }
    this.github.set(path, place)
    return place
  }

  variable(about: Partial<GitlabVariable> & { readonly project: string }): GitlabVariable {
    const variable = {
      key: 'KEY',
      value: '',
      variable_type: 'file',
      environment_scope: '*',
      masked: false,
      hidden: false,
      raw: false,
      ...about,
    }
    this.gitlab.push(variable)
    return variable
  }

  /** What it says; and what it does, which a reply that is lost does not undo. */
  answer(request: ServiceRequest): ServiceReply {
    const date = new Date(this.#now()).toUTCString()
    const reply = (status: number, body?: unknown): ServiceReply => ({
      status,
      headers: { date },
      body: body === undefined ? '' : JSON.stringify(body),
    })
    try {
      const target = request.headers['x-amz-target']
      if (target !== undefined) return reply(200, this.#aws(target, JSON.parse(request.body)))
      if (request.url.startsWith('/repos/')) return reply(...this.#github(request))
      if (request.url.startsWith('/api/v4/')) return reply(...this.#gitlab(request))
      return reply(404)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      // Some say more than their name, and quote what they were given.
      return reply(error.status, { __type: `com.amazonaws#${error.code}`, message: `${error.code}: ${request.body}` })
    }
  }

  // ---- AWS ------------------------------------------------------------------------------------------------------------------------

  #aws(target: string, input: Json): Json {
    const [service = '', operation = ''] = target.split('.')
    const act = { ...(service === 'AmazonSSM' ? this.#ssm : this.#secretsManager) }[operation]
    if (act === undefined) throw new Refusal('UnknownOperationException')
    return act(input)
  }

  readonly #secretsManager: Readonly<Record<string, (input: Json) => Json>> = {
    DescribeSecret: ({ SecretId }) => {
      const { versions, description } = this.#secretOf(SecretId)
      return {
        Name: SecretId,
        VersionIdsToStages: Object.fromEntries([...versions].map(([id, { labels }]) => [id, [...labels]])),
        ...description,
      }
    },
    GetSecretValue: ({ SecretId, VersionStage = 'AWSCURRENT' }) => {
      const { versions } = this.#secretOf(SecretId)
      const [id, version] = [...versions].find(([, { labels }]) => labels.has(String(VersionStage))) ?? []
      if (version === undefined) throw new Refusal('ResourceNotFoundException')
      return { Name: SecretId, VersionId: id, SecretString: version.text, VersionStages: [...version.labels], CreatedDate: 1.5e9 }
    },
    PutSecretValue: ({ SecretId, ClientRequestToken, SecretString, VersionStages = ['AWSCURRENT'] }) => {
      const { versions } = this.#secretOf(SecretId)
      const id = String(ClientRequestToken)
      if (id.length < 32 || id.length > 64) throw new Refusal('InvalidParameterException')
      const there = versions.get(id)
      // AWS refuses another value under a used token; moto does not.
      if (there !== undefined && there.text !== SecretString) throw new Refusal('ResourceExistsException')
      if (there === undefined) {
        const isFirst = versions.size === 0
        versions.set(id, { text: String(SecretString), labels: new Set() })
        for (const label of VersionStages as string[]) move(versions, label, id)
        if (isFirst) move(versions, 'AWSCURRENT', id)
      }
      return { Name: SecretId, VersionId: id, VersionStages: [...(versions.get(id)?.labels ?? [])] }
    },
    UpdateSecretVersionStage: ({ SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId }) => {
      const { versions } = this.#secretOf(SecretId)
      const label = String(VersionStage)
      const [holder] = [...versions].find(([, { labels }]) => labels.has(label)) ?? []
      if (MoveToVersionId !== undefined && !versions.has(String(MoveToVersionId))) throw new Refusal('ResourceNotFoundException')
      if (holder !== RemoveFromVersionId) throw new Refusal('InvalidParameterException')
      if (MoveToVersionId !== undefined) move(versions, label, String(MoveToVersionId))
      else if (label === 'AWSCURRENT') throw new Refusal('InvalidParameterException')
      else versions.get(String(holder))?.labels.delete(label)
      return { Name: SecretId }
    },
  }

  #secretOf(id: unknown): Secret {
    const secret = this.secrets.get(String(id).replace(/^arn:.*:secret:(.*)-\w{6}$/, '$1'))
    if (secret === undefined) throw new Refusal('ResourceNotFoundException')
    return secret
  }

  readonly #ssm: Readonly<Record<string, (input: Json) => Json>> = {
    GetParameter: ({ Name, WithDecryption }) => {
      const { history, type } = this.#parameterOf(Name)
      const Value = WithDecryption === true || type === 'String' ? history.at(-1) : 'encrypted'
      return { Parameter: { Name, Type: type, Value, Version: history.length } }
    },
    PutParameter: ({ Name, Value, Overwrite, Type, KeyId }) => {
      const there = this.parameters.get(String(Name))
      if (there !== undefined && Overwrite !== true) throw new Refusal('ParameterAlreadyExists')
      if (String(Value).length > 4096) throw new Refusal('ValidationException')
      const history = [...(there?.history ?? []), String(Value)]
      // Without a key it is the account's default one, whatever it was before.
      this.parameters.set(String(Name), { history, type: String(Type), keyId: String(KeyId ?? 'alias/aws/ssm') })
      return { Version: history.length, Tier: 'Standard' }
    },
    DeleteParameter: ({ Name }) => {
      this.#parameterOf(Name)
      this.parameters.delete(String(Name))
      return {}
    },
    DescribeParameters: ({ ParameterFilters }) => {
      const [
        {
          Values: [name],
        } = { Values: [] },
      ] = ParameterFilters as { Values: string[] }[]
      const found = this.parameters.get(String(name))
      return { Parameters: found ? [{ Name: name, KeyId: found.keyId, Type: found.type, Version: found.history.length }] : [] }
    },
  }

  #parameterOf(name: unknown): Parameter {
    const parameter = this.parameters.get(String(name))
    if (parameter === undefined) throw new Refusal('ParameterNotFound')
    return parameter
  }

  // ---- GitHub ---------------------------------------------------------------------------------------------------------------------

  #github({ method, url, headers, body }: ServiceRequest): [number, unknown?] {
    if (!/^(Bearer|token) /.test(headers.authorization ?? '') || !headers.authorization?.endsWith(this.token)) {
      return [401, { message: 'Bad credentials' }]
    }
    const [, path = '', kind = '', name] = /^(.*)\/(secrets|variables)(?:\/([\w-]+))?(?:\?.*)?$/.exec(url) ?? []
    const place = this.github.get(path)
    if (place === undefined) return [404, { message: 'Not Found' }]
    if (kind === 'variables') return githubVariable(place, method, name, body)
    const KEY_ID = '568250167242549743'
    if (name === 'public-key') return [200, { key_id: KEY_ID, key: Buffer.from(place.keys.publicKey).toString('base64') }]
    const upper = String(name).toUpperCase()
    if (method === 'GET') {
      const secret = place.secrets.get(upper)
      if (secret === undefined) return [404, { message: 'Not Found' }]
      const updated_at = new Date(secret.updated).toISOString().replace(/\.\d+/, '')
      return [200, { name: upper, created_at: '2020-01-10T14:59:22Z', updated_at }]
    }
    const { encrypted_value, key_id } = JSON.parse(body)
    if (key_id !== KEY_ID) return [422, { message: 'Bad key id' }]
    const box = Buffer.from(String(encrypted_value), 'base64')
    const opened = sodium.crypto_box_seal_open(box, place.keys.publicKey, place.keys.privateKey)
    const isNew = !place.secrets.has(upper)
    place.secrets.set(upper, { text: new TextDecoder().decode(opened), updated: Math.floor(this.#now() / 1000) * 1000 })
    return isNew ? [201, {}] : [204]
  }

  // ---- GitLab ---------------------------------------------------------------------------------------------------------------------

  #gitlab({ method, url, headers, body }: ServiceRequest): [number, unknown?] {
    if (headers['private-token'] !== this.token) return [401, { message: '401 Unauthorized' }]
    const parsed = new URL(url, 'http://gitlab')
    const [, project = '', key] = /^\/api\/v4\/projects\/([^/]+)\/variables\/(\w+)$/.exec(parsed.pathname) ?? []
    const scope = parsed.searchParams.get('filter[environment_scope]')
    const named = this.gitlab.filter(
      variable => 'project' in variable && variable.project === decodeURIComponent(project) && variable.key === key,
    )
    const found = named.filter(variable => scope === null || variable.environment_scope === scope)
    if (found.length > 1) return [409, { message: 'There are multiple variables with provided parameters' }]
    const [variable] = found
    if (variable === undefined) return [404, { message: '404 Variable Not Found' }]
    if (method === 'PUT') {
      const { value } = JSON.parse(body)
      const line = variable.raw ? /^\S{8,}$/ : /^[a-zA-Z0-9_+=/@:.~-]{8,}$/
      if (variable.masked && !line.test(value)) return [400, { message: { value: ['is invalid', value] } }]
      variable.value = value
    }
    return [200, { ...variable, value: variable.hidden ? null : variable.value }]
  }
}

function githubVariable({ variables }: GithubPlace, method: string, name: string | undefined, body: string): [number, unknown?] {
  if (method === 'POST') {
    const { name, value } = JSON.parse(body)
    if (variables.has(name)) return [409, { message: 'Already exists' }]
    variables.set(name, value)
    return [201, {}]
  }
  const value = variables.get(String(name))
  if (value === undefined) return [404, { message: 'Not Found' }]
  if (method === 'GET') return [200, { name, value, created_at: '2020-01-10T14:59:22Z', updated_at: '2020-01-10T14:59:22Z' }]
  variables.set(String(name), JSON.parse(body).value)
  return [204]
}

const textOf = (value: string | Json) => (typeof value === 'string' ? value : JSON.stringify(value))

/** To that version, from wherever it is. */
function move(versions: Map<string, Version>, label: string, id: string): void {
  const [from, holder] = [...versions].find(([, { labels }]) => labels.has(label)) ?? []
  if (from === id) return
  holder?.labels.delete(label)
  versions.get(id)?.labels.add(label)
  if (label === 'AWSCURRENT' && from !== undefined) move(versions, 'AWSPREVIOUS', from)
}

/** The key in a JSON object, as a consumer reads it. */
export function pairInJson(text: string | undefined): Partial<KeyPair> {
  const { AccessKeyId, SecretAccessKey } = JSON.parse(text ?? '{}')
  return { AccessKeyId, SecretAccessKey }
}

/** The key in a credentials file, as a consumer reads it. */
export function pairInFile(text: string | undefined): Partial<KeyPair> {
  const value = (name: string) => new RegExp(`^${name}\\s*=\\s*(\\S+)`, 'm').exec(text ?? '')?.[1]
  const [AccessKeyId, SecretAccessKey] = [value('aws_access_key_id'), value('aws_secret_access_key')]
  return { ...(AccessKeyId && { AccessKeyId }), ...(SecretAccessKey && { SecretAccessKey }) }
}
