import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../kernel/clock.ts'
import type { GraphError } from './graph-error.ts'

/** How Graph announces JSON. */
export const JSON_TYPE =
  'application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=false; charset=utf-8'

/** Which front end answered; support asks for it. The values are ours, the shape is Graph's. */
const DIAGNOSTIC = JSON.stringify({
  ServerInfo: { DataCenter: 'Sandbox', Slice: 'E', Ring: '0', ScaleUnit: '000', RoleInstance: 'SANDBOX0000' },
})

declare module 'fastify' {
  interface FastifyRequest {
    /** Graph's `request-id`, new for each request. */
    graphRequestId: string
    /** What the client sent as `client-request-id`, else the same as the `request-id`. */
    clientRequestId: string
  }
}

/** Names the request and sets the headers that every answer of Graph carries. */
export function beginAnswer(request: FastifyRequest, reply: FastifyReply, clock: Clock): void {
  const sent = request.headers['client-request-id']
  request.graphRequestId = randomUUID()
  request.clientRequestId =
    typeof sent === 'string' && /^[\x21-\x7e]{1,128}$/.test(sent) ? sent : request.graphRequestId
  reply.headers({
    date: clock.now().toUTCString(),
    'cache-control': 'no-cache',
    'strict-transport-security': 'max-age=31536000',
    'request-id': request.graphRequestId,
    'client-request-id': request.clientRequestId,
    'x-ms-ags-diagnostic': DIAGNOSTIC,
  })
}

/** @see https://learn.microsoft.com/graph/errors#json-representation */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: GraphError, clock: Clock): FastifyReply {
  return reply
    .code(error.status)
    .headers(error.headers)
    .header('content-type', 'application/json')
    .send(
      JSON.stringify({
        error: {
          code: error.code,
          message: error.message,
          innerError: {
            date: clock.now().toISOString().slice(0, 19),
            'request-id': request.graphRequestId,
            'client-request-id': request.clientRequestId,
          },
        },
      }),
    )
}
