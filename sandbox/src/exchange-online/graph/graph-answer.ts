import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../kernel/clock.ts'
import type { GraphError } from './graph-error.ts'

/** Content type of Graph's JSON. */
export const JSON_TYPE =
  'application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=false; charset=utf-8'

/** Front end that handled the request, for support. The format is Graph's, the values belong to the sandbox. */
const DIAGNOSTIC = JSON.stringify({
  ServerInfo: { DataCenter: 'Sandbox', Slice: 'E', Ring: '0', ScaleUnit: '000', RoleInstance: 'SANDBOX0000' },
})

declare module 'fastify' {
  interface FastifyRequest {
    /** Graph's `request-id`, new for each request. */
    graphRequestId: string
    /** `client-request-id` of the client; otherwise the same as the `request-id`. */
    clientRequestId: string
  }
}

/** Assigns the request ids and sets the headers that every response of Graph carries. */
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
