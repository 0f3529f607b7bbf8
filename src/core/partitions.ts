/** The partitions of AWS other than `aws`: each has an IAM of its own. */

/** The beginning of a region's name → its partition. */
const PARTITIONS = {
  cn: 'aws-cn',
  'us-gov': 'aws-us-gov',
  'us-iso': 'aws-iso',
  'us-isob': 'aws-iso-b',
  'eu-isoe': 'aws-iso-e',
  'us-isof': 'aws-iso-f',
  eusc: 'aws-eusc',
}

/** The partition of a region, also of a pseudo-region such as `aws-cn-global`. */
export const partitionOf = (region: string): string =>
  Object.entries(PARTITIONS).find(([start]) => region.startsWith(`${start}-`) || region.startsWith(`aws-${start}-`))?.[1] ?? 'aws'
