import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Number of event loop iterations before an admitted request continues. In the meantime the server reads from
 * connections and accepts new ones. Short enough to go unnoticed, and long enough that connections opened together are
 * seen as concurrent.
 */
const TURNS = 8

/**
 * Requests that have arrived but are not admitted yet.
 *
 * The sandbox responds so quickly that each of twelve concurrent requests would be finished before the next one's token
 * is checked. A client would then never meet Exchange's limit. Therefore the first admitted request waits for those
 * that arrived meanwhile, so that concurrent requests are counted as such. A client that sends requests in sequence
 * never waits.
 */
export interface Arrivals {
  arrive(request: FastifyRequest, reply: FastifyReply): void
  letIn(request: FastifyRequest): void
  /** Resolves when all requests that have arrived so far are admitted or answered. */
  settled(): Promise<void>
}

export function createArrivals(): Arrivals {
  const waiting = new Map<unknown, PromiseWithResolvers<undefined>>()

  function leave(raw: unknown): void {
    waiting.get(raw)?.resolve(undefined)
    waiting.delete(raw)
  }

  return {
    arrive({ raw }, reply) {
      waiting.set(raw, Promise.withResolvers())
      reply.raw.once('finish', () => leave(raw))
      reply.raw.once('close', () => leave(raw))
    },
    letIn: ({ raw }) => leave(raw),
    async settled() {
      for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
      await Promise.all([...waiting.values()].map(({ promise }) => promise))
    },
  }
}
