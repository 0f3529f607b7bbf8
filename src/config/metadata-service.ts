/** The address, time-outs and attempts for the instance metadata service; credentials/instance-metadata.ts calls it. */

import { Failure } from '../core/errors.ts'
import type { InstanceMetadataSettings } from './credentials/provider.ts'
import { checkHost } from './endpoint.ts'
import { flag, integer, type SettingSources, text } from './sources.ts'

const ADDRESSES = { ipv4: 'http://169.254.169.254/', ipv6: 'http://[fd00:ec2::254]/' }

/** Exit 255: neither `ipv4` nor `ipv6`. */
class InvalidEndpointMode extends Failure {
  override readonly name = 'InvalidEndpointMode'
  constructor(mode: string) {
    super(`Invalid EC2 Instance Metadata endpoint mode: ${mode} Valid endpoint modes (case-insensitive): ('ipv4', 'ipv6').`)
  }
}

const DEFAULTS: InstanceMetadataSettings = { endpoint: ADDRESSES.ipv4, timeout: 1, attempts: 1, v1Disabled: false }

/** A custom address takes precedence over both modes (IMDSFetcher of botocore/utils.py, 2.36.7). Throws a Failure for a wrong value. */
export function readInstanceMetadata(sources: SettingSources, profileMissing = false): InstanceMetadataSettings {
  const { env } = sources.host
  // In aws-cli a profile that does not exist ends this at the first setting that the environment does not have (assumerole.py, 2.36.7).
  if (profileMissing && env.AWS_METADATA_SERVICE_TIMEOUT === undefined) return DEFAULTS
  const timeout = integer('metadataTimeout', sources) ?? 1
  if (profileMissing && env.AWS_METADATA_SERVICE_NUM_ATTEMPTS === undefined) return DEFAULTS
  const attempts = integer('metadataAttempts', sources) ?? 1
  const custom = text('metadataEndpoint', sources)
  const mode = text('metadataEndpointMode', sources) ?? (flag('metadataIpv6', sources) ? 'ipv6' : 'ipv4')
  const ip = mode.toLowerCase()
  if (ip !== 'ipv4' && ip !== 'ipv6') throw new InvalidEndpointMode(mode)
  if (custom) checkHost(custom, 'endpoint EC2 Instance Metadata endpoint')
  return { endpoint: custom || ADDRESSES[ip], timeout, attempts, v1Disabled: flag('metadataV1Disabled', sources) ?? false }
}
