/** A secret's day is over when it begins, so that a warning is rather early than late. `day` is as a date field has it. */
export function endsAtOf(day: string): string {
  return new Date(`${day}T00:00`).toISOString()
}

export function dayOf(endsAt: string): string {
  const end = new Date(endsAt)
  const parts = [end.getFullYear(), end.getMonth() + 1, end.getDate()]
  return parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')).join('-')
}
