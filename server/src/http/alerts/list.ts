import { z } from 'zod'
import type { AlertId, IncidentId } from '../../kernel/ids.ts'
import { page } from '../fields.ts'
import { id } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Alert } from './alert.ts'

export const listAlerts = ({ alerts }: Rooms) =>
  route({
    at: 'GET /v1/alerts',
    summary: 'Lists alerts, newest first, with the result of each delivery.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {
      query: z.strictObject({
        before: id<AlertId>().optional(),
        incidentId: id<IncidentId>().optional(),
        limit: page(200, 50),
      }),
    },
    act: ({ query }) => alerts.list(query),
    present: { status: 200, schema: z.object({ alerts: z.array(Alert), next: z.string().optional() }) },
  })
