import type { FastifyReply } from 'fastify'
import { AppError } from '../kernel/errors.ts'
import { clientNetwork } from '../kernel/client-network.ts'

const MAX_OF_CLIENTS = { total: 256, each: 64 }
/** Places in addition, for browsers with an earlier sign-in of any account. */
const MAX_OF_DEVICES = { total: 16, each: 2 }
const RETRY_AFTER_SECONDS = 5

export type AnonymousRequests = ReturnType<typeof createAnonymousRequests>

/** Limits concurrent requests without a sign-in, per client and in total. */
export function createAnonymousRequests() {
  const clients = createPlaces(MAX_OF_CLIENTS)
  const devices = createPlaces(MAX_OF_DEVICES)

  return {
    /**
     * @param findDevice  returns the id of a known device; called when the client has no place
     * @throws {AppError} `http.too_many_requests`
     */
    async begin(
      clientAddress: string,
      reply: FastifyReply,
      findDevice: () => Promise<string | undefined>,
    ): Promise<void> {
      let leave = clients.enter(clientNetwork(clientAddress))
      if (!leave) {
        const device = await findDevice()
        leave = device === undefined ? undefined : devices.enter(device)
      }
      if (!leave) throw new AppError('http.too_many_requests', { retryAfterSeconds: RETRY_AFTER_SECONDS })
      reply.raw.once('finish', leave)
      reply.raw.once('close', leave)
      // The client may have left meanwhile.
      if (reply.raw.closed) leave()
    },
  }
}

function createPlaces(max: { total: number; each: number }) {
  const taken = new Map<string, number>()
  let total = 0

  return {
    /** Returns a function that leaves the place, or undefined when there is none. */
    enter(key: string): (() => void) | undefined {
      const ofKey = taken.get(key) ?? 0
      if (ofKey >= max.each || total >= max.total) return undefined
      taken.set(key, ofKey + 1)
      total++
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        total--
        const left = (taken.get(key) ?? 1) - 1
        if (left > 0) taken.set(key, left)
        else taken.delete(key)
      }
    },
  }
}
