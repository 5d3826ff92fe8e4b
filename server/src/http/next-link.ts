import type { Route } from './route.ts'

/** Parameters of lists that continue after the page before, by their names in requests. */
const CURSORS = ['cursor', 'before', 'after'] as const

interface Page {
  next?: unknown
  /** False at the end of a list that grows, whose `next` is where to continue later. */
  more?: unknown
}

/** Name of the parameter that takes `next`; undefined for a route without pages. */
export function cursorOf({ validate, present }: Pick<Route, 'validate' | 'present'>): string | undefined {
  if (!('schema' in present) || !('shape' in present.schema)) return undefined
  if (!('next' in (present.schema.shape as object))) return undefined
  return CURSORS.find((name) => name in (validate.query?.shape ?? {}))
}

/**
 * Returns the `Link` to the next page of a list, by the `next` of this one; undefined after the last page.
 *
 * @see RFC 8288
 */
export function nextLink(url: string, cursor: string, { next, more }: Page): string | undefined {
  if ((typeof next !== 'string' && typeof next !== 'number') || more === false) return undefined
  // A query can have further question marks.
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  const parameters = new URLSearchParams(end === -1 ? '' : url.slice(end + 1))
  parameters.set(cursor, String(next))
  return `<${path}?${parameters.toString()}>; rel="next"`
}
