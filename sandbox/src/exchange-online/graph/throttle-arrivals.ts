import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * How often the event loop goes round, reading what connections bring and opening those that knock, before a request
 * that was let in goes on. Too little time to be noticed, and enough that connections opened together are seen so.
 */
const TURNS = 8

/**
 * Requests that have come but were not let in yet.
 *
 * A mailbox here answers so quickly that of twelve requests sent together each would be done before the next one's
 * token is checked, and a client would never learn what Exchange makes of twelve. So whoever was let in first waits
 * for those that came meanwhile: what was sent together is counted together. A client that sends one after the other
 * waits for nothing.
 */
export interface Arrivals {
  arrive(request: FastifyRequest, reply: FastifyReply): void
  letIn(request: FastifyRequest): void
  /** Resolves when all that have come by now were let in or answered. */
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
