import { z } from 'zod'
import { AUDIT_ACTIONS, type AuditFilter, type AuditWord } from '../../audit/index.ts'
import { line, zonedTime } from '../fields.ts'
import type { Rooms } from '../rooms.ts'

/** Searched words; further ones are ignored. */
const MOST_WORDS = 10
/** Longer than the names of all actions. */
const LONGEST_ACTIONS = 10_000

/** Query parameters by which entries are selected, for the list and its exports. */
export const auditFilterFields = {
  actor: line
    .min(1)
    .max(200)
    .optional()
    .describe('`person:`, `api-key:` or `link:` and an id, or `cli` or `postkey`: only their actions.'),
  action: z
    .string()
    .max(LONGEST_ACTIONS)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(AUDIT_ACTIONS)))
    .optional()
    .describe('Actions, separated by commas: only entries with one of them.'),
  subject: line.min(1).max(200).optional().describe('Id of an object: only its entries.'),
  since: zonedTime.optional().describe('Only entries from this time on.'),
  until: zonedTime.optional().describe('Only entries before this time.'),
  search: line
    .max(200)
    .optional()
    .describe(
      'Words or parts of words. An entry has all of them, or is an entry of a person, mailbox, Cloud Provider or API key whose name has them.',
    ),
}

export const auditFilterQuery = z.strictObject(auditFilterFields)

/** Returns the filter of a query, with the ids of objects whose names contain its words. */
export async function readAuditFilter(rooms: Rooms, query: z.output<typeof auditFilterQuery>): Promise<AuditFilter> {
  const { actor, action, subject, since, until, search = '' } = query
  const texts = [...new Set(search.toLowerCase().split(/\s+/).filter(Boolean))].slice(0, MOST_WORDS)
  return {
    actor,
    actions: action,
    subject,
    since,
    until,
    words: texts.length === 0 ? undefined : await findNamed(rooms, texts),
  }
}

async function findNamed(rooms: Rooms, texts: readonly string[]): Promise<AuditWord[]> {
  const named = [
    ...(await rooms.emailAccounts.list()).map(({ id, address }) => ({ id, name: address })),
    ...(await rooms.cloudProviders.list()),
    ...(await rooms.people.apiKeys.list()),
  ].map(({ id, name }) => ({ id, name: name.toLowerCase() }))
  return Promise.all(
    texts.map(async (text) => {
      const others = named.filter(({ name }) => name.includes(text)).map(({ id }) => id)
      return { text, ids: [...(await rooms.people.people.idsByName(text)), ...others] }
    }),
  )
}
