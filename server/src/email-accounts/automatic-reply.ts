/** Automatic acknowledgement of received mail. */
export interface AutomaticReply {
  isOn: boolean
  /** Template with `{name}`, `{subject}` and `{mailbox}`. */
  subject: string
  text: string
  /** Without hours it answers at any time. */
  hours: Hours | undefined
  /** Mail received earlier is not answered. */
  since: Date
}

export interface Hours {
  /** `within`: answers within the hours; `outside`: at all other times. */
  answers: 'within' | 'outside'
  /** Weekdays from 1 for Monday to 7 for Sunday (ISO 8601). */
  days: readonly number[]
  /** Start time, such as `09:00`. If `to` is before `from`, the period is the night after each day. */
  from: string
  to: string
  /** IANA time zone, such as `Europe/Berlin`. */
  timeZone: string
}

export type AutomaticReplyInput = Omit<AutomaticReply, 'since' | 'hours'> & { hours?: Hours | undefined }

export function parseAutomaticReply(stored: unknown): AutomaticReply | undefined {
  if (stored === null || stored === undefined) return undefined
  const { since, ...rest } = stored as Omit<AutomaticReply, 'since'> & { since: string }
  return { ...rest, hours: rest.hours, since: new Date(since) }
}

/** Returns true if a time lies within the hours. */
export function isWithin({ days, from, to, timeZone }: Hours, at: Date): boolean {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' })
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const day = WEEKDAYS.indexOf(parts['weekday'] ?? '') + 1
  const time = `${parts['hour']}:${parts['minute']}`
  if (from <= to) return days.includes(day) && time >= from && time < to
  const before = day === 1 ? 7 : day - 1
  return (days.includes(day) && time >= from) || (days.includes(before) && time < to)
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
