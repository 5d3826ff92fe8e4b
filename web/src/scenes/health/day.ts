/** A day of the reader's calendar, written as `2026-03-02`. */
export type Day = string

const DAY = /^\d{4}-\d{2}-\d{2}$/

export function healthSearch(search: Record<string, unknown>): { day?: Day } {
  const { day } = search
  return typeof day === 'string' && DAY.test(day) && toDay(midnight(day)) === day ? { day } : {}
}

/** Day of a moment in the reader's time zone. */
export function toDay(at: Date): Day {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** From its midnight to the next: 23 to 25 hours when the clocks change. */
export function toTimeRange(day: Day): { from: string; to: string } {
  return { from: midnight(day).toISOString(), to: midnight(day, 1).toISOString() }
}

export function neighbor(day: Day, days: -1 | 1): Day {
  return toDay(midnight(day, days))
}

export function dayWords(day: Day, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(
    midnight(day),
  )
}

function midnight(day: Day, later = 0): Date {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return new Date(year, month - 1, date + later)
}
