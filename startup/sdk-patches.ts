/**
 * Patches the AWS SDK and commander when the program is built: replaces modules that a client with every value given
 * (aws/client-defaults.ts) never runs, or that cost more to load than to replace. Each row says what it relies on and what it saves.
 *
 * A row whose file is missing or has changed fails the build (patches.ts). test/startup/sdk-patches.test.ts compares the requests of the patched client,
 * and how it reads replies, with those of the original SDK.
 *
 * Only the copy of a plain call is patched, which STS's client shares: credential providers, stores and the operations around the account have
 * copies of their own (build.ts).
 */

import type * as esbuild from 'esbuild'
import { never, onlyMethods, type Patch, patchDependencies, type Replacement, swap, swapAll } from './patches.ts'

const SMITHY = '@smithy/core/dist-es/submodules'
const AWS = '@aws-sdk/core/dist-es/submodules'
const IAM = '@aws-sdk/client-iam/dist-es'
const STS = '@aws-sdk/client-sts/dist-es'

/** For the configuration of a client, which the SDK completes from files and the environment. */
const ALL_IS_GIVEN: Pick<Patch, 'because' | 'patch'> = {
  because: 'what it would look for in files and the environment is always given',
  patch: () => `import { calculateBodyLength } from '@smithy/core/serde'
import { getRuntimeConfig as shared } from './runtimeConfig.shared'
export const getRuntimeConfig = config => ({ ...shared(config), bodyLengthChecker: calculateBodyLength, ...config, runtime: 'node' })`,
}

/** Whether a text has none of the characters of the SDK's /[!'()*]/, which V8 would compile first. */
const HAS_NO_MARK = `!["!", "'", "(", ")", "*"].some(mark => encoded.includes(mark))`

