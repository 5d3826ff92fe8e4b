import { GraphError } from './graph-error.ts'
import { canonicalUrl } from './odata-url.ts'
import { notSupported } from './subscriptions-request.ts'

/** Messages that a subscription covers. */
export interface SubscribedResource {
  /** `undefined` for `me`. */
  owner: string | undefined
  /** Folder id or well-known name; `undefined` for all folders. */
  folder: string | undefined
  isRead: boolean | undefined
}

/**
 * Parses `me/mailFolders('inbox')/messages`, `/users/{id}/messages` and similar resources.
 *
 * Supports only `isRead eq true|false` in `$filter`; any other filter is refused, not ignored.
 *
 * @see https://learn.microsoft.com/graph/outlook-change-notifications-overview
 */
export function readResource(resource: string): SubscribedResource {
  const [path = '', query = ''] = splitOnce(resource.trim(), '?')
  const segments = canonicalUrl(path).split('/').filter(Boolean).map(decode)
  const isMe = segments[0]?.toLowerCase() === 'me'
  const rest = isMe ? segments.slice(1) : segments.slice(2)
  if (!isMe && segments[0]?.toLowerCase() !== 'users') throw segmentNotFound(segments[0] ?? '')
  const owner = isMe ? undefined : (segments[1] ?? '')

  const names = rest.map((segment) => segment.toLowerCase())
  if (names.length === 1 && names[0] === 'messages') return { owner, folder: undefined, ...readOptions(query) }
  if (names.length === 3 && names[0] === 'mailfolders' && names[2] === 'messages') {
    return { owner, folder: rest[1] ?? '', ...readOptions(query) }
  }
  const wrong = names[0] === 'mailfolders' ? (rest[2] ?? rest[0]) : rest[0]
  throw segmentNotFound(wrong ?? segments.at(-1) ?? '')
}

function readOptions(query: string): { isRead: boolean | undefined } {
  const options = new URLSearchParams(query)
  for (const name of options.keys()) {
    // Without resource data, `$select` has no effect.
    if (!['$filter', '$select'].includes(name)) {
      throw new GraphError(
        400,
        'BadRequest',
        `The query option '${name}' is not allowed in the resource of a subscription.`,
      )
    }
  }
  const filter = options.get('$filter')
  if (filter === null) return { isRead: undefined }
  const [, value] = /^\s*isRead\s+eq\s+(true|false)\s*$/i.exec(filter) ?? []
  if (value === undefined) throw notSupported("Filters of subscriptions other than 'isRead eq …'")
  return { isRead: value.toLowerCase() === 'true' }
}

function segmentNotFound(segment: string): GraphError {
  return new GraphError(400, 'BadRequest', `Resource not found for the segment '${segment}'.`)
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
