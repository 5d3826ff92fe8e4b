import { z } from 'zod'
import { Time } from '../fields.ts'
import { adminsAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const ListedServer = z
  .object({
    id: z.uuid(),
    name: z.string().describe('Host name.'),
    version: z.string(),
    pid: z.int(),
    startedAt: Time,
    lastSeenAt: Time,
    endedAt: Time.optional(),
    state: z
      .enum(['running', 'silent', 'stopped', 'vanished'])
      .describe('`silent`: no heartbeat for 30 seconds. `vanished`: ended without stopping.'),
    isThis: z.boolean().describe('True for the server that answers this request.'),
  })
  .meta({ id: 'Server' })

export const listServers = ({ servers }: Rooms) =>
  route({
    at: 'GET /v1/servers',
    summary: 'Lists servers of this installation, newest first, including those that ended in the last seven days.',
    authenticate: 'person-or-key',
    permit: adminsAndAuditors('admin:read'),
    validate: {},
    act: async () => ({ servers: await servers.list() }),
    present: { status: 200, schema: z.object({ servers: z.array(ListedServer) }) },
  })
