import type { FastifyReply, FastifyRequest } from 'fastify'

/** Parsed `Prefer` header. @see RFC 7240, https://learn.microsoft.com/graph/outlook-immutable-id */
export interface Preferences {
  /** `IdType="ImmutableId"`: ids that stay the same after a move. */
  immutableIds: boolean
  /** `outlook.body-content-type`; HTML unless text is requested, even for bodies written as text. */
  bodyContentType: 'text' | 'html'
  /** `outlook.allow-unsafe-html`: keeps active content. */
  unsafeHtml: boolean
  /** `odata.maxpagesize` */
  maxPageSize: number | undefined
}

/** Reads the preferences and lists the applied ones in `Preference-Applied`. */
export function readPreferences(request: FastifyRequest, reply: FastifyReply): Preferences {
  const header = [request.headers.prefer ?? []].flat().join(',')
  const preferences: Preferences = {
    immutableIds: false,
    bodyContentType: 'html',
    unsafeHtml: false,
    maxPageSize: undefined,
  }
  const applied: string[] = []
  for (const [, name = '', quoted, bare] of header.matchAll(/([\w.-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s",;]+)))?/g)) {
    const value = quoted ?? bare ?? ''
    if (apply(preferences, name.toLowerCase(), value)) applied.push(value === '' ? name : `${name}="${value}"`)
  }
  if (applied.length > 0) reply.header('preference-applied', applied.join(', '))
  return preferences
}

function apply(preferences: Preferences, name: string, value: string): boolean {
  const lower = value.toLowerCase()
  switch (name) {
    case 'idtype':
      if (lower !== 'immutableid') return false
      preferences.immutableIds = true
      return true
    case 'outlook.body-content-type':
      if (lower !== 'text' && lower !== 'html') return false
      preferences.bodyContentType = lower
      return true
    case 'outlook.allow-unsafe-html':
      preferences.unsafeHtml = true
      return true
    case 'odata.maxpagesize':
      if (!/^[1-9]\d{0,5}$/.test(value)) return false
      preferences.maxPageSize = Number(value)
      return true
    default:
      return false
  }
}
