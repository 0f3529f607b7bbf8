/** The region: where it is set, whether it is valid, and FIPS pseudo regions. Partitions and hosts are the SDK's rules. */

import { Failure } from '../core/errors.ts'
import { filled, flag, type SettingSources } from './sources.ts'

export interface Region {
  /** Undefined stands for the global endpoint (`aws-global`): IAM needs no region. */
  readonly name: string | undefined
  /** A pseudo region such as `fips-us-east-1` was set; `name` is without the mark. */
  readonly fips: boolean
}

/** Exit 255, `Provided region_name 'a_b' doesn't match a supported format.` */
export class InvalidRegion extends Failure {
  override readonly name = 'InvalidRegion'
  constructor(region: string) {
    super(`Provided region_name '${region}' doesn't match a supported format.`)
  }
}

// A host label (validate_region_name of botocore/utils.py, 2.36.7).
const LABEL = /^(?!\d+$)(?!-)[a-zA-Z\d-]{1,63}(?<!-)$/

/** The configured region, checked, or undefined. An empty value counts as unset (aws-cli signs with it, which every service refuses). */
export function namedRegion(sources: SettingSources): string | undefined {
  const region = filled('region', sources)
  if (region !== undefined && !LABEL.test(region)) throw new InvalidRegion(region)
  return region
}

/**
 * The region of the instance, if none is configured. `availabilityZone` asks the metadata service; it returns undefined if there is none
 * (IMDSRegionProvider of awscli/utils.py, 2.36.7: the zone without its last letter). Throws InvalidRegion.
 */
export async function instanceRegion(
  availabilityZone: () => Promise<string | undefined>,
  sources: SettingSources,
): Promise<string | undefined> {
  const zone = flag('metadataDisabled', sources) ? undefined : await availabilityZone()
  const region = zone?.slice(0, -1) || undefined
  sources.host.debug(region === undefined ? 'settings: no region is set' : `settings: region is ${region} (instance metadata)`)
  if (region !== undefined && !LABEL.test(region)) throw new InvalidRegion(region)
  return region
}

/** Removes the mark of a FIPS pseudo region (`_normalize_fips_region` of botocore/client.py, 2.36.7). */
export function withoutFipsMark(region: string | undefined): Region {
  const name = region?.replaceAll('fips-', '').replaceAll('-fips', '')
  return { name, fips: name !== region }
}
