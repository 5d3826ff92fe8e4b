import type { FastifyReply } from 'fastify'
import { AppError } from '../kernel/errors.ts'

const MAX_PER_CLIENT = 64
const MAX_TOTAL = 256
const RETRY_AFTER_SECONDS = 5

export type AnonymousRequests = ReturnType<typeof createAnonymousRequests>

/** Limits requests without a sign-in that are being answered, per client address and together. */
export function createAnonymousRequests() {
  const perClient = new Map<string, number>()
  let total = 0

  return {
    /** @throws {AppError} `http.too_many_requests` */
    begin(clientAddress: string, reply: FastifyReply): void {
      const ofClient = perClient.get(clientAddress) ?? 0
      if (ofClient >= MAX_PER_CLIENT || total >= MAX_TOTAL) {
        throw new AppError('http.too_many_requests', { retryAfterSeconds: RETRY_AFTER_SECONDS })
      }
      perClient.set(clientAddress, ofClient + 1)
      total++
      let isOver = false
      const end = () => {
        if (isOver) return
        isOver = true
        total--
        const left = (perClient.get(clientAddress) ?? 1) - 1
        if (left > 0) perClient.set(clientAddress, left)
        else perClient.delete(clientAddress)
      }
      reply.raw.once('finish', end)
      reply.raw.once('close', end)
    },
  }
}
