import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FaultsAsked } from './faults.ts'
import type { Disturbance } from './points.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Effect on the finished response. */
    disturbedAfter?: 'cut' | 'truncate'
  }
}

/**
 * Applies the disturbances of one site: replaces responses, cuts connections, keeps callers waiting. Waiting callers
 * are disconnected when a fault is switched off or the site closes.
 */
export function createDisturbedAnswers(site: FastifyInstance, faults: Pick<FaultsAsked, 'onSwitchedOff'>) {
  const waiting = new Set<FastifyReply>()
  const letGo = () => {
    for (const reply of waiting) reply.raw.destroy()
    waiting.clear()
  }
  const forget = faults.onSwitchedOff(letGo)
  site.addHook('preClose', async () => {
    forget()
    letGo()
  })
  site.addHook('onSend', async (request, reply, payload) => {
    if (request.disturbedAfter === 'cut') {
      cut(reply)
      // Never resolves, so that no response is sent.
      return new Promise<never>(() => undefined)
    }
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload)
    if (request.disturbedAfter !== 'truncate' || !isWhole) return payload
    reply.removeHeader('content-length')
    const half = Math.floor(payload.length / 2)
    return typeof payload === 'string' ? payload.slice(0, half) : payload.subarray(0, half)
  })

  function cut(reply: FastifyReply): void {
    reply.hijack()
    reply.raw.destroy()
  }

  return {
    /** Applies a disturbance; returns `undefined` when the request continues. */
    disturb(request: FastifyRequest, reply: FastifyReply, disturbance: Disturbance): FastifyReply | undefined {
      switch (disturbance.kind) {
        case 'answer':
          return reply
            .code(disturbance.status)
            .headers({ ...disturbance.headers, 'content-type': disturbance.contentType })
            .send(disturbance.body)
        case 'cut':
          cut(reply)
          return reply
        case 'hang':
          reply.hijack()
          waiting.add(reply)
          reply.raw.once('close', () => waiting.delete(reply))
          return reply
        case 'cut-after':
          request.disturbedAfter = 'cut'
          return undefined
        case 'truncate':
          request.disturbedAfter = 'truncate'
          return undefined
      }
    },
  }
}
