/** What the benches' servers answer with. */
export const REPLY = `<CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateAccessKeyResult><AccessKey>
<UserName>Bob</UserName><AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId><Status>Active</Status>
<SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey><CreateDate>2026-01-01T00:00:00Z</CreateDate>
</AccessKey></CreateAccessKeyResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></CreateAccessKeyResponse>`
