import type { NotificationPreferences } from '../../api/client.ts'

/** Reports whether a time is in the quiet hours of the person, in their time zone. */
export function isQuiet({ quietHours, timeZone }: NotificationPreferences, at: Date): boolean {
  if (!quietHours || timeZone === undefined) return false
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)
  const { from, to } = quietHours
  return from <= to ? time >= from && time < to : time >= from || time < to
}
