/**
 * The built program with stores at services, over HTTP: what it writes, and where, is searched for everything that is nobody's business. The
 * services quote what they were given when they refuse.
 */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { expect, test } from 'vitest'
import { Account } from '../../support/account.ts'
import { serve } from '../../support/fake-iam.ts'
import { createSandbox, credentials } from '../../support/process.ts'
import { fileOf, jsonOf } from '../../support/secret-places.ts'
import { SecretServices } from '../../support/secret-services.ts'
import { serveSecrets, type WireFault } from '../../support/secret-wire.ts'
import { OLD } from './stage.ts'

const STORES = [
  'secrets-manager:ci/key',
  'ssm:/ci/key',
  'gitlab-variable:group/project?name=KEY',
  'github-secret:octo/hello?name=KEY&marker=KEY_ID',
  'github-secret:octo/hello?id=ID&secret=SECRET',
]

/** Where everything a run could leave is. */
function filesUnder(folder: string): readonly string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap(name => {
    const file = path.join(folder, name)
    return fs.statSync(file).isFile() ? fs.readFileSync(file, 'utf8') : []
  })
}

interface Scene {
  readonly what: string
  /** By the name of the request. */
  readonly meets?: ((name: string) => WireFault | undefined) | undefined
  readonly code: number
}

const at =
  (pattern: RegExp, fault: WireFault): Scene['meets'] =>
  name =>
    pattern.test(name) ? fault : undefined

const SCENES: readonly Scene[] = [
  { what: 'nothing goes wrong', code: 0 },
  { what: 'a check is refused', meets: at(/public-key/, { status: 403 }), code: 255 },
  { what: 'a put is refused', meets: at(/PutParameter/, { status: 400, code: 'ValidationException' }), code: 255 },
  { what: 'a put gets no answer', meets: at(/^PUT .*KEY$/, 'reply lost'), code: 255 },
  { what: 'a put is too much', meets: at(/^PUT .*SECRET$/, { status: 422 }), code: 255 },
]

test.each(SCENES)(
  'when $what, no secret, token or body is told',
  async ({ meets, code }) => {
    const account = new Account({ users: ['Bob', 'ops'] })
    const iam = await serve(account)
    const env = credentials(account, iam)
    const services = new SecretServices()
    services.secret('ci/key', jsonOf(OLD))
    services.parameter('/ci/key', jsonOf(OLD))
    services.variable({ project: 'group/project', value: fileOf(OLD) })
    services.repository('/repos/octo/hello/actions')
    const [signer] = account.liveKeys('ops')
    const server = await serveSecrets(services, signer, { meets: (_, { name }) => meets?.(name) })
    const here = createSandbox()
    try {
      const words = ['create-access-key', '--user-name', 'Bob', '--debug', ...STORES.flatMap(name => ['--store', name])]
      const ran = await here.run(['iamkey', ...words], {
        ...env,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: server.endpoint,
        AWS_ENDPOINT_URL_SSM: server.endpoint,
        GH_TOKEN: services.token,
        GITHUB_API_URL: server.endpoint,
        GITLAB_TOKEN: services.token,
        CI_API_V4_URL: `${server.endpoint}/api/v4`,
      })
      const written = [ran.stdout, ran.stderr, ...filesUnder(here.home), ...filesUnder(here.cwd)].join('\n')
      const bodies = server.sent.filter(({ body }) => body.length > 60 && !/"SecretId": "[^"]*"(, "VersionStage": "\w+")?\}$/.test(body))
      const secrets = [...account.keys.map(({ secret }) => secret), services.token, OLD.SecretAccessKey, ...bodies.map(({ body }) => body)]
      const pieces = secrets.flatMap(secret => [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)])
      expect({ code: ran.code, told: pieces.filter(piece => written.includes(piece)) }).toEqual({ code, told: [] })
      expect(written).toContain(STORES[0])
    } finally {
      here.remove()
      await iam.close()
      await server.close()
    }
  },
  60_000,
)
