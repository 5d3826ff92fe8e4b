import { z } from 'zod'
import { AUDIT_ACTIONS, type AuditEntry as Entry } from '../../audit/index.ts'
import type { PeopleRoom } from '../../people/index.ts'
import { line, page, Time } from '../fields.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const AuditEntry = z
  .object({
    id: z.int(),
    actor: z.string().describe('`person:`, `api-key:` or `link:` and an id, or `postkey`.'),
    actorName: z.string().optional().describe('Name of the person, including former members.'),
    action: z.string().meta({ enum: AUDIT_ACTIONS }),
    subject: z.string(),
    subjectName: z.string().optional().describe('Name of a person as the subject, including former members.'),
    detail: z.record(z.string(), z.unknown()),
    at: Time,
  })
  .meta({ id: 'AuditEntry' })

export const listAudit = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/audit',
    summary: 'Lists actions of admins, newest first. `next` of a page is `before` of the following one.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {
      query: z.strictObject({
        before: z.coerce.number().int().min(1).optional(),
        subject: line.min(1).max(200).optional().describe('Id of an object: only its entries.'),
        limit: page(200, 50),
      }),
    },
    act: async ({ query }) => {
      const entries = await people.audit.list(query)
      const next = entries.length < query.limit ? undefined : entries.at(-1)?.id
      return { entries: await withNames(people, entries), next }
    },
    present: { status: 200, schema: z.object({ entries: z.array(AuditEntry), next: z.int().optional() }) },
  })

/** Adds names, because ids alone are unreadable. */
async function withNames({ people }: PeopleRoom, entries: readonly Entry[]) {
  const idOfActor = ({ actor }: Entry) => /^person:(.+)$/.exec(actor)?.[1] ?? ''
  const names = await people.namesOf([...new Set(entries.flatMap((entry) => [idOfActor(entry), entry.subject]))])
  return entries.map((entry) => ({
    ...entry,
    actorName: names.get(idOfActor(entry)),
    subjectName: names.get(entry.subject),
  }))
}
