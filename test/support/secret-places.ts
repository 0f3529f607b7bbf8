/** Where the stores at services keep a key: how it is put there without them, and how its consumers read it. */
import type { KeyPair } from '../../src/core/key-store.ts'
import { pairInFile, pairInJson, type SecretServices } from './secret-services.ts'

export interface SecretPlace {
  /** As `--store` names it. */
  readonly name: string
  readonly irrevocable: boolean
  /** Two values that are written one after the other. */
  readonly inHalves?: boolean
  /** What has to be there before any key is. */
  readonly prepare: (services: SecretServices) => void
  readonly put: (services: SecretServices, key: KeyPair) => void
  /** What its consumers have; members are missing where there is nothing. */
  readonly consumed: (services: SecretServices) => Partial<KeyPair>
}

export const jsonOf = ({ AccessKeyId, SecretAccessKey }: KeyPair) => ({ AccessKeyId, SecretAccessKey, region: 'eu-west-1' })
export const fileOf = ({ AccessKeyId, SecretAccessKey }: KeyPair) =>
  `[default]\naws_access_key_id = ${AccessKeyId}\naws_secret_access_key = ${SecretAccessKey}\n`

const REPOSITORY = '/repos/octo/hello/actions'
const placeOf = (services: SecretServices) => services.github.get(REPOSITORY) ?? services.repository(REPOSITORY)

/** A secret that was written long ago. */
const written = (services: SecretServices, name: string, text: string) => void placeOf(services).secrets.set(name, { text, updated: 0 })

export const SECRET_PLACES: readonly SecretPlace[] = [
  {
    name: 'secrets-manager:ci/key',
    irrevocable: false,
    prepare: services => void services.secret('ci/key', {}),
    put: (services, key) => void services.secret('ci/key', jsonOf(key)),
    consumed: services => pairInJson(services.labelled('ci/key', 'AWSCURRENT')),
  },
  {
    name: 'ssm:/ci/key',
    irrevocable: false,
    prepare() {},
    put: (services, key) => void services.parameter('/ci/key', jsonOf(key)),
    consumed: services => pairInJson(services.parameters.get('/ci/key')?.history.at(-1)),
  },
  {
    name: 'gitlab-variable:group/project?name=KEY&scope=production',
    irrevocable: false,
    prepare: services => void services.variable({ project: 'group/project', environment_scope: 'production' }),
    put(services, key) {
      const there = services.gitlab.find(({ environment_scope }) => environment_scope === 'production')
      const variable = there ?? services.variable({ project: 'group/project', environment_scope: 'production' })
      variable.value = fileOf(key)
    },
    consumed: services => pairInFile(services.gitlab.find(({ environment_scope }) => environment_scope === 'production')?.value),
  },
  {
    name: 'gitlab-variable:group/hidden?name=KEY&format=json',
    irrevocable: true,
    prepare: services => void services.variable({ project: 'group/hidden', value: 'unset___', masked: true, hidden: true, raw: true }),
    put(services, key) {
      const there = services.gitlab.find(({ hidden }) => hidden)
      const variable = there ?? services.variable({ project: 'group/hidden', masked: true, hidden: true, raw: true })
      variable.value = JSON.stringify(jsonOf(key))
    },
    consumed: services => pairInJson(services.gitlab.find(({ hidden }) => hidden)?.value.replace('unset___', '{}')),
  },
  {
    name: 'github-secret:octo/hello?name=KEY',
    irrevocable: true,
    prepare: services => void placeOf(services),
    put: (services, key) => written(services, 'KEY', fileOf(key)),
    consumed: services => pairInFile(placeOf(services).secrets.get('KEY')?.text),
  },
  {
    name: 'github-secret:octo/hello?name=MARKED&marker=MARKED_ID',
    irrevocable: true,
    prepare: services => void placeOf(services),
    put(services, key) {
      written(services, 'MARKED', fileOf(key))
      placeOf(services).variables.set('MARKED_ID', key.AccessKeyId)
    },
    consumed: services => pairInFile(placeOf(services).secrets.get('MARKED')?.text),
  },
  {
    name: 'github-secret:octo/hello?id=ID&secret=SECRET',
    irrevocable: true,
    inHalves: true,
    prepare: services => void placeOf(services),
    put(services, key) {
      written(services, 'ID', key.AccessKeyId)
      written(services, 'SECRET', key.SecretAccessKey)
    },
    consumed(services) {
      const [AccessKeyId, SecretAccessKey] = ['ID', 'SECRET'].map(name => placeOf(services).secrets.get(name)?.text)
      return { ...(AccessKeyId && { AccessKeyId }), ...(SecretAccessKey && { SecretAccessKey }) }
    },
  },
]
