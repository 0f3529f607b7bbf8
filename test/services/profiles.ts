/**
 * What services that speak IAM's Query protocol answer, one profile each, as their sources or manuals show it: the alphabets of ids and
 * secrets, the forms of dates, the order and the absence of elements, what an empty list and a deletion look like. Data; `service.ts` serves it.
 */

/** A key as a service keeps it. */
export interface ServiceKey {
  readonly user: string
  readonly id: string
  readonly secret: string
  /** Milliseconds since 1970. */
  readonly created: number
  status: 'Active' | 'Inactive'
  used?: number
}

export interface Profile {
  readonly name: string
  /** The file, or the page of the manual, and its version. */
  readonly source: string
  readonly contentType: string
  /** Ids and secrets as the service draws them, or as its administrator may choose them. */
  readonly pairs: readonly (readonly [id: string, secret: string])[]
  readonly created: (key: ServiceKey) => string
  readonly listed: (user: string, keys: readonly ServiceKey[]) => string
  /** Of UpdateAccessKey and DeleteAccessKey. */
  readonly done: (action: string) => string
  /** Absent where the service lacks GetAccessKeyLastUsed. */
  readonly lastUsed?: (key: ServiceKey) => string
  readonly error: (code: string, message: string) => string
  /** What its lists say of a key's age. */
  readonly dates: 'readable' | 'unreadable' | 'absent'
  /** Lists come in chunks. */
  readonly chunked?: boolean
  /** Deletes what it does not know, too. */
  readonly deletesUnknown?: boolean
  /** Says when a key was last used. */
  readonly recordsUse?: boolean
}

const NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/'
const REQUEST = '7a62c49f-347e-4fc4-9331-6e8eEXAMPLE'
const METADATA = `<ResponseMetadata><RequestId>${REQUEST}</RequestId></ResponseMetadata>`

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** A line break within an element would be read as a line feed: a reference keeps it. */
const escapeXml = (text: string) => text.replace(/[&<>"']/g, character => ENTITIES[character] ?? '').replace(/\r/g, '&#13;')

type Members = readonly (readonly [name: string, value: string | undefined])[]

/** Elements in the order given; without those that have no value. */
const elements = (members: Members) =>
  members.map(([name, value]) => (value === undefined ? '' : `<${name}>${escapeXml(value)}</${name}>`)).join('')

const response = (action: string, content: string, attributes = ` xmlns="${NAMESPACE}"`) =>
  `<${action}Response${attributes}>${content}</${action}Response>`

const error = (code: string, message: string, attributes = ` xmlns="${NAMESPACE}"`) =>
  `<ErrorResponse${attributes}><Error>${elements([
    ['Type', 'Sender'],
    ['Code', code],
    ['Message', message],
  ])}</Error><RequestId>${REQUEST}</RequestId></ErrorResponse>`

const seconds = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
const micros = (time: number) => new Date(time).toISOString().replace('Z', '743Z')

/** The members of a key in AWS's order. */
const inAwsOrder = (key: ServiceKey, secret: string | undefined, date: string | undefined): Members => [
  ['UserName', key.user],
  ['AccessKeyId', key.id],
  ['Status', key.status],
  ['SecretAccessKey', secret],
  ['CreateDate', date],
]

const inAlphabeticalOrder = (key: ServiceKey, secret: string | undefined, date: string | undefined): Members =>
  [...inAwsOrder(key, secret, date)].sort(([one], [other]) => (one < other ? -1 : 1))

const never = (key: ServiceKey) =>
  `<GetAccessKeyLastUsedResult><UserName>${escapeXml(key.user)}</UserName><AccessKeyLastUsed>${elements(
    key.used === undefined
      ? [
          ['ServiceName', 'N/A'],
          ['Region', 'N/A'],
        ]
      : [
          ['LastUsedDate', micros(key.used)],
          ['ServiceName', 'iam'],
          ['Region', 'us-east-1'],
        ],
  )}</AccessKeyLastUsed></GetAccessKeyLastUsedResult>${METADATA}`

export const PROFILES: readonly Profile[] = [
  {
    name: 'Ceph RGW',
    source: 'ceph/ceph src/rgw/rgw_rest_iam_user.cc at 07eb8c6, src/include/utime.h (utime_t::gmtime)',
    contentType: 'application/xml',
    pairs: [
      ['0555b35654ad1656d804', 'h7GhxuBLTrlhVUyxSPUKUV8r/2EI4ngqJxD7iBdBYLhwluN30JaT3Q=='],
      // `radosgw-admin key create --access-key … --secret-key …` takes any text.
      ['c67W2-r4MAyAYScRl', 'abc!@#$%^*()secret~value'],
      ['tenant$bob:swift key', 'with a space & <brackets> "quotes" \'apostrophes\''],
    ],
    created: key =>
      `<?xml version="1.0" encoding="UTF-8"?>${response(
        'CreateAccessKey',
        `<CreateAccessKeyResult><AccessKey>${elements([
          ['UserName', key.user],
          ['AccessKeyId', key.id],
          ['Status', key.status],
          ['CreateDate', micros(key.created)],
          ['SecretAccessKey', key.secret],
        ])}</AccessKey></CreateAccessKeyResult>${METADATA}`,
      )}`,
    // A key of the time before keys had dates has the date zero.
    listed: (user, keys) =>
      `<?xml version="1.0" encoding="UTF-8"?>${response(
        'ListAccessKeys',
        `<ListAccessKeysResult><UserName>${escapeXml(user)}</UserName><AccessKeyMetadata>${keys
          .map(key => `<member>${elements(inAwsOrder(key, undefined, key.created === 0 ? '0.000000' : micros(key.created)))}</member>`)
          .join('')}</AccessKeyMetadata><IsTruncated>false</IsTruncated></ListAccessKeysResult>`,
      )}`,
    done: action => `<?xml version="1.0" encoding="UTF-8"?>${response(action, METADATA)}`,
    error,
    dates: 'readable',
    chunked: true,
  },
  {
    name: 'SeaweedFS',
    source: 'seaweedfs/seaweedfs 4.44, weed/iam/responses.go, weed/iamapi/iamapi_management_handlers.go',
    contentType: 'application/xml',
    pairs: [
      ['7XQ0V2N5M8K1J4H6G9F3D', 'pQz4nV0bXk2sLr8tYw6uEa1iOc5mGd3fHj7KlZxCv9'],
      // Since 4.20 the caller may choose them: 4 to 128 letters and digits.
      ['app1', 'longenough'],
    ],
    created: key =>
      `<?xml version="1.0" encoding="UTF-8"?>\n${response(
        'CreateAccessKey',
        `<CreateAccessKeyResult><AccessKey>${elements(inAlphabeticalOrder(key, key.secret, undefined))}</AccessKey></CreateAccessKeyResult>${METADATA}`,
      )}`,
    // Go's encoder leaves an empty list out, with the element around it.
    listed: (_, keys) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n${response(
        'ListAccessKeys',
        `<ListAccessKeysResult>${
          keys.length === 0
            ? ''
            : `<AccessKeyMetadata>${keys.map(key => `<member>${elements(inAlphabeticalOrder(key, undefined, undefined))}</member>`).join('')}</AccessKeyMetadata>`
        }<IsTruncated>false</IsTruncated></ListAccessKeysResult>${METADATA}`,
      )}`,
    done: action => `<?xml version="1.0" encoding="UTF-8"?>\n${response(action, METADATA)}`,
    error: (code, message) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse xmlns="${NAMESPACE}"><Error>${elements([
        ['Code', code],
        ['Message', message],
        ['Type', 'Sender'],
      ])}</Error><RequestId>${REQUEST}</RequestId></ErrorResponse>`,
    dates: 'absent',
    deletesUnknown: true,
  },
  {
    name: 'moto 5',
    source: 'moto 5.2.1, the replies of moto_server',
    contentType: 'text/xml',
    pairs: [['AKIARZPUZDIKEZWYIQIR', 'kGCPKnQEBwgWEqxYnL9Ao9+mgV4z+Lk0RGxrwKk1']],
    created: key =>
      response(
        'CreateAccessKey',
        `<CreateAccessKeyResult><AccessKey>${elements(inAwsOrder(key, key.secret, micros(key.created)))}</AccessKey></CreateAccessKeyResult>${METADATA}`,
      ),
    // No IsTruncated.
    listed: (_, keys) =>
      response(
        'ListAccessKeys',
        `<ListAccessKeysResult>${
          keys.length === 0
            ? '<AccessKeyMetadata/>'
            : `<AccessKeyMetadata>${keys.map(key => `<member>${elements(inAwsOrder(key, undefined, micros(key.created)))}</member>`).join('')}</AccessKeyMetadata>`
        }</ListAccessKeysResult>${METADATA}`,
      ),
    done: action => response(action, METADATA),
    lastUsed: key => response('GetAccessKeyLastUsed', never(key)),
    error: (code, message) =>
      `<ErrorResponse xmlns="${NAMESPACE}"><Error>${elements([
        ['Type', 'Sender'],
        ['Code', code],
        ['Message', message],
        ['message', message],
      ])}</Error><RequestId>${REQUEST}</RequestId></ErrorResponse>`,
    dates: 'readable',
    recordsUse: true,
  },
  {
    name: 'moto 0.4',
    source: 'getmoto/moto 0.4, moto/iam/responses.py (CREATE_ACCESS_KEY_TEMPLATE), moto/iam/models.py (AccessKey.create_date)',
    contentType: 'text/html; charset=utf-8',
    pairs: [['X8VO2K4Q9B7ZJ5PT', 'Wz3kP9aLq2Rt7YbVn4McXs8EdGf6HjUi']],
    created: key =>
      `<CreateAccessKeyResponse>\n   <CreateAccessKeyResult>\n     <AccessKey>\n         ${elements(inAwsOrder(key, key.secret, undefined))}\n      </AccessKey>\n   </CreateAccessKeyResult>\n   ${METADATA}\n</CreateAccessKeyResponse>`,
    listed: (user, keys) =>
      `<ListAccessKeysResponse>\n   <ListAccessKeysResult>\n      <UserName>${escapeXml(user)}</UserName>\n      <AccessKeyMetadata>\n${keys
        .map(
          key =>
            `         <member>\n            ${elements(
              // `%Y-%m-%d-%H-%M-%S`, which dateutil cannot read either.
              inAwsOrder(key, undefined, seconds(key.created).replace(/[T:]/g, '-').replace('Z', '')),
            )}\n         </member>\n`,
        )
        .join(
          '',
        )}      </AccessKeyMetadata>\n      <IsTruncated>false</IsTruncated>\n   </ListAccessKeysResult>\n   ${METADATA}\n</ListAccessKeysResponse>`,
    done: action => `<${action}Response>\n   ${METADATA}\n</${action}Response>`,
    error: (code, message) => error(code, message, ''),
    dates: 'unreadable',
  },
  {
    name: 'LocalStack',
    source: 'localstack/localstack at 0092977, services/iam/utils.py (generate_access_key_id), aws/protocol/serializer.py',
    contentType: 'text/xml',
    pairs: [['LKIAQAAAAAAAIZQ5H7XR', '2qYb8vKc+L4mN6xZ/wErTpUi0oAsDfGhJkQ3nVzB']],
    created: key =>
      `<?xml version='1.0' encoding='utf-8'?>\n${response(
        'CreateAccessKey',
        `<CreateAccessKeyResult><AccessKey>${elements(inAwsOrder(key, key.secret, micros(key.created)))}</AccessKey></CreateAccessKeyResult>${METADATA}`,
      )}`,
    listed: (_, keys) =>
      `<?xml version='1.0' encoding='utf-8'?>\n${response(
        'ListAccessKeys',
        `<ListAccessKeysResult>${
          keys.length === 0
            ? '<AccessKeyMetadata />'
            : `<AccessKeyMetadata>${keys.map(key => `<member>${elements(inAwsOrder(key, undefined, micros(key.created)))}</member>`).join('')}</AccessKeyMetadata>`
        }<IsTruncated>false</IsTruncated></ListAccessKeysResult>${METADATA}`,
      )}`,
    done: action => `<?xml version='1.0' encoding='utf-8'?>\n${response(action, METADATA)}`,
    lastUsed: key => `<?xml version='1.0' encoding='utf-8'?>\n${response('GetAccessKeyLastUsed', never(key))}`,
    error: (code, message) => `<?xml version='1.0' encoding='utf-8'?>\n${error(code, message)}`,
    dates: 'readable',
    recordsUse: true,
  },
  {
    name: 'NooBaa',
    source: 'noobaa/noobaa-core 5.23.0, src/endpoint/iam/ops, src/util/xml_utils.js, src/util/cloud_utils.js (generate_access_keys)',
    contentType: 'application/xml',
    pairs: [['h3Jk9ZpQ2rXv7LmN5bTc', 'Zx8+Lq2/Vb6nMk4JhGf0DsAaQwErTyUiOp9LkJh1']],
    created: key =>
      `<?xml version="1.0" encoding="UTF-8"?>${response(
        'CreateAccessKey',
        `<CreateAccessKeyResult><AccessKey>${elements(inAwsOrder(key, key.secret, seconds(key.created)))}</AccessKey></CreateAccessKeyResult>${METADATA}`,
      )}`,
    listed: (user, keys) =>
      `<?xml version="1.0" encoding="UTF-8"?>${response(
        'ListAccessKeys',
        `<ListAccessKeysResult><UserName>${escapeXml(user)}</UserName><AccessKeyMetadata>${keys
          .map(key => `<member>${elements(inAwsOrder(key, undefined, seconds(key.created)))}</member>`)
          .join('')}</AccessKeyMetadata><IsTruncated>false</IsTruncated></ListAccessKeysResult>${METADATA}`,
      )}`,
    done: action => `<?xml version="1.0" encoding="UTF-8"?>${response(action, METADATA)}`,
    // It keeps no record, and says that every key was used just now.
    lastUsed: key =>
      `<?xml version="1.0" encoding="UTF-8"?>${response(
        'GetAccessKeyLastUsed',
        `<GetAccessKeyLastUsedResult><AccessKeyLastUsed>${elements([
          ['Region', 'us-west-2'],
          ['LastUsedDate', seconds(Date.now())],
          ['ServiceName', 's3'],
        ])}</AccessKeyLastUsed><UserName>${escapeXml(key.user)}</UserName></GetAccessKeyLastUsedResult>${METADATA}`,
      )}`,
    error: (code, message) => `<?xml version="1.0" encoding="UTF-8"?>${error(code, message, '')}`,
    dates: 'readable',
  },
  {
    name: 'Floci',
    source: 'floci-io/floci 1.7.0, services/iam/IamQueryHandler.java, core/common/AwsQueryResponse.java',
    contentType: 'text/xml',
    pairs: [['AKIA9F3K2QWERTY7ZXCV', 'mN4bV8cX2zL6kJ0hGfDsAqWeRtYuIoP1+/3579Qw']],
    created: key =>
      response(
        'CreateAccessKey',
        `<CreateAccessKeyResult><AccessKey>${elements(inAwsOrder(key, key.secret, seconds(key.created)))}</AccessKey></CreateAccessKeyResult>${METADATA}`,
      ),
    listed: (_, keys) =>
      response(
        'ListAccessKeys',
        `<ListAccessKeysResult><AccessKeyMetadata>${keys
          .map(key => `<member>${elements(inAwsOrder(key, undefined, seconds(key.created)))}</member>`)
          .join('')}</AccessKeyMetadata><IsTruncated>false</IsTruncated></ListAccessKeysResult>${METADATA}`,
      ),
    done: action => response(action, METADATA),
    // It keeps no record, and says that no key was ever used.
    lastUsed: () =>
      response(
        'GetAccessKeyLastUsed',
        `<GetAccessKeyLastUsedResult><AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region></AccessKeyLastUsed></GetAccessKeyLastUsedResult>${METADATA}`,
      ),
    error,
    dates: 'readable',
  },
  {
    name: 'Dell ECS',
    source: 'ECS 3.8 REST API, IamService: Create Access Key, List Access Keys (portal.ecstestdrive.com)',
    contentType: 'application/xml',
    pairs: [['AKIAFE4086C4F2E286DD', 'HH8Ej6sJ2hQszWhDyJ+tkSTTzt8fBDTo/nD9MCvc']],
    // Only the root has a prefix; its namespace is called `none`, and the metadata comes first.
    created: key =>
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<ns2:CreateAccessKeyResponse xmlns:ns2="none">\n    ${METADATA}\n    <CreateAccessKeyResult>\n        <AccessKey>\n${inAlphabeticalOrder(
        key,
        key.secret,
        seconds(key.created),
      )
        .map(member => `            ${elements([member])}\n`)
        .join(
          '',
        )}            <AccessKeySelector>${escapeXml(key.id)}</AccessKeySelector>\n        </AccessKey>\n    </CreateAccessKeyResult>\n</ns2:CreateAccessKeyResponse>\n`,
    listed: (_, keys) =>
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<ns2:ListAccessKeysResponse xmlns:ns2="none">\n    ${METADATA}\n    <ListAccessKeysResult>\n        <AccessKeyMetadata>\n${keys
        .map(key => `            <member>${elements(inAlphabeticalOrder(key, undefined, seconds(key.created)))}</member>\n`)
        .join(
          '',
        )}        </AccessKeyMetadata>\n        <IsTruncated>false</IsTruncated>\n    </ListAccessKeysResult>\n</ns2:ListAccessKeysResponse>\n`,
    done: action =>
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<ns2:${action}Response xmlns:ns2="none">${METADATA}</ns2:${action}Response>\n`,
    error: (code, message) => error(code, message, ''),
    dates: 'readable',
  },
  {
    name: 'NetBackup MSDP S3',
    source: 'NetBackup 11.1 Deduplication Guide, IAM APIs for S3 interface for MSDP (docs.cohesity.com)',
    contentType: 'application/xml',
    pairs: [
      ['2PPM4XHAKMG5JHZIUPEUG', '9TvXcpw2YRYRZXZCyrCELGVWMNBZyJYY95jhDc1xgH'],
      // As the manual's sample reply has it.
      ['2PPM4XHAKMG5JHZIUPEUH', '9TvXcpw2YRYRZXZCyrCELGVWMNBZyJYY95jhDc1xgH\n'],
    ],
    created: key =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<CreateAccessKeyResponse\nxmlns="${NAMESPACE}">\n${METADATA}\n<CreateAccessKeyResult>\n<AccessKey>\n${inAlphabeticalOrder(
        key,
        key.secret,
        seconds(key.created),
      )
        .map(member => `${elements([member])}\n`)
        .join('')}</AccessKey>\n</CreateAccessKeyResult>\n</CreateAccessKeyResponse>\n`,
    listed: (_, keys) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<ListAccessKeysResponse\nxmlns="${NAMESPACE}">\n${METADATA}\n<ListAccessKeysResult>\n<AccessKeyMetadata>\n${keys
        .map(key => `<member>\n${elements(inAlphabeticalOrder(key, undefined, seconds(key.created)))}\n</member>\n`)
        .join('')}</AccessKeyMetadata>\n<IsTruncated>false</IsTruncated>\n</ListAccessKeysResult>\n</ListAccessKeysResponse>\n`,
    done: action => `<?xml version="1.0" encoding="UTF-8"?>\n${response(action, METADATA)}\n`,
    error,
    dates: 'readable',
  },
  {
    name: 'Eucalyptus',
    source: 'eucalyptus/eucalyptus 4.4.2, EuareService.java (listAccessKeys sets no date), euare-binding.xml',
    contentType: 'text/xml; charset=UTF-8',
    pairs: [['AKIAC4T7QK2M9XW5JR3B', 'a8Kd93jQpLmZxNcVbTyUrEwOiSgHfJ2k5qR7tY1u']],
    created: key =>
      response(
        'CreateAccessKey',
        `<CreateAccessKeyResult><AccessKey>${elements(inAwsOrder(key, key.secret, new Date(key.created).toISOString()))}</AccessKey></CreateAccessKeyResult>${METADATA}`,
      ),
    listed: (_, keys) =>
      response(
        'ListAccessKeys',
        `<ListAccessKeysResult><AccessKeyMetadata>${keys
          .map(key => `<member>${elements(inAwsOrder(key, undefined, undefined))}</member>`)
          .join('')}</AccessKeyMetadata><IsTruncated>false</IsTruncated></ListAccessKeysResult>${METADATA}`,
      ),
    done: action => response(action, METADATA),
    error,
    dates: 'absent',
  },
]
