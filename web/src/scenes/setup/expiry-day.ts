/**
 * A secret expires at the start of its day, so that warnings are early rather than late. `day` is the value of a date
 * field.
 */
export function parseExpiryDay(day: string): string {
  return new Date(`${day}T00:00`).toISOString()
}

export function toDay(expiresAt: string): string {
  const end = new Date(expiresAt)
  const parts = [end.getFullYear(), end.getMonth() + 1, end.getDate()]
  return parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')).join('-')
}
