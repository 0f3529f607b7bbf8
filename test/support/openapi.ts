/**
 * Requests held against GitHub's published description of its API: `../recordings/github-openapi-23.0.2.json`, the few operations of
 * @octokit/openapi 23.0.2 (MIT) that iamkey uses. Knows as much of JSON Schema as they do.
 */
import * as fs from 'node:fs'
import type { Sent } from './secret-wire.ts'

interface Schema {
  readonly type?: string
  readonly pattern?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
}

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

const { paths }: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> } = JSON.parse(
  fs.readFileSync(new URL('../recordings/github-openapi-23.0.2.json', import.meta.url), 'utf8'),
)

/** What is wrong with a request; empty for nothing. */
export function complaints({ method, url, body }: Sent): readonly string[] {
  const [path = '', query] = url.split('?')
  const found = Object.entries(paths).find(([template]) => matches(template, path))
  const operation = found?.[1][method.toLowerCase()]
  if (operation === undefined) return [`${method} ${path} is no operation`]
  const wrong = query === undefined ? [] : [`${query} is not described`]
  const schema = operation.requestBody?.content['application/json']?.schema
  if (schema === undefined) return body === '' ? wrong : [...wrong, 'a body is not described']
  return [...wrong, ...unfit(JSON.parse(body), schema)]
}

/** A template has `{name}` where a path has a segment without a slash; of two that fit the one with fewer is meant. */
function matches(template: string, path: string): boolean {
  const [own, theirs] = [template.split('/'), path.split('/')]
  if (own.length !== theirs.length) return false
  return own.every((part, index) => (part.startsWith('{') ? /^[\w.%~-]+$/.test(theirs[index] ?? '') : part === theirs[index]))
}

function unfit(value: unknown, { type, pattern, required = [], properties = {} }: Schema): readonly string[] {
  if (type === 'string') return typeof value === 'string' && new RegExp(pattern ?? '').test(value) ? [] : [`${value} is no such string`]
  if (type !== 'object' || typeof value !== 'object' || value === null) return [`${typeof value} for ${type}`]
  const members = Object.entries(value)
  return [
    ...required.filter(name => !(name in value)).map(name => `${name} is missing`),
    ...members.flatMap(([name, member]) => {
      const schema = properties[name]
      return schema === undefined ? [`${name} is not described`] : unfit(member, schema)
    }),
  ]
}
