import type { FastifyReply } from 'fastify'
import { AppError } from '../kernel/errors.ts'
import { clientNetwork } from './client-network.ts'

const MAX_PER_CLIENT = 64
const MAX_TOTAL = 256
const RETRY_AFTER_SECONDS = 5

export type AnonymousRequests = ReturnType<typeof createAnonymousRequests>

/** Limits concurrent requests without a sign-in, per client and in total. */
export function createAnonymousRequests() {
  const perClient = new Map<string, number>()
  let total = 0

  return {
    /** @throws {AppError} `http.too_many_requests` */
    begin(clientAddress: string, reply: FastifyReply): void {
      const client = clientNetwork(clientAddress)
      const ofClient = perClient.get(client) ?? 0
      if (ofClient >= MAX_PER_CLIENT || total >= MAX_TOTAL) {
        throw new AppError('http.too_many_requests', { retryAfterSeconds: RETRY_AFTER_SECONDS })
      }
      perClient.set(client, ofClient + 1)
      total++
      let isOver = false
      const end = () => {
        if (isOver) return
        isOver = true
        total--
        const left = (perClient.get(client) ?? 1) - 1
        if (left > 0) perClient.set(client, left)
        else perClient.delete(client)
      }
      reply.raw.once('finish', end)
      reply.raw.once('close', end)
    },
  }
}
