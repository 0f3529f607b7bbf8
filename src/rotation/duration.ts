/** Durations in the options of a rotation: `90d`, `12h`, `30m`, `0d`. Pure. */

import { ParameterError } from '../core/errors.ts'

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * @param option for the error message: `--older-than`
 * @returns milliseconds
 * @throws ParameterError
 */
export function milliseconds(option: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (count === undefined) throw new ParameterError(`Bad value for ${option} ${text}: days, hours or minutes, as in 90d, 12h or 30m`)
  return Number(count) * (UNITS[unit] ?? 0)
}

/** A time in the service's format: `2026-01-31T00:00:00Z`. */
export const moment = (time: number): string => new Date(time).toISOString().replace(/\.\d+/, '')
