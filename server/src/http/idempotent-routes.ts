import { createHash, type Hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Idempotency } from '../idempotency/index.ts'
import { AppError } from '../kernel/errors.ts'
import { toActor, type Caller } from './caller.ts'
import type { Route } from './route.ts'
import { TEXTS } from './texts.ts'

/** Levels of JSON in a request with a key. */
const DEEPEST = 100

const key = z.string().regex(/^[\x21-\x7e]{1,200}$/, TEXTS.printable)

/** Header of routes that store the key themselves. */
export const IdempotencyKey = z.object({ 'idempotency-key': key.optional() })

const StoredKey = z.object({
  'idempotency-key': key
    .optional()
    .describe(
      'Chosen by you, such as a UUID. For 24 hours, a repetition of the same request with it gets the first answer, with `Idempotent-Replayed: true`, and creates nothing.',
    ),
})

/** True for a route whose keys are stored with the answer. */
export function storesKeys({ at, permit, present, repeated }: Route): boolean {
  return at.startsWith('POST ') && present.status === 201 && permit.who !== 'anyone' && repeated === undefined
}

/** Headers that a route accepts, with the key. */
export function headersOf(route: Route) {
  const { headers } = route.validate
  return storesKeys(route) ? (headers?.extend(StoredKey.shape) ?? StoredKey) : headers
}

type Content = Pick<FastifyRequest, 'params' | 'query' | 'body'>

/** Keeps the content of a request with a key as it is before the validation, which makes others of its values. */
export function createRequestContents(route: Route) {
  const contents = new WeakMap<FastifyRequest, Content>()
  return {
    read(request: FastifyRequest): void {
      if (!storesKeys(route) || request.headers['idempotency-key'] === undefined) return
      const { params, query, body } = request
      contents.set(request, { params, query, body })
    },
    take(request: FastifyRequest): Content | undefined {
      const content = contents.get(request)
      contents.delete(request)
      return content
    },
  }
}

/** Runs an action once for all repetitions of a request with a key. `content` is undefined for one without. */
export async function actOnce<T>(
  idempotency: Idempotency,
  {
    route,
    caller,
    request,
    content,
  }: { route: Route; caller: Caller; request: FastifyRequest; content: Content | undefined },
  act: () => Promise<T>,
): Promise<{ answer: T; isRepeated: boolean }> {
  if (content === undefined) return { answer: await act(), isRepeated: false }
  const given = String(request.headers['idempotency-key'])
  const fingerprint = digestOf([content.params, content.query, content.body])
  return idempotency.once({ caller: toActor(caller), route: route.at, key: given, fingerprint }, act)
}

/** Digest of JSON. Equal JSON has the same one, whatever the order of its fields. */
export function digestOf(json: unknown): string {
  const hash = createHash('sha256')
  feed(hash, json, 0)
  return hash.digest('base64')
}

/** Feeds texts as they are: a copy of an attachment would take as much memory again. */
function feed(hash: Hash, value: unknown, depth: number): void {
  if (depth > DEEPEST) throw new AppError('http.invalid_request', { field: 'body', detail: TEXTS.tooDeep })
  if (typeof value === 'string') {
    hash.update(`s${value.length}:`).update(value)
  } else if (Array.isArray(value)) {
    hash.update(`a${value.length}:`)
    for (const entry of value) feed(hash, entry, depth + 1)
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
    hash.update(`o${entries.length}:`)
    for (const [name, entry] of entries) {
      feed(hash, name, depth + 1)
      feed(hash, entry, depth + 1)
    }
  } else {
    hash.update(`${String(value)};`)
  }
}
