/**
 * Lists and single objects in Graph's format: `$select`, `$filter`, pages with `@odata.nextLink`.
 *
 * @see https://learn.microsoft.com/graph/query-parameters
 */
import type { FastifyRequest } from 'fastify'
import { GraphError } from '../../exchange-online/graph/index.ts'
import { badRequest, unsupportedQuery } from './directory-errors.ts'
import { compileFilter, type JsonRecord } from './directory-filter.ts'

const DEFAULT_PAGE = 100
const LARGEST_PAGE = 999

export interface Collection {
  /** Name in the context, as in `$metadata#applications`. */
  name: string
  /** Type name, as in `microsoft.graph.application`. */
  type: string
  /** All properties of its objects. */
  properties: ReadonlySet<string>
}

export interface AnswerContext {
  /** Graph's own address, without version. */
  graph: string
}

interface Options {
  select: string[] | undefined
  filter: string | undefined
  top: number
  after: string | undefined
  count: boolean
}

export function answerOne(
  request: FastifyRequest,
  collection: Collection,
  item: JsonRecord,
  { graph }: AnswerContext,
): JsonRecord {
  const { select } = readOptions(request, collection)
  return { '@odata.context': `${contextOf(graph, collection, select)}/$entity`, ...only(item, select) }
}

export function answerList(
  request: FastifyRequest,
  collection: Collection,
  all: readonly JsonRecord[],
  { graph }: AnswerContext,
): JsonRecord {
  const { select, filter, top, after, count } = readOptions(request, collection)
  const matches = filter === undefined ? () => true : compileFilter(filter, collection.properties)
  const found = all.filter(matches)
  // The page begins after the last object of the previous one; when that object is deleted, the list cannot continue.
  const from = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && from === 0) {
    const message = 'The specified page token value has expired and can no longer be included in your request.'
    throw new GraphError(400, 'Directory_ExpiredPageToken', message)
  }
  const page = found.slice(from, from + top)
  const last = page.at(-1)
  return {
    '@odata.context': contextOf(graph, collection, select),
    ...(count ? { '@odata.count': found.length } : {}),
    ...(last && from + top < found.length ? { '@odata.nextLink': nextLink(request, graph, String(last['id'])) } : {}),
    value: page.map((item) => only(item, select)),
  }
}

/** True when `$select` names the property, for objects whose content depends on it. */
export function selected(request: FastifyRequest, name: string): boolean {
  return (request.query as Record<string, unknown>)['$select']?.toString().split(',').includes(name) ?? false
}

function readOptions(request: FastifyRequest, { properties, type }: Collection): Options {
  const options: Options = { select: undefined, filter: undefined, top: DEFAULT_PAGE, after: undefined, count: false }
  for (const [name, value] of Object.entries(request.query as Record<string, unknown>)) {
    if (typeof value !== 'string')
      throw badQuery(`Query option '${name}' was specified more than once, but it must be specified at most once.`)
    if (name === '$select') {
      options.select = value.split(',').map((one) => one.trim())
      const unknown = options.select.find((one) => !properties.has(one))
      if (unknown !== undefined) throw badQuery(`Could not find a property named '${unknown}' on type '${type}'.`)
    } else if (name === '$filter') options.filter = value
    else if (name === '$top') options.top = readTop(value)
    else if (name === '$skiptoken') options.after = Buffer.from(value, 'base64url').toString()
    else if (name === '$count') options.count = value === 'true'
    // `$search`, `$orderby` and `$expand` would change the result, so they are refused; parameters without `$` are
    // ignored.
    else if (name.startsWith('$')) throw unsupportedQuery()
  }
  return options
}

function readTop(value: string): number {
  const top = /^\d{1,9}$/.test(value) ? Number(value) : 0
  if (top < 1 || top > LARGEST_PAGE)
    throw badRequest('Invalid page size specified. Must be between 1 and 999 inclusive.')
  return top
}

function nextLink(request: FastifyRequest, graph: string, lastId: string): string {
  const [path = '', query = ''] = request.url.split('?')
  const options = new URLSearchParams(query)
  options.set('$skiptoken', Buffer.from(lastId).toString('base64url'))
  return `${graph}${path}?${options.toString()}`
}

function contextOf(graph: string, { name }: Collection, select: string[] | undefined): string {
  return `${graph}/v1.0/$metadata#${name}${select ? `(${select.join(',')})` : ''}`
}

function only(item: JsonRecord, select: string[] | undefined): JsonRecord {
  return select ? Object.fromEntries(select.map((name) => [name, item[name]])) : item
}

function badQuery(message: string): GraphError {
  return new GraphError(400, 'BadRequest', message)
}
