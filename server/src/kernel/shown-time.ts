/** A time for people, to the minute, in UTC: readers may be in any time zone. */
export function shownTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
