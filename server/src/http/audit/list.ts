import { z } from 'zod'
import { page, Time } from '../fields.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const AuditEntry = z
  .object({
    id: z.int(),
    actor: z.string().describe('`person:`, `api-key:` or `link:` and an id, or `postkey`.'),
    action: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
    at: Time,
  })
  .meta({ id: 'AuditEntry' })

export const listAudit = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/audit',
    summary: 'What admins did, newest first. `next` of a page is `before` of the following one.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { query: z.strictObject({ before: z.coerce.number().int().min(1).optional(), limit: page(200, 50) }) },
    act: async ({ query }) => {
      const entries = await people.audit.list(query)
      return { entries, next: entries.length < query.limit ? undefined : entries.at(-1)?.id }
    },
    present: { status: 200, schema: z.object({ entries: z.array(AuditEntry), next: z.int().optional() }) },
  })
