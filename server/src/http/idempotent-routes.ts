import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Idempotency } from '../idempotency/index.ts'
import { toActor, type Caller } from './caller.ts'
import type { Route } from './route.ts'
import { TEXTS } from './texts.ts'

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

/**
 * Reads the content of a request with a key before the validation changes it. Equal JSON has equal content, whatever
 * the order of its fields.
 */
export function createRequestContents(route: Route) {
  const contents = new WeakMap<FastifyRequest, string>()
  return {
    read(request: FastifyRequest): void {
      if (!storesKeys(route) || request.headers['idempotency-key'] === undefined) return
      contents.set(request, JSON.stringify([request.url, sorted(request.body)]))
    },
    take(request: FastifyRequest): string | undefined {
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
  }: { route: Route; caller: Caller; request: FastifyRequest; content: string | undefined },
  act: () => Promise<T>,
): Promise<{ answer: T; isRepeated: boolean }> {
  if (content === undefined) return { answer: await act(), isRepeated: false }
  const given = String(request.headers['idempotency-key'])
  return idempotency.once({ caller: toActor(caller), route: route.at, key: given, content }, act)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, entry]) => [name, sorted(entry)]),
  )
}