export const SDK_PATCHES: readonly Patch[] = [
  {
    module: `${IAM}/schemas/schemas_0.js`,
    of: '0eb5bbedbda2',
    saves: '54 KB, and 15 KB of source: 38 schemas, which the bundler keeps for their computed keys',
    because: 'the same: no error is looked up by its shape',
    patch: source => {
      const registered = /^n0_registry\.registerError\(.*\);$/gm
      const shapes = /^export var \w+Exception\$ = \[-3, n0, [\s\S]*?^\];$/gm
      if ((source.match(registered) ?? []).length < 30 || source.match(registered)?.length !== source.match(shapes)?.length)
        throw new Error('the errors are registered otherwise')
      return source.replace(registered, '').replace(shapes, '')
    },
  },
  {
    module: `${IAM}/runtimeConfig.js`,
    of: 'd2a695d72070',
    saves: '12 KB, and 7 KB of source',
    ...ALL_IS_GIVEN,
  },
  {
    module: `${IAM}/endpoint/endpointResolver.js`,
    of: 'b348b10ade00',
    saves: '27 KB, and 9 KB of source',
    because:
      'the rules say so for a custom endpoint, and for the regions of the partition that most are in; for all others they are loaded',
    patch:
      () => `export const defaultEndpointResolver = (params, context) => known(params) ?? import('./endpointResolver.js?rules').then(rules => rules.defaultEndpointResolver(params, context))
const known = ({ Endpoint, Region, UseDualStack, UseFIPS }) => {
  if (UseDualStack || UseFIPS || Region === undefined) return undefined
  if (Endpoint !== undefined) return { url: new URL(Endpoint), properties: {}, headers: {} }
  if (Region !== 'aws-global' && !/^(us|eu|ap|sa|ca|me|af|il|mx)-(north|south|east|west|central)(east|west)?-\\d$/.test(Region)) return undefined
  return { url: new URL('https://iam.amazonaws.com'), properties: { authSchemes: [{ name: 'sigv4', signingRegion: 'us-east-1' }] }, headers: {} }
}`,
  },
  {
    module: `${STS}/runtimeConfig.js`,
    of: 'd9fc5b9d8ae7',
    saves: '8 KB, and 7 KB of source: the settings it looks for, which would be in the pack of both clients',
    ...ALL_IS_GIVEN,
  },
  {
    module: `${STS}/endpoint/endpointResolver.js`,
    of: '85d0f4cfcaab',
    saves: '6 KB, and 6 KB of source: the code of the rules, which would be in the pack of both clients',
    because: 'the same file, with its own copy of what it imports',
    patch: () => `export { defaultEndpointResolver } from './endpointResolver.js?rules'`,
  },
  {
    module: `${AWS}/client/middleware-logger/loggerMiddleware.js`,
    of: '3bc8983bed4f',
    saves: '4 KB, and 1.3 KB of source, with the row for schemaLogFilter.js',
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
    saves: '8 KB, and 2.4 KB of source',
    because:
      'outside a handler of AWS Lambda its store is empty, and this is a program of its own: the environment alone counts, as for botocore',
    patch: source =>
      swapAll(
        source,
        ['import { InvokeStore } from "@aws/lambda-invoke-store";', ''],
        [/invokeStore \?\?= await InvokeStore[\s\S]*?getXRayTraceId\(\);/, 'const traceIdFromInvokeStore = undefined;'],
        [/const existingTraceparent = [\s\S]*?\n {8}\}\n {4}\}/, '}'],
      ),
  },
  {
    module: `${AWS}/protocols/xml/XmlShapeDeserializer.js`,
    of: 'ada9587eacc1',
    saves: '2.2 KB, and 3 KB of source',
    because: 'QueryProtocol reads the XML of replies',
    patch: source =>
      swap(source, 'import { parseXML } from "@aws-sdk/xml-builder";', `const parseXML = ${never('XML is read by aws/xml.ts')}`),
  },
  {
    module: `${AWS}/client/util-endpoints/lib/aws/partition.js`,
    of: 'd20fb415a064',
    saves: '7 KB, and 5 KB of source',
    because: 'only the endpoint rules read it, and they have their own copy; the prefix of the user agent is never set',
    patch: () => `export const getUserAgentPrefix = () => ''
export const partition = ${never('the endpoint rules have their own copy')}
export const setPartitionInfo = partition, useDefaultPartitionInfo = partition`,
  },
  {
    module: '@smithy/signature-v4/dist-es/SignatureV4.js',
    of: '634af3e93dc5',
    saves: '3 KB, and 5 KB of source, with the next row',
    because: 'requests are signed, and nothing else',
    patch: source => onlyMethods(source, ['constructor', 'sign', 'signRequest', 'getSignature', 'getSigningKey']),
  },
  {
    module: '@smithy/signature-v4/dist-es/HeaderFormatter.js',
    of: 'd82a105e2abe',
    saves: 'with the row before',
    because: 'the same: it writes the headers of events',
    patch: () => 'export class HeaderFormatter {}',
  },
  {
    module: `${SMITHY}/client/smithy-client/schemaLogFilter.js`,
    of: '1ae587578e42',
    saves: 'with the row for loggerMiddleware.js',
    because: 'the logger ignores everything (client-defaults.ts)',
    patch: () => `export const schemaLogFilter = ${never('nothing is logged')}`,
  },
  {
    module: '@smithy/signature-v4/dist-es/getCanonicalHeaders.js',
    of: '589b3ce326a6',
    saves: 'no code, but V8 compiles five regular expressions fewer',
    because: 'the same: they would change nothing in other values',
    patch: source =>
      swapAll(
        source,
        ['PROXY_HEADER_PATTERN.test(canonicalHeaderName)', "canonicalHeaderName.startsWith('proxy-')"],
        ['SEC_HEADER_PATTERN.test(canonicalHeaderName)', "canonicalHeaderName.startsWith('sec-')"],
        [/headers\[headerName\]\s+\.replace/, 'isClean(headers[headerName]) ? headers[headerName] : headers[headerName].replace'],
        [
          'export const getCanonicalHeaders',
          "const isClean = value => value.trim() === value && !['  ', '\\t', '\\r', '\\n'].some(part => value.includes(part))\nexport const getCanonicalHeaders",
        ],
      ),
  },
  {
    module: '@smithy/signature-v4/dist-es/SignatureV4Base.js',
    of: '4d122fb146dd',
    saves: 'a regular expression, which V8 compiles twice',
    because: 'the same',
    patch: source => swap(source, '.replace(/[-:]/g, "")', '.replaceAll("-", "").replaceAll(":", "")'),
  },
  {
    module: '@smithy/signature-v4/dist-es/utilDate.js',
    of: 'c31c249fe48a',
    saves: 'a regular expression',
    because: 'the same: toISOString ends with milliseconds and a Z',
    patch: source => swap(source, '.replace(/\\.\\d{3}Z$/, "Z")', '.slice(0, -5) + "Z"'),
  },
  {
    module: `${SMITHY}/protocols/extended-encode-uri-component.js`,
    of: '23bebebbe008',
    saves: 'with the next row: three regular expressions, two of which V8 compiles twice',
    because: 'the same: encodeURIComponent leaves these five characters alone, and what the first expression finds',
    patch: source =>
      swapAll(
        source,
        [/^ {4}if \(\/[\s\S]*?^ {4}\}\n/m, ''],
        [
          'return encodeURIComponent(str).replace',
          `const encoded = encodeURIComponent(str);\n    return ${HAS_NO_MARK} ? encoded : encoded.replace`,
        ],
      ),
  },
  {
    module: `${SMITHY}/protocols/util-uri-escape/escape-uri.js`,
    of: 'bdda98d0c1c0',
    saves: 'with the row before',
    because: 'the same',
    patch: source =>
      swap(
        source,
        "export const escapeUri = (uri) => encodeURIComponent(uri).replace(/[!'()*]/g, hexEncode);",
        `export const escapeUri = (uri) => {
  const encoded = encodeURIComponent(uri)
  return ${HAS_NO_MARK} ? encoded : encoded.replace(/[!'()*]/g, hexEncode)
}`,
      ),
  },
  {
    module: `${SMITHY}/retry/middleware-retry/retryMiddleware.js`,
    of: '81dd350119d2',
    saves: '20 KB, and 13 KB of source, with the next row',
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
    saves: 'with the row before',
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
    saves: '1.2 KB',
    because: 'ignoreConfiguredEndpointUrls (client-defaults.ts): config/endpoint.ts looks for it',
    patch: () => `export const getEndpointFromConfig = ${never('configured endpoints are ignored')}`,
  },
  {
    module: `${SMITHY}/endpoints/middleware-endpoint/service-customizations/index.js`,
    of: '31d56b8e7f69',
    saves: '0.5 KB',
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
    module: 'commander/esm.mjs',
    of: '19331de9ae25',
    saves: '23 KB, and 33 KB of source, with the next rows',
    because: 'cli/parse.ts uses two classes; the others, and a command that commander makes when it is loaded, are left out',
    patch: () => `import command from './lib/command.js'
import option from './lib/option.js'
export const { Command } = command
export const { Option } = option`,
  },
  {
    module: 'commander/lib/command.js',
    of: 'c161e3d99c26',
    saves: 'with the row before',
    because:
      'of a command cli/parse.ts uses addOption, parseOptions and opts, with words that argparse.ts has checked; help is arranged when the program is built (run/help-pages.ts)',
    patch: source =>
      swapAll(
        onlyMethods(source, [
          'constructor',
          '_callParseArg',
          '_registerOption',
          'addOption',
          'getOptionValue',
          'setOptionValueWithSource',
          '_findOption',
          'parseOptions',
          'opts',
        ]),
        [/^[\s\S]*?(?=^class Command)/m, "const { EventEmitter } = require('node:events')\n"],
        [/^ {4}this\._outputConfiguration = \{[\s\S]*?^ {4}\};$/m, ''],
        [/^ {4}this\._initOptionGroup\(option\);$/m, ''],
        // The same without a regular expression, which V8 would compile for one word.
        ['/^--[^=]+=/.test(arg)', "arg.startsWith('--') && arg.indexOf('=') > 2"],
      ),
  },
  {
    module: 'commander/lib/option.js',
    of: 'b5cf136f3db9',
    saves: 'with the rows before',
    because: 'the same; cli/parse.ts writes flags as `-s, --name <value>`, and none takes several values',
    patch: source =>
      swapAll(
        onlyMethods(source, ['constructor', 'argParser', 'name', 'attributeName', 'is', 'isBoolean']),
        [/^class DualOptions[\s\S]*?^\}$/m, ''],
        ['exports.DualOptions = DualOptions;', ''],
        [
          /^function splitOptionFlags[\s\S]*?^\}$/m,
          `function splitOptionFlags(flags) {
  const words = flags.split(' ')
  return { shortFlag: words[0].endsWith(',') ? words.shift().slice(0, -1) : undefined, longFlag: words[0] }
}`,
        ],
        ["this.long.replace(/^--/, '')", 'this.long.slice(2)'],
        ['/\\w\\.\\.\\.[>\\]]$/.test(flags)', 'false'],
      ),
  },
]

/** Packages that are not bundled. */
export const SDK_REPLACEMENTS: Readonly<Record<string, Replacement>> = {
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

/** Applies the rows, except for those in `without`. */
export const patchedSdk = (without: readonly string[] = []): esbuild.Plugin =>
  patchDependencies(
    SDK_PATCHES.filter(({ module }) => !without.includes(module)),
    SDK_REPLACEMENTS,
  )
