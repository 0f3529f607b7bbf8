/**
 * Stores at services, proven with programs nobody here wrote: moto's Secrets Manager and SSM, boto3 and the AWS CLI as their consumers, GitHub's
 * own client, and PyNaCl for what is sealed. Needs them on the machine; without one its tests are skipped, and say so.
 */
import * as childProcess from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seal } from '../src/stores/remote/sealed-box.ts'
import { freePort, present, untilAnswered } from './support/peer.ts'
import { createSandbox, type Sandbox } from './support/process.ts'
import { SecretServices } from './support/secret-services.ts'
import { type SecretServer, serveSecrets } from './support/secret-wire.ts'

const PREPARE = `
import boto3, json
value = json.dumps({'region': 'eu-west-1'})
boto3.client('iam').create_user(UserName='Bob')
boto3.client('secretsmanager').create_secret(Name='ci/key', SecretString=value)
boto3.client('secretsmanager').create_secret(Name='empty')
boto3.client('ssm').put_parameter(Name='/ci/key', Type='SecureString', KeyId='alias/own', Value=value)`

const READ = `
import boto3, json
secret = boto3.client('secretsmanager').get_secret_value(SecretId='ci/key', VersionStage='AWSCURRENT')
parameter = boto3.client('ssm').get_parameter(Name='/ci/key', WithDecryption=True)
print(json.dumps([json.loads(secret['SecretString']), json.loads(parameter['Parameter']['Value'])]))`

const areHere = [present('moto_server', '--help'), present('python3', '-c', 'import boto3'), present('aws', '--version')].every(Boolean)

describe.skipIf(!areHere)('Secrets Manager and SSM of moto', () => {
  let moto: childProcess.ChildProcess
  let here: Sandbox
  let env: Readonly<Record<string, string>>
  beforeAll(async () => {
    const port = await freePort()
    const endpoint = `http://127.0.0.1:${port}`
    moto = childProcess.spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    await untilAnswered(endpoint)
    env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    }
    here = createSandbox()
    expect(await here.run(['python3', '-c', PREPARE], env)).toEqual({ code: 0, stdout: '', stderr: '' })
  }, 60_000)
  afterAll(() => {
    moto.kill()
    here.remove()
  })
  const STORES = ['--store', 'secrets-manager:ci/key', '--store', 'ssm:/ci/key']

  test('a key is put into both, where boto3 finds it beside what was there', async () => {
    const { code, stdout, stderr } = await here.run(['iamkey', 'create-access-key', '--user-name', 'Bob', ...STORES], env)
    const { AccessKeyId } = JSON.parse(stdout).AccessKey
    const found = JSON.parse((await here.run(['python3', '-c', READ], env)).stdout)
    const expected = { region: 'eu-west-1', AccessKeyId, SecretAccessKey: expect.stringMatching(/^\S{40}$/) }
    expect([code, stderr, found]).toEqual([0, '', [expected, expected]])
  }, 60_000)

  test('the versions and the key that encrypts are as the AWS CLI shows them', async () => {
    const describe = ['aws', 'secretsmanager', 'describe-secret', '--secret-id', 'ci/key', '--query', 'VersionIdsToStages']
    const labels = Object.entries(JSON.parse((await here.run(describe, env)).stdout))
    expect(labels).toEqual(
      expect.arrayContaining([
        [expect.stringMatching(/^[\da-f-]{36}$/), ['AWSPREVIOUS']],
        [expect.stringMatching(/^AKIA\w{16}-[\da-f]{32}$/), ['AWSCURRENT']],
      ]),
    )
    const history = ['aws', 'ssm', 'get-parameter-history', '--name', '/ci/key', '--query', 'Parameters[].KeyId']
    expect(JSON.parse((await here.run(history, env)).stdout)).toEqual(['alias/own', 'alias/own'])
  }, 60_000)

  test('a secret without a value gets one', async () => {
    const { code } = await here.run(['iamkey', 'create-access-key', '--user-name', 'Bob', '--store', 'secrets-manager:empty'], env)
    const read = ['aws', 'secretsmanager', 'get-secret-value', '--secret-id', 'empty', '--query', 'SecretString', '--output', 'text']
    expect([code, Object.keys(JSON.parse((await here.run(read, env)).stdout))]).toEqual([0, ['AccessKeyId', 'SecretAccessKey']])
  }, 60_000)

  test('a missing target is refused before the key is created', async () => {
    const refused = await here.run(['iamkey', 'create-access-key', '--user-name', 'Bob', '--store', 'secrets-manager:nowhere'], env)
    expect([refused.code, refused.stdout, refused.stderr.trim()]).toEqual([
      255,
      '',
      'iamkey: [ERROR]: cannot use secrets-manager:nowhere: there is no such secret; create it first',
    ])
  }, 60_000)
})

describe.skipIf(!present('gh', '--version'))('the stand-in for GitHub', () => {
  let services: SecretServices
  let server: SecretServer
  let here: Sandbox
  beforeAll(async () => {
    services = new SecretServices()
    services.repository('/repos/octo/hello/actions')
    server = await serveSecrets(services, undefined)
    here = createSandbox()
  })
  afterAll(async () => {
    here.remove()
    await server.close()
  })

  test("takes a secret from GitHub's own client, and shows it what iamkey has written", async () => {
    // The one host that gh speaks plain HTTP to, by way of a proxy.
    const env = { HTTP_PROXY: server.endpoint, GH_HOST: 'github.localhost', GH_ENTERPRISE_TOKEN: services.token, GH_TOKEN: services.token }
    const set = await here.run(['gh', 'secret', 'set', 'BY_GH', '--repo', 'github.localhost/octo/hello', '--body', 'by gh'], env)
    const secrets = services.github.get('/repos/octo/hello/actions')?.secrets
    expect([set.code, set.stderr, secrets?.get('BY_GH')?.text]).toEqual([0, '', 'by gh'])
    const shown = await here.run(['gh', 'api', 'repos/octo/hello/actions/secrets/BY_GH', '--jq', '.name'], env)
    expect(shown).toEqual({ code: 0, stdout: 'BY_GH\n', stderr: '' })
  })
})

const PYTHON = '/usr/bin/python3'
const OPEN = `
import base64, json, sys
from nacl.public import PrivateKey, SealedBox
key, box = map(base64.b64decode, json.load(sys.stdin))
sys.stdout.buffer.write(SealedBox(PrivateKey(key)).decrypt(box))`

describe.skipIf(!present(PYTHON, '-c', 'import nacl'))('PyNaCl', () => {
  test('opens what is sealed', () => {
    const python = (script: string, input: string) => childProcess.execFileSync(PYTHON, ['-c', script], { input })
    const make =
      'import base64, json\nfrom nacl.public import PrivateKey\nk = PrivateKey.generate()\nprint(json.dumps([base64.b64encode(bytes(x)).decode() for x in (k, k.public_key)]))'
    const [own, theirs] = JSON.parse(python(make, '').toString())
    for (const message of ['', 'x', '[default]\naws_access_key_id = AKIA\n', 'ä'.repeat(2000)]) {
      const box = Buffer.from(seal(Buffer.from(message), Buffer.from(theirs, 'base64'))).toString('base64')
      expect(python(OPEN, JSON.stringify([own, box])).toString()).toBe(message)
    }
  })
})
