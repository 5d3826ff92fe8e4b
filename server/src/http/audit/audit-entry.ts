import { z } from 'zod'
import { AUDIT_ACTIONS, type AuditEntry as Entry } from '../../audit/index.ts'
import type { PeopleRoom } from '../../people/index.ts'
import { Time } from '../fields.ts'

export const AuditEntry = z
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

/** Adds names, because ids alone are unreadable. */
export async function withNames({ people }: PeopleRoom, entries: readonly Entry[]) {
  const idOfActor = ({ actor }: Entry) => /^person:(.+)$/.exec(actor)?.[1] ?? ''
  const names = await people.namesOf([...new Set(entries.flatMap((entry) => [idOfActor(entry), entry.subject]))])
  return entries.map((entry) => ({
    ...entry,
    actorName: names.get(idOfActor(entry)),
    subjectName: names.get(entry.subject),
  }))
}
