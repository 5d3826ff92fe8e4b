import { GraphError } from './graph-error.ts'

/** System query options of one request, validated as far as possible without the resource. */
export interface ODataQuery {
  select: readonly string[] | undefined
  expand: readonly Expansion[]
  filter: string | undefined
  /** As sent, with its quotation marks. */
  search: string | undefined
  orderBy: readonly { property: string; descending: boolean }[]
  top: number | undefined
  skip: number | undefined
  count: boolean
  skipToken: string | undefined
  deltaToken: string | undefined
  /** Options without a leading `$`, such as `includeHiddenFolders` and `changeType`; names in lower case. */
  custom: ReadonlyMap<string, string>
  /** All options as sent, in order, for links that repeat them. */
  sent: readonly (readonly [string, string])[]
}

/** A parsed `attachments($select=id,name;$filter=…)`. */
export interface Expansion {
  property: string
  select: readonly string[] | undefined
  filter: string | undefined
}

const KNOWN = new Set(['$select', '$expand', '$filter', '$orderby', '$top', '$skip', '$count', '$search', '$skiptoken', '$deltatoken', '$format']) // prettier-ignore

/** Graph's page sizes for mail. */
export const DEFAULT_PAGE = 10
export const LARGEST_PAGE = 1000

/**
 * @param searches true for a resource with `$search`
 * @see https://learn.microsoft.com/graph/query-parameters
 */
export function readQuery(url: string, { searches = false } = {}): ODataQuery {
  const questionMark = url.indexOf('?')
  const sent = [...new URLSearchParams(questionMark < 0 ? '' : url.slice(questionMark + 1))]
  const system = new Map<string, string>()
  const custom = new Map<string, string>()
  for (const [name, value] of sent) {
    const lower = name.toLowerCase()
    if (!lower.startsWith('$')) {
      // Graph accepts the system options without their `$`, too.
      if (!KNOWN.has(`$${lower}`)) {
        custom.set(lower, value)
        continue
      }
    } else if (!KNOWN.has(lower)) {
      throw badQuery(`The query parameter '${name}' is not supported.`)
    }
    const key = lower.startsWith('$') ? lower : `$${lower}`
    if (system.has(key)) {
      throw badQuery(`Query option '${key}' was specified more than once, but it must be specified at most once.`)
    }
    system.set(key, value)
  }
  if (system.has('$search') && !searches) {
    throw new GraphError(501, 'notSupported', 'The sandbox searches only lists of messages.')
  }

  return {
    select: list(system.get('$select')),
    expand: readExpand(system.get('$expand')),
    filter: system.get('$filter'),
    search: system.get('$search'),
    orderBy: readOrderBy(system.get('$orderby')),
    top: readTop(system.get('$top')),
    skip: readNumber('$skip', system.get('$skip')),
    count: readCount(system.get('$count')),
    skipToken: system.get('$skiptoken'),
    deltaToken: system.get('$deltatoken'),
    custom,
    sent,
  }
}

export function badQuery(message: string): GraphError {
  return new GraphError(400, 'BadRequest', message)
}

function list(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function readNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw badQuery(
    `Invalid value '${value}' for ${name} query option found. The ${name} query option requires a non-negative integer value.`,
  )
}

function readTop(value: string | undefined): number | undefined {
  const top = readNumber('$top', value)
  if (top !== undefined && top > LARGEST_PAGE) {
    throw badQuery(
      `The query specified in the URI is not valid. The limit of '${LARGEST_PAGE}' for Top query has been exceeded. ` +
        `The value from the incoming request is '${top}'.`,
    )
  }
  return top
}

function readCount(value: string | undefined): boolean {
  if (value === undefined || /^(true|false)$/i.test(value)) return value?.toLowerCase() === 'true'
  throw badQuery(`Invalid value '${value}' for $count query option found. Valid values are 'true' and 'false'.`)
}

function readOrderBy(value: string | undefined): ODataQuery['orderBy'] {
  return (list(value) ?? []).map((clause) => {
    const [, property, direction] = /^([\w/]+)(?:\s+(asc|desc))?$/i.exec(clause) ?? []
    if (property === undefined) throw badQuery(`Syntax error in '${value ?? ''}'.`)
    return { property, descending: direction?.toLowerCase() === 'desc' }
  })
}

function readExpand(value: string | undefined): Expansion[] {
  if (value === undefined) return []
  return splitOutside(value, ',').map((clause) => {
    const [, property, options = ''] = /^\s*([\w./]+)\s*(?:\((.*)\))?\s*$/s.exec(clause) ?? []
    if (property === undefined) throw badQuery(`Parsing OData Select and Expand failed: Syntax error in '${value}'.`)
    const inner = new Map(
      splitOutside(options, ';').map((option) => {
        const equals = option.indexOf('=')
        return [option.slice(0, equals).trim().toLowerCase(), option.slice(equals + 1).trim()] as const
      }),
    )
    return { property, select: list(inner.get('$select')), filter: inner.get('$filter') }
  })
}

/** Splits at `separator` outside of parentheses and quotes. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === "'") quoted = !quoted
    else if (quoted) continue
    else if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === separator && depth === 0) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return parts.filter((part) => part.trim() !== '')
}
