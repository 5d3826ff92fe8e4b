import { z } from 'zod'
import type { ProgramCaller } from '../caller.ts'
import { keysOnly } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import type { createMcp } from './serve-mcp.ts'

/** The tools and the SDK are loaded with the first request: most installations have no program that uses them. */
export const mcp = (rooms: Rooms) => {
  let loading: Promise<ReturnType<typeof createMcp>> | undefined
  const load = () =>
    (loading ??= import('./serve-mcp.ts')
      .then(({ createMcp }) => createMcp(rooms))
      .catch((error: unknown) => {
        // The next request tries again.
        loading = undefined
        throw error
      }))

  return otherRoute({
    at: 'POST /mcp',
    summary:
      'Answers a request of the Model Context Protocol (streamable HTTP without sessions). Each tool has the permissions of the routes that it calls.',
    authenticate: 'key',
    permit: keysOnly,
    isUndescribed: true,
    // One message: a batch would count as one request.
    validate: { body: z.looseObject({}) },
    act: async ({ caller, request, reply }) => (await load())({ caller: caller as ProgramCaller, request, reply }),
    present: {
      status: 200,
      contentType: 'application/json',
      send: (response, reply) => {
        void reply.code(response.status)
        // Notifications are accepted without an answer.
        if (response.body === null) return reply.removeHeader('content-type').send()
        void reply.type(response.headers.get('content-type') ?? 'application/json')
        return reply.send(response.body)
      },
    },
  })
}
