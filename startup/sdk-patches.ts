/**
 * Patches the AWS SDK and commander when the program is built: replaces modules that a client with every value given
 * (aws/client-defaults.ts) never runs, or that cost more to load than to replace. Each row says what it relies on and what it saves.
 *
 * A row whose file is missing or has changed fails the build. test/startup/sdk-patches.test.ts compares the requests of the patched client,
 * and how it reads replies, with those of the original SDK.
 *
 * Only the copy of a plain call is patched: credential providers and the operations around the account have copies of their own (build.ts).
 */

import * as crypto from 'node:crypto'
import * as fs from 'node:fs'
import * as path from 'node:path'
import type * as esbuild from 'esbuild'

export interface SdkPatch {
  /** The file, relative to node_modules. */
  readonly module: string
  /** The first digits of the SHA-256 of the file for which the row was written. */
  readonly of: string
  /** The compiled code that a call no longer reads, of 764 KB without these rows and 652 KB with them (Node 24), measured by omitting the row. */
  readonly saves: string
  /** Why the behaviour is the same. */
  readonly because: string
  readonly patch: (source: string) => string
}

/** Replaces a passage. Throws unless it occurs exactly once. */
const swap = (source: string, passage: string | RegExp, by: string): string => {
  const found = source.split(passage).length - 1
  if (found !== 1) throw new Error(`${passage} is there ${found} times`)
  return source.replace(passage, () => by)
}

const never = (why: string) => `() => { throw new Error(${JSON.stringify(why)}) }`

const SMITHY = '@smithy/core/dist-es/submodules'
const AWS = '@aws-sdk/core/dist-es/submodules'
const IAM = '@aws-sdk/client-iam/dist-es'

