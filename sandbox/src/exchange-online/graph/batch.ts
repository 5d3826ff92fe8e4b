import type { FastifyInstance, FastifyRequest, InjectOptions } from 'fastify'
import { type BatchItem, readBatch } from './batch-request.ts'
import { JSON_TYPE } from './graph-answer.ts'

/** Outlook's limit of concurrent requests per batch. */
const AT_ONCE = 4

/** Headers in the response of a batch item, in Graph's spelling. */
const TOLD_HEADERS = ['Content-Type', 'Cache-Control', 'ETag', 'Location', 'Retry-After', 'WWW-Authenticate', 'Preference-Applied'] // prettier-ignore

interface ItemAnswer {
  id: string
  status: number
  headers: Record<string, string>
  body?: unknown
}

/**
 * Registers `$batch`: up to 20 calls in one. Each is handled by the whole site like a single call, with the batch's
 * token and its own throttling. A call that depends on a failed one gets status 424.
 *
 * @see https://learn.microsoft.com/graph/json-batching
 */
export function registerBatch(site: FastifyInstance): void {
  site.post('/v1.0/$batch', async (request) => {
    const items = readBatch(request.body)
    const answers = new Map<string, Promise<ItemAnswer>>()
    const next = queueOf(AT_ONCE)

    // In the order of dependencies, which `readBatch` has checked for cycles.
    for (const item of items) {
      const before = item.dependsOn.map((id) => answers.get(id)!)
      answers.set(item.id, answer(item, before, request, next))
    }
    return { responses: await Promise.all(answers.values()) }
  })

  async function answer(
    item: BatchItem,
    before: readonly Promise<ItemAnswer>[],
    request: FastifyRequest,
    next: Queue,
  ): Promise<ItemAnswer> {
    const known = await Promise.all(before)
    if (known.some(({ status }) => status >= 400)) return failedDependency(item.id)
    return next(() => call(item, request))
  }

  async function call({ id, method, url, headers, payload }: BatchItem, request: FastifyRequest): Promise<ItemAnswer> {
    const options: InjectOptions = {
      method,
      url: `/v1.0${url}`,
      headers: { ...headers, authorization: request.headers.authorization },
      ...(payload === undefined ? {} : { payload }),
    }
    try {
      const answered = await site.inject(options)
      return present(id, answered.statusCode, answered.headers, answered.rawPayload)
    } catch {
      // A connection cut inside the batch does not affect the client's own connection.
      return { id, status: 504, headers: { 'Content-Type': JSON_TYPE }, body: { error: GATEWAY_TIMEOUT } }
    }
  }
}

const GATEWAY_TIMEOUT = { code: 'UnknownError', message: 'The gateway did not receive a timely response.' }

function present(id: string, status: number, headers: Record<string, unknown>, bytes: Buffer): ItemAnswer {
  const copiedHeaders = TOLD_HEADERS.flatMap((name) => {
    const value = headers[name.toLowerCase()]
    return typeof value === 'string' || typeof value === 'number' ? [[name, `${value}`] as const] : []
  })
  const isJson = String(headers['content-type']).startsWith('application/json')
  return {
    id,
    status,
    headers: Object.fromEntries(copiedHeaders),
    ...(bytes.length === 0 ? {} : { body: isJson ? readJson(bytes) : bytes.toString('base64') }),
  }
}

/** A body that a fault truncated is invalid JSON; the batch returns it as text. */
function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return bytes.toString()
  }
}

/** Unconfirmed wording; the status is documented. */
function failedDependency(id: string): ItemAnswer {
  const error = { code: 'FailedDependency', message: 'A request that this one depends on failed.' }
  return { id, status: 424, headers: { 'Content-Type': JSON_TYPE }, body: { error } }
}

type Queue = <T>(work: () => Promise<T>) => Promise<T>

/** Queue with at most `atOnce` concurrent tasks, in order of arrival. */
function queueOf(atOnce: number): Queue {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    running++
    try {
      return await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }
}
