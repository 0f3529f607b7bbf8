/** What the benches' servers answer with. */
export const REPLY = `<CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateAccessKeyResult><AccessKey>
<UserName>Bob</UserName><AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId><Status>Active</Status>
<SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey><CreateDate>2026-01-01T00:00:00Z</CreateDate>
</AccessKey></CreateAccessKeyResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></CreateAccessKeyResponse>`

/** A list's pages, and how many keys each has. */
export const PAGES = 20
const KEYS = 100

/** The page that a request asks for. */
export function listPage(request: string): string {
  const page = Number(/Marker=(\d+)/.exec(request)?.[1] ?? 0)
  const more = page + 1 < PAGES
  const keys = Array.from(
    { length: KEYS },
    (_, key) =>
      `<member><UserName>Bob</UserName><AccessKeyId>AKIA${page * KEYS + key}</AccessKeyId><Status>Active</Status><CreateDate>2026-01-01T00:00:00Z</CreateDate></member>`,
  )
  return `<ListAccessKeysResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListAccessKeysResult><IsTruncated>${more}</IsTruncated>
${more ? `<Marker>${page + 1}</Marker>` : ''}<AccessKeyMetadata>${keys.join('')}</AccessKeyMetadata></ListAccessKeysResult></ListAccessKeysResponse>`
}