export const SDK_PATCHES: readonly SdkPatch[] = [
  {
    module: `${IAM}/schemas/schemas_0.js`,
    of: '0eb5bbedbda2',
    saves: '1.3 KB',
    because: 'the same: no error is looked up by its shape',
    patch: source => {
      const registered = /^n0_registry\.registerError\(.*\);$/gm
      if ((source.match(registered) ?? []).length < 30) throw new Error('the errors are registered otherwise')
      return source.replace(registered, '')
    },
  },
  {
    module: `${IAM}/runtimeConfig.js`,
    of: 'd2a695d72070',
    saves: '4 KB',
    because: 'what it would look for in files and the environment is always given',
    patch: source => `import { calculateBodyLength } from '@smithy/core/serde'
import { getRuntimeConfig as shared } from './runtimeConfig.shared'
export const getRuntimeConfig = config => ({ ...shared(config), bodyLengthChecker: calculateBodyLength, ...config, runtime: 'node' })
${/config\?\.\w+ \?\? /.test(source) ? '' : never('written otherwise')}`,
  },
  {
    module: `${IAM}/endpoint/endpointResolver.js`,
    of: 'b348b10ade00',
    saves: '22 KB',
    because:
      'the rules say so for a custom endpoint, and for the regions of the partition that most are in; for all others they are loaded',
    patch:
      source => `export const defaultEndpointResolver = (params, context) => known(params) ?? import('./endpointResolver.js?rules').then(rules => rules.defaultEndpointResolver(params, context))
const known = ({ Endpoint, Region, UseDualStack, UseFIPS }) => {
  if (UseDualStack || UseFIPS || Region === undefined) return undefined
  if (Endpoint !== undefined) return { url: new URL(Endpoint), properties: {}, headers: {} }
  if (Region !== 'aws-global' && !/^(us|eu|ap|sa|ca|me|af|il|mx)-(north|south|east|west|central)(east|west)?-\\d$/.test(Region)) return undefined
  return { url: new URL('https://iam.amazonaws.com'), properties: { authSchemes: [{ name: 'sigv4', signingRegion: 'us-east-1' }] }, headers: {} }
}
${swap(source, 'export const defaultEndpointResolver', '').slice(0, 0)}`,
  },
  {
    module: `${AWS}/client/middleware-logger/loggerMiddleware.js`,
    of: '3bc8983bed4f',
    saves: '3.3 KB',
    because: 'the logger is one that ignores everything (client-defaults.ts)',
    patch: source =>
      swap(
        source,
        /^export const loggerMiddleware = [\s\S]*$/m,
        'export const loggerMiddleware = undefined, loggerMiddlewareOptions = undefined, getLoggerPlugin = () => ({ applyToStack() {} })',
      ),
  },
  {
    module: `${AWS}/client/middleware-recursion-detection/recursionDetectionMiddleware.js`,
    of: 'cec26b92be1b',
    saves: '8 KB',
    because:
      'outside a handler of AWS Lambda its store is empty, and this is a program of its own: the environment alone counts, as for botocore',
    patch: source =>
      swap(
        swap(
          swap(source, 'import { InvokeStore } from "@aws/lambda-invoke-store";', ''),
          /invokeStore \?\?= await InvokeStore[\s\S]*?getXRayTraceId\(\);/,
          'const traceIdFromInvokeStore = undefined;',
        ),
        /const existingTraceparent = [\s\S]*?\n {8}\}\n {4}\}/,
        '}',
      ),
  },
  {
    module: `${AWS}/protocols/xml/XmlShapeDeserializer.js`,
    of: 'ada9587eacc1',
    saves: '2 KB, and 3 KB of source',
    because: 'QueryProtocol reads the XML of replies',
    patch: source =>
      swap(source, 'import { parseXML } from "@aws-sdk/xml-builder";', `const parseXML = ${never('XML is read by aws/xml.ts')}`),
  },
  {
    module: `${AWS}/client/util-endpoints/lib/aws/partitions.js`,
    of: '73350ad74cb8',
    saves: '7 KB',
    because: 'read by the endpoint rules alone, and made then',
    patch: source =>
      swap(
        swap(source, 'export const partitionsInfo = {', 'const made = () => ({'),
        /\};\s*$/,
        '})\nexport const partitionsInfo = { get partitions() { return made().partitions }, get version() { return made().version } }',
      ),
  },
  {
    module: `${SMITHY}/retry/middleware-retry/retryMiddleware.js`,
    of: '81dd350119d2',
    saves: 'with the next row',
    because: 'maxAttempts is 1 (client-defaults.ts): one attempt, whose headers and errors are the same',
    patch: source => `import { HttpRequest } from '@smithy/core/protocols'
import { v4 } from '@smithy/core/serde'
import { INVOCATION_ID_HEADER, REQUEST_HEADER } from '../util-retry/constants'
import { asSdkError } from './util'
export const bindRetryMiddleware = () => options => next => async args => {
  if (HttpRequest.isInstance(args.request)) {
    args.request.headers[INVOCATION_ID_HEADER] = v4()
    args.request.headers[REQUEST_HEADER] = 'attempt=1; max=1'
  }
  try {
    const { response, output } = await next(args)
    Object.assign(output.$metadata, { attempts: 1, totalRetryDelay: 0 })
    return { response, output }
  } catch (thrown) {
    const error = asSdkError(thrown)
    error.$metadata ??= {}
    Object.assign(error.$metadata, { attempts: 1, totalRetryDelay: 0 })
    throw error
  }
}
${swap(source, /[\s\S]*(?=export const retryMiddlewareOptions)/, '')}`,
  },
  {
    module: `${SMITHY}/retry/middleware-retry/configurations.js`,
    of: 'd68c25bcd3fa',
    saves: '12 KB, and 7 KB of source',
    because: 'the same; of a strategy the user agent asks for the name',
    patch: source => `import { normalizeProvider } from '@smithy/core/client'
export const resolveRetryConfig = input =>
  Object.assign(input, { maxAttempts: normalizeProvider(input.maxAttempts), retryStrategy: async () => ({ mode: 'standard' }) })
${swap(source, /[\s\S]*?(?=export const ENV_MAX_ATTEMPTS)/, '')
  .replace(/export const resolveRetryConfig = [\s\S]*?\n\};\n/, '')
  .replace('DEFAULT_MAX_ATTEMPTS', '3')
  .replace('DEFAULT_RETRY_MODE', '"standard"')}`,
  },
  {
    module: `${SMITHY}/endpoints/middleware-endpoint/adaptors/getEndpointFromConfig.js`,
    of: '32fbb2eefc21',
    saves: '1 KB',
    because: 'ignoreConfiguredEndpointUrls (client-defaults.ts): config/endpoint.ts looks for it',
    patch: () => `export const getEndpointFromConfig = ${never('configured endpoints are ignored')}`,
  },
  {
    module: `${SMITHY}/endpoints/middleware-endpoint/service-customizations/index.js`,
    of: '31d56b8e7f69',
    saves: '0.7 KB',
    because: 'IAM and STS are not S3',
    patch: () => `export const resolveParamsForS3 = ${never('this is not S3')}`,
  },
  {
    module: `${SMITHY}/checksum/sha256/Sha256Js.js`,
    of: '54d26649ccb5',
    saves: '2.6 KB, and 3 KB of source',
    because: 'Node has SHA-256',
    patch: () => 'export const Sha256Js = undefined',
  },
  {
    module: `${SMITHY}/serde/util-hex-encoding/hex-encoding.js`,
    of: 'd33fc907a8b4',
    saves: '0.4 KB, and the filling of a table',
    because: "Buffer's hexadecimal digits; the SDK's fills a table, and V8 compiles all that is in the same function as the loop",
    patch: () => `export const toHex = bytes => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
export const fromHex = text => Buffer.from(text, 'hex')`,
  },
  {
    module: `${SMITHY}/serde/uuid/v4.js`,
    of: 'a350c133f995',
    saves: '0.3 KB, and 3 ms: Web Crypto',
    because: "the same function under another name; the SDK's looks at the global `crypto`, and Node loads all of Web Crypto for that",
    patch: () => `import { randomUUID } from 'node:crypto'\nexport const bindV4 = () => () => randomUUID()`,
  },
  {
    module: 'commander/lib/help.js',
    of: '7d5757c05396',
    saves: '5 KB, and 7 KB of source',
    because: 'help is arranged when the program is built (run/help-pages.ts)',
    patch: () => 'exports.Help = class {}\nexports.stripColor = text => text',
  },
]

