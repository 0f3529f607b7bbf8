/**
 * TLS with aws-cli's rules: trusted authorities, the name in the certificate, and Python's error messages. Loaded for the first https
 * request, which is also when the CA bundle is read.
 */

import * as crypto from 'node:crypto'
import { once } from 'node:events'
import * as net from 'node:net'
import * as tls from 'node:tls'
import { messageOf } from '../core/errors.ts'
import { type Files, isSystemError } from '../core/host.ts'
import { osErrorMessage } from '../python/oserror.ts'
import { codeOf, HttpError, opensslMessage } from './errors.ts'
import { isTimeout, setIdleTimeout } from './tcp.ts'

interface TlsOptions {
  /** Seconds without a byte. */
  readonly connectTimeout: number | undefined
  /** False accepts any certificate. */
  readonly verify: boolean
  /** A PEM file in place of the trust store. */
  readonly caBundle: string | undefined
  /** The latest session offered by each host. */
  readonly sessions?: Map<string, Uint8Array>
}

/** Loads what the handshake needs while the connection is being opened: Node's TLS, and its authorities unless there is a CA bundle. */
export function preload({ caBundle }: TlsOptions): void {
  tls.createSecureContext(caBundle === undefined ? ownAuthorities() : { ca: [] })
}

/**
 * Bun also trusts the system's authorities and those of SSL_CERT_FILE and SSL_CERT_DIR; aws-cli and Node do not. The explicit list contains
 * Node's: the bundled ones and those of NODE_EXTRA_CA_CERTS.
 */
const ownAuthorities = (): { ca?: string[] } =>
  typeof Bun === 'undefined' ? {} : { ca: [...tls.rootCertificates, ...(tls as NewerTls).getCACertificates('extra')] }

/** In Bun, and in Node since 22.15. */
type NewerTls = typeof tls & { getCACertificates(kind: 'extra'): string[] }

/** A TLS connection to `hostname` over `socket`. Throws an HttpError of kind `tls`, `lost` or `handshakeTimeout`. */
export async function handshake(socket: net.Socket, hostname: string, trust: TlsOptions, files: Pick<Files, 'read'>): Promise<net.Socket> {
  const trusted = trust.verify && trust.caBundle !== undefined ? { ca: authorities(trust.caBundle, files) } : ownAuthorities()
  socket.setTimeout(0)
  const session = trust.sessions?.get(hostname)
  const secure = tls.connect({
    socket,
    host: hostname,
    servername: net.isIP(hostname) ? '' : hostname,
    rejectUnauthorized: trust.verify,
    checkServerIdentity: (_servername, certificate) => checkName(hostname, certificate),
    ALPNProtocols: ['http/1.1'],
    ...trusted,
    ...(session && { session: Buffer.from(session) }),
  })
  if (trust.sessions) secure.on('session', offered => trust.sessions?.set(hostname, offered))
  setIdleTimeout(secure, trust.connectTimeout)
  try {
    await once(secure, 'secureConnect')
    return secure
  } catch (error) {
    throw diagnose(error, secure)
  }
}

const CERTIFICATE = /^(?=-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----)/m

/** The certificates in a PEM file, ignoring other text. Throws an HttpError with the message of Python's load_verify_locations. */
function authorities(path: string, files: Pick<Files, 'read'>): string[] {
  const certificates = read(path, files)
    .split(CERTIFICATE)
    .filter(block => CERTIFICATE.test(block))
  if (certificates.length === 0) throw tlsError('[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:4123)')
  for (const certificate of certificates) {
    try {
      new crypto.X509Certificate(certificate)
    } catch (error) {
      throw tlsError('[X509] PEM lib (_ssl.c:4123)', error)
    }
  }
  return certificates
}

function read(path: string, files: Pick<Files, 'read'>): string {
  try {
    return Buffer.from(files.read(path)).toString('latin1')
  } catch (error) {
    throw tlsError(isSystemError(error) ? osErrorMessage(error) : messageOf(error), error)
  }
}

/** urllib3's message for a certificate with another name, whichever error Node reports. */
function checkName(hostname: string, certificate: tls.PeerCertificate): Error | undefined {
  const mismatch = tls.checkServerIdentity(hostname, certificate)
  if (!mismatch) return undefined
  const alternatives = [...(certificate.subjectaltname ?? '').matchAll(/(?:DNS|IP Address):([^,]*)/g)].flatMap(([, name]) => name ?? [])
  const names = (alternatives.length > 0 ? alternatives : [certificate.subject.CN].flat().filter(name => name)).map(name => `'${name}'`)
  if (names.length === 0) return tlsError('no appropriate commonName or subjectAltName fields were found', mismatch)
  return tlsError(`hostname '${hostname}' doesn't match ${names.length > 1 ? 'either of ' : ''}${names.join(', ')}`, mismatch)
}

/** Node continues after the first error in a chain and reports a later one; Python reports the first. */
const FIRST_ERROR: ReadonlyMap<string, string> = new Map([['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to get local issuer certificate']])

function diagnose(error: unknown, { authorizationError }: tls.TLSSocket): HttpError {
  if (error instanceof HttpError) return error
  if (isTimeout(error)) return new HttpError('handshakeTimeout', { cause: error })
  const openssl = opensslMessage(error, 'handshake')
  if (openssl !== undefined) return tlsError(openssl, error)
  const code = codeOf(error)
  // Node makes an ECONNRESET of an orderly close; the system's own names the call it came from.
  if (code === 'ECONNRESET' && !isSystemError(error)) return tlsError('TLS/SSL connection has been closed (EOF) (_ssl.c:992)', error)
  if (code === 'ECONNRESET' || code === 'EPIPE') return new HttpError('lost', { cause: error })
  if (!authorizationError) return new HttpError('client', { detail: messageOf(error), cause: error })
  // Since Node 24 advice about Node follows the error.
  const flaw = FIRST_ERROR.get(code) ?? messageOf(error).replace(/;.*/, '')
  return tlsError(`[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${flaw} (_ssl.c:992)`, error)
}

const tlsError = (detail: string, cause?: unknown): HttpError => new HttpError('tls', { detail, cause })
