/** Chooses the proxy of a request: reads the environment as Python's urllib.request (3.11), a proxy's URL as urllib3. Opens nothing. */

import type { Env } from '../core/host.ts'
import { unquote } from '../python/urllib.ts'
import { HttpError } from './errors.ts'

export interface ProxyServer {
  readonly secure: boolean
  readonly hostname: string
  readonly port: number
  /** Headers for the proxy only: its credentials. */
  readonly headers: Readonly<Record<string, string>>
  /** The proxy's URL for messages, with its credentials masked. */
  readonly masked: string
}

/**
 * The proxy for a request, or undefined for a direct connection. `authority` is the host, and the port if the URL has one.
 * Throws an HttpError if the variable is not a URL.
 */
export function proxyFor(
  { secure, authority }: { readonly secure: boolean; readonly authority: string },
  env: Env,
): ProxyServer | undefined {
  const proxies = proxyVariables(env)
  const value = proxies.get(secure ? 'https' : 'http')
  return value === undefined || bypassed(authority.toLowerCase(), proxies.get('no')) ? undefined : parse(withScheme(value))
}

/**
 * The values of HTTP_PROXY, https_proxy… by scheme. Lower case takes precedence, and an empty value there means no proxy. In a CGI script
 * `HTTP_PROXY` may come from a request's `Proxy` header and is ignored.
 */
function proxyVariables(env: Env): ReadonlyMap<string, string> {
  const proxies = new Map<string, string>()
  // Not Object.entries, which looks up the values of all variables.
  const variables = Object.keys(env).flatMap(name => (isProxyVariable(name) ? [[name, env[name]] as const] : []))
  for (const [name, value] of variables) if (value) proxies.set(schemeOf(name), value)
  if (env.REQUEST_METHOD !== undefined) proxies.delete('http')
  for (const [name, value] of variables.filter(([name]) => name.endsWith('_proxy'))) {
    if (value) proxies.set(schemeOf(name), value)
    else proxies.delete(schemeOf(name))
  }
  return proxies
}

export const isProxyVariable = (name: string): boolean => name.toLowerCase().endsWith('_proxy')

const schemeOf = (variable: string): string => variable.slice(0, -'_proxy'.length).toLowerCase()

/** NO_PROXY: `*`, or names that match a host, with or without its port, and its subdomains. No wildcards, no address ranges. */
function bypassed(authority: string, names: string | undefined): boolean {
  if (names === '*') return true
  const hosts = [authority, authority.replace(/:\d*$/, '')]
  return (names ?? '')
    .split(',')
    .map(name => name.trim().replace(/^\.+/, '').toLowerCase())
    .some(name => name !== '' && hosts.some(host => host === name || host.endsWith(`.${name}`)))
}

function withScheme(value: string): string {
  if (/^https?:/.test(value)) return value
  return value.startsWith('//') ? `http:${value}` : `http://${value}`
}

function parse(url: string): ProxyServer {
  const [, scheme = '', userinfo, server = '', rest = ''] = /^(https?:\/\/)?(?:([^/?#]*)@)?([^/?#]*)(.*)$/s.exec(url) ?? []
  const [, hostname = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d{0,5}))?$/.exec(server) ?? []
  const [user = '', password = ''] = userinfo?.split(/:(.*)/s) ?? []
  const masked = userinfo === undefined ? url : `${scheme}${mask(userinfo)}@${server}${rest}`
  if (server.includes('[') !== server.includes(']')) throw new HttpError('client', { detail: 'Invalid IPv6 URL' })
  if (!scheme || !server) throw new HttpError('client', { detail: 'No host specified.' })
  if (!hostname || Number(port) > 65535) throw new HttpError('client', { detail: `Failed to parse: ${masked}` })
  if (/\s/.test(hostname)) throw new HttpError('garbled')
  const secure = scheme === 'https://'
  return {
    secure,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (secure ? 443 : 80)),
    headers:
      user && password ? { 'Proxy-Authorization': `Basic ${Buffer.from(`${unquote(user)}:${unquote(password)}`).toString('base64')}` } : {},
    masked,
  }
}

const mask = (userinfo: string): string => userinfo.replace(/[^:]+/, '***').replace(/(?<=:).+/s, '***')
