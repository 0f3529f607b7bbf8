/**
 * Checks settings that iamkey does not use. aws-cli 2.36.7 checks them for every client (botocore/args.py), and a configuration that fails
 * with `aws` should fail with iamkey too.
 */

import { Failure } from '../core/errors.ts'
import { int } from '../python/int.ts'
import { type SettingName, type SettingSources, text } from './sources.ts'

/** Exit 255, with botocore's message. */
class InvalidSetting extends Failure {
  override readonly name = 'InvalidSetting'
}

const MEBIBYTE = 1_048_576n

const checksum =
  (key: string) =>
  (value: string): string | undefined =>
    /^when_(?:supported|required)$/i.test(value)
      ? undefined
      : `Unsupported configuration value for ${key}. Expected one of ('when_supported', 'when_required') but got ${value.toLowerCase()}.`

function compressionSize(value: string): string | undefined {
  const complaint = `Invalid value "${value}" for request_min_compression_size_bytes. Value must be`
  let size: bigint
  try {
    size = int(value)
  } catch {
    return `${complaint} an integer. Received <class 'str'> instead.`
  }
  return size < 1n || size > MEBIBYTE ? `${complaint} between 1 and 1048576.` : undefined
}

function accountIdMode(value: string): string | undefined {
  if (/^(?:preferred|disabled|required)$/i.test(value)) return undefined
  return `The configured value '${value.toLowerCase()}' for 'account_id_endpoint_mode' is invalid. Valid values are: ('preferred', 'disabled', 'required').`
}

const expressSession = (value: string): string | undefined =>
  /^(?:true|false)$/i.test(value) ? undefined : `Invalid value "${value}" for s3_disable_express_session_auth. Value must be a boolean`

/** Setting → the error in its value, in the order of botocore's checks. */
const COMPLAINTS: readonly (readonly [SettingName, (value: string) => string | undefined])[] = [
  ['compressionSize', compressionSize],
  ['requestChecksum', checksum('request_checksum_calculation')],
  ['responseChecksum', checksum('response_checksum_validation')],
  ['accountIdMode', accountIdMode],
  // IAM has a single scheme, so a preference changes nothing.
  ['authSchemes', () => undefined],
  ['expressSession', expressSession],
]

/** Throws InvalidSetting for the first wrong value. An unsigned call has no account, so its account id mode is not checked. */
export function refuseWrongSettings(sources: SettingSources, signed: boolean): void {
  for (const [name, complaint] of COMPLAINTS) {
    const value = name === 'accountIdMode' && !signed ? undefined : text(name, sources)
    const message = value === undefined ? undefined : complaint(value)
    if (message !== undefined) throw new InvalidSetting(message)
  }
  refuseAddressingStyle(sources)
  if (signed) refuseSignatureVersion(sources)
}

/** Signature versions that botocore has and iamkey does not (AUTH_TYPE_MAPS of botocore/auth.py, 2.36.7). */
const OTHER_SIGNATURES =
  /^(?:v2|v3|v3https|v4a|v4-query|s3v4a?-query|s3v4a|s3v4-presign-post|v4-s3express(?:-query|-presign-post)?|bearer)$/

/** Checks the version in the profile's block `iam`. An empty one counts as absent. */
function refuseSignatureVersion({ section }: SettingSources): void {
  const iam = section.get('iam')
  const version = iam === undefined || typeof iam === 'string' ? undefined : iam.get('signature_version')
  if (version === undefined || version === '' || version === 'v4' || version === 's3v4') return
  throw new InvalidSetting(
    OTHER_SIGNATURES.test(version)
      ? `The profile's signature_version of iam is ${version}, and this program signs with v4 only.`
      : `Unknown Signature Version: ${version}.`,
  )
}

function refuseAddressingStyle({ section }: SettingSources): void {
  const s3 = section.get('s3')
  const style = s3 === undefined || typeof s3 === 'string' ? undefined : s3.get('addressing_style')
  if (style === undefined || /^(?:auto|virtual|path)$/.test(style)) return
  throw new InvalidSetting(`S3 addressing style ${style} is invalid. Valid options are: 'auto', 'virtual', and 'path'`)
}