/** Packages that are not bundled. */
export const SDK_REPLACEMENTS: Readonly<Record<string, { readonly contents: string; readonly because: string }>> = {
  '@aws-sdk/credential-provider-node': {
    contents: `export const defaultProvider = ${never('credentials are always given')}`,
    because: 'credentials are always given',
  },
  '@smithy/node-http-handler': {
    contents: `export const NodeHttpHandler = { create: handler => handler }\nexport const streamCollector = ${never('bodies are always whole')}`,
    because: 'the transport is ours, and its bodies are whole',
  },
  '@smithy/core/event-streams': { contents: '', because: 'no operation streams events' },
}

/** The patched text. Throws if the file is not the one for which the row was written. */
export function patched({ module, of, patch }: SdkPatch, source: string): string {
  const hash = crypto.createHash('sha256').update(source).digest('hex').slice(0, of.length)
  if (hash !== of)
    throw new Error(`${module} has changed. Read what it does now, see whether its patch still holds, and write ${hash} there`)
  return patch(source)
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Applies the rows, except for those in `without`. A row that does not fit fails the build. */
export const patchedSdk = (without: readonly string[] = []): esbuild.Plugin => ({
  name: 'patched SDK',
  setup(build) {
    const packages = new RegExp(`^(${Object.keys(SDK_REPLACEMENTS).map(escaped).join('|')})$`)
    build.onResolve({ filter: packages }, ({ path: name, importer }) =>
      /client-iam|client-sts|smithy.core|aws-sdk.core/.test(importer)
        ? { path: name, namespace: 'replaced', sideEffects: false }
        : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path: name }) => ({ contents: SDK_REPLACEMENTS[name]?.contents ?? '' }))
    // The SDK reads only the version from its package.json.
    build.onLoad({ filter: /client-(iam|sts).package\.json$/, namespace: 'file' }, ({ path: file }) => ({
      contents: `export default { version: ${JSON.stringify(JSON.parse(fs.readFileSync(file, 'utf8')).version)} }`,
    }))
    // Lets a patch import the original: `./file.js?rules`.
    build.onResolve({ filter: /\?rules$/ }, ({ path: name, resolveDir }) => ({
      path: path.join(resolveDir, name.replace('?rules', '')),
      namespace: 'rules',
    }))
    build.onLoad({ filter: /.*/, namespace: 'rules' }, ({ path: file }) => ({
      contents: fs.readFileSync(file),
      resolveDir: path.dirname(file),
    }))
    const met = new Set<string>()
    for (const row of SDK_PATCHES) {
      if (without.includes(row.module)) continue
      build.onLoad(
        { filter: new RegExp(`node_modules.${escaped(row.module).replaceAll('/', '.')}$`), namespace: 'file' },
        ({ path: file }) => {
          met.add(row.module)
          return { contents: patched(row, fs.readFileSync(file, 'utf8')), resolveDir: path.dirname(file) }
        },
      )
    }
    build.onEnd(() => {
      const missed = SDK_PATCHES.filter(({ module }) => !met.has(module) && !without.includes(module)).map(({ module }) => module)
      if (missed.length > 0) throw new Error(`the SDK does not have, or does not use any more: ${missed.join(', ')}`)
    })
  },
})
