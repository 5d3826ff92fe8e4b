import { toId } from './ids.ts'

/** Position of a row in a list, by time and id. */
export interface PagePosition {
  /** As text of the database: a Date has no microseconds, so a row would come twice. */
  at: string
  id: string
}

export function formatPagePosition({ at, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

/** Returns undefined for a text that {@link formatPagePosition} did not write. */
export function parsePagePosition(text: string): PagePosition | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(parsed)) return undefined
    const [at, id] = parsed as unknown[]
    if (typeof at !== 'string' || typeof id !== 'string' || toId(id) === undefined) return undefined
    return isTime(at) ? { at, id } : undefined
  } catch {
    return undefined
  }
}

/** True for a time that PostgreSQL can have written: it refuses another form, and days that no month has. */
function isTime(text: string): boolean {
  const [, year, month, day, hour] =
    /^(\d{4})-(\d\d)-(\d\d) (\d\d):[0-5]\d:[0-5]\d(?:\.\d{1,6})?[+-][01]\d(?::[0-5]\d)?$/.exec(text) ?? []
  if (year === undefined || Number(year) === 0 || Number(hour) > 23) return false
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}
