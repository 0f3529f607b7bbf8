/** `cli_timestamp_format = iso8601`: converts the dates of a reply as aws-cli does by default. iamkey otherwise prints them as sent. */

import { SAMPLE_DATE } from '../core/command.ts'
import { isoformat, type LocalOffset, parseTimestamp } from '../python/datetime.ts'
import { type Dict, isDict, isList, type Value } from '../python/value.ts'

/**
 * A copy of the reply with its dates in ISO 8601. The dates are the members that are SAMPLE_DATE in `sample`.
 *
 * @param offset the local time zone: a number of seconds is shown in local time
 */
export const withIsoDates = (reply: Dict, sample: Dict, offset: LocalOffset): Dict =>
  new Map([...reply].map(([name, value]) => [name, isoDates(value, sample.get(name), offset)]))

function isoDates(value: Value, sample: Value | undefined, offset: LocalOffset): Value {
  if (isDict(value)) return withIsoDates(value, isDict(sample) ? sample : new Map(), offset)
  if (isList(value)) return value.map(item => isoDates(item, isList(sample) ? sample[0] : undefined, offset))
  return sample === SAMPLE_DATE && typeof value === 'string' ? isoDate(value, offset) : value
}

/** aws-cli ends on a text that is no date, with the key created and not shown; here such a text stays as it is. */
function isoDate(text: string, offset: LocalOffset): string {
  const date = parseTimestamp(text, offset)
  return date ? isoformat(date) : text
}
