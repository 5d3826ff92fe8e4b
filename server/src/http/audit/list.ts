import { z } from 'zod'
import { page } from '../fields.ts'
import { adminsAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AuditEntry, withNames } from './audit-entry.ts'
import { auditFilterFields, readAuditFilter } from './audit-filter.ts'

export const listAudit = (rooms: Rooms) =>
  route({
    at: 'GET /v1/audit',
    summary:
      'Lists actions of admins, newest first. `next` of a page is `before` of the following one. With `search`, a page with a following one can have fewer entries than `limit`, or none.',
    authenticate: 'person-or-key',
    permit: adminsAndAuditors('admin:read'),
    validate: {
      query: z.strictObject({
        before: z.coerce.number().int().min(1).optional(),
        limit: page(200, 50),
        ...auditFilterFields,
      }),
    },
    act: async ({ query }) => {
      const { before, limit, ...conditions } = query
      const filter = await readAuditFilter(rooms, conditions)
      const { entries, next } = await rooms.people.audit.page({ ...filter, before, limit })
      return { entries: await withNames(rooms.people, entries), next }
    },
    present: { status: 200, schema: z.object({ entries: z.array(AuditEntry), next: z.int().optional() }) },
  })
