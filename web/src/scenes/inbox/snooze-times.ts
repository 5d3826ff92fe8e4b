const HOUR_MS = 60 * 60 * 1000
const LATER_HOURS = 3
/** Later than this, *later today* is not offered. */
const LAST_HOUR = 21
const MORNING = 9
const MONDAY = 1

type SnoozeChoice = 'laterToday' | 'tomorrow' | 'nextWeek'

/** Offered times, in the time zone of the browser. A clock change moves none of them. */
export function snoozeTimes(now: Date): { choice: SnoozeChoice; at: Date }[] {
  const day = (days: number, hour: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour)
  const later = new Date(Math.ceil((now.getTime() + LATER_HOURS * HOUR_MS) / HOUR_MS) * HOUR_MS)
  const untilMonday = (MONDAY - now.getDay() + 7) % 7 || 7
  return [
    ...(later.getDate() === now.getDate() && later.getHours() <= LAST_HOUR
      ? [{ choice: 'laterToday' as const, at: later }]
      : []),
    { choice: 'tomorrow', at: day(1, MORNING) },
    { choice: 'nextWeek', at: day(untilMonday, MORNING) },
  ]
}

/** Value of an input of type `datetime-local`. */
export function toLocalInput(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The time that an input of type `datetime-local` names; undefined unless it is later than `now`, by a year at most. */
export function fromLocalInput(value: string, now: Date): Date | undefined {
  const at = new Date(value)
  const ms = at.getTime() - now.getTime()
  return ms > 0 && ms <= 365 * 24 * HOUR_MS ? at : undefined
}
