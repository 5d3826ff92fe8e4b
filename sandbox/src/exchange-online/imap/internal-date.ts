const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** ` 7-Nov-2026 09:05:00 +0000`. @see RFC 3501 date-time */
export function internalDate(at: number): string {
  const date = new Date(at)
  const day = String(date.getUTCDate()).padStart(2, ' ')
  return `${day}-${MONTHS[date.getUTCMonth()]!}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000`
}

/** `undefined` for an invalid date. */
export function readInternalDate(text: string): number | undefined {
  const match = /^([ \d]\d)-([A-Z][a-z]{2})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/i.exec(text)
  if (!match) return undefined
  const [, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes] = match
  const at = dayOf(day!, month!, year!)
  if (at === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1)
  return at + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 - zone
}

/** Parses `7-Nov-2026`, for SEARCH: the start of that day in UTC. */
export function readDate(text: string): number | undefined {
  const match = /^(\d{1,2})-([A-Z][a-z]{2})-(\d{4})$/i.exec(text)
  return match ? dayOf(match[1]!, match[2]!, match[3]!) : undefined
}

function dayOf(day: string, month: string, year: string): number | undefined {
  const index = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase())
  const at = Date.UTC(Number(year), index, Number(day))
  return index === -1 || new Date(at).getUTCDate() !== Number(day) ? undefined : at
}
