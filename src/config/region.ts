/** The region: who says it, whether it can be one, and what is left of a FIPS pseudo region. Partitions and hosts are the SDK's rules. */

import { Failure } from '../core/errors.ts'
import { repr } from '../python/repr.ts'
import { filled, flag, type SettingSources } from './sources.ts'

export interface Region {
  /** Undefined stands for the global endpoints (`aws-global`): IAM needs no region. */
  readonly name: string | undefined
  /** A pseudo region such as `fips-us-east-1` was named: the name above is without the mark. */
  readonly fips: boolean
}

/** Exit 255, `Provided region_name 'a_b' doesn't match a supported format.` */
export class InvalidRegion extends Failure {
  override readonly name = 'InvalidRegion'
  constructor(region: string) {
    super(`Provided region_name ${repr(region)} doesn't match a supported format.`)
  }
}

// A host label (validate_region_name of botocore/utils.py, 2.36.7).
const LABEL = /^(?!\d+$)(?!-)[a-zA-Z\d-]{1,63}(?<!-)$/

/** The region that was named, checked, or undefined. Empty values name none (aws-cli signs with an empty region, which no service accepts). */
export function namedRegion(places: SettingSources): string | undefined {
  const region = filled('region', places)
  if (region !== undefined && !LABEL.test(region)) throw new InvalidRegion(region)
  return region
}

/**
 * The instance's region, for a machine whose user named none. `availabilityZone` asks the metadata service and answers with undefined
 * where nobody is there (IMDSRegionProvider of awscli/utils.py, 2.36.7: the zone without its last letter). Throws InvalidRegion.
 */
export async function instanceRegion(
  availabilityZone: () => Promise<string | undefined>,
  places: SettingSources,
): Promise<string | undefined> {
  const zone = flag('metadataDisabled', places) ? undefined : await availabilityZone()
  const region = zone?.slice(0, -1) || undefined
  places.host.debug(region === undefined ? 'settings: no region is named' : `settings: region is ${region} (instance metadata)`)
  if (region !== undefined && !LABEL.test(region)) throw new InvalidRegion(region)
  return region
}

/** Takes a FIPS mark off (`_normalize_fips_region` of botocore/client.py, 2.36.7). */
export function withoutFipsMark(region: string | undefined): Region {
  const name = region?.replaceAll('fips-', '').replaceAll('-fips', '')
  return { name, fips: name !== region }
}
