import { GraphError } from './graph-error.ts'

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const

/** One call of a batch. */
export interface BatchItem {
  id: string
  method: (typeof METHODS)[number]
  /** Path below the version, with a leading slash. */
  url: string
  headers: Record<string, string>
  payload: string | Buffer | undefined
  dependsOn: readonly string[]
}

const MOST_ITEMS = 20

/** Reads a batch and sorts it so that dependent requests come last. @throws GraphError 400 */
export function readBatch(body: unknown): BatchItem[] {
  const { requests } = (body ?? {}) as { requests?: unknown }
  if (!Array.isArray(requests) || requests.length === 0) throw invalid('Invalid batch payload format.')
  if (requests.length > MOST_ITEMS) {
    throw invalid(`Number of batch request steps exceeds the maximum value of ${MOST_ITEMS}.`)
  }
  const items = requests.map(readItem)
  if (new Set(items.map(({ id }) => id)).size < items.length) throw invalid('Request ids must be unique in a batch.')
  return inOrder(items)
}

function readItem(written: unknown): BatchItem {
  const { id, method, url, headers, body, dependsOn } = (written ?? {}) as Record<string, unknown>
  if (typeof id !== 'string' || id === '') throw invalid('Every request of a batch has an id.')
  const known = METHODS.find((each) => each === String(method).toUpperCase())
  if (!known) throw invalid(`Request id : ${id} has no known method.`)
  if (typeof url !== 'string' || url === '' || /^[a-z][a-z0-9+.-]*:|^\/\//i.test(url)) {
    throw invalid(`Request id : ${id} needs a relative URL.`)
  }
  if (/\$batch/i.test(decoded(url))) throw invalid(`Request id : ${id} is a batch; batches are not nested.`)
  const sent = readHeaders(headers, id)
  return {
    id,
    method: known,
    url: url.startsWith('/') ? url : `/${url}`,
    headers: sent,
    payload: body === undefined || body === null ? undefined : readBody(body, sent['content-type'], id),
    dependsOn: readDependencies(dependsOn, id),
  }
}

function readHeaders(headers: unknown, id: string): Record<string, string> {
  const entries = typeof headers === 'object' && headers !== null ? Object.entries(headers) : []
  const lower = entries.map(([name, value]) => [name.toLowerCase(), value] as const)
  if (!lower.every(([name, value]) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && isFieldValue(value))) {
    throw invalid(`Request id : ${id} has a header that is none.`)
  }
  // The batch sets the transport headers of each request itself.
  const own = new Set(['content-length', 'host', 'transfer-encoding', 'connection', 'expect'])
  return Object.fromEntries(lower.filter(([name]) => !own.has(name)))
}

function isFieldValue(value: unknown): boolean {
  return typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}

/** JSON and text unchanged, anything else as base64. */
function readBody(body: unknown, contentType: string | undefined, id: string): string | Buffer {
  if (contentType === undefined) throw invalid(`Write request id : ${id} does not contain Content-Type header or body.`)
  if (/^application\/json\b/i.test(contentType)) return JSON.stringify(body)
  if (typeof body !== 'string') throw invalid(`Request id : ${id} needs a body in base64.`)
  return /^text\//i.test(contentType) ? body : Buffer.from(body, 'base64')
}

function readDependencies(dependsOn: unknown, id: string): string[] {
  if (dependsOn === undefined || dependsOn === null) return []
  if (Array.isArray(dependsOn) && dependsOn.every((each) => typeof each === 'string')) return dependsOn
  throw invalid(`Request id : ${id} has a dependsOn that is no list of ids.`)
}

/** Sorts the requests so that dependencies come first. */
function inOrder(items: readonly BatchItem[]): BatchItem[] {
  const done = new Map<string, BatchItem>()
  for (let left = [...items]; left.length > 0;) {
    const ready = left.filter(({ dependsOn }) => dependsOn.every((id) => done.has(id)))
    if (ready.length === 0) throw invalid('The dependencies of a batch name requests of it, and no circle.')
    for (const item of ready) done.set(item.id, item)
    left = left.filter(({ id }) => !done.has(id))
  }
  return [...done.values()]
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

function invalid(message: string): GraphError {
  return new GraphError(400, 'BadRequest', message)
}
