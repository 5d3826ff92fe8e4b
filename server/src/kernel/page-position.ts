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
    return /^[\d:. +-]+$/.test(at) && !Number.isNaN(Date.parse(at)) ? { at, id } : undefined
  } catch {
    return undefined
  }
}
