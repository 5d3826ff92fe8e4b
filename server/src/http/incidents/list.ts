import { z } from 'zod'
import type { EmailAccountId, IncidentId } from '../../kernel/ids.ts'
import { page } from '../fields.ts'
import { id } from '../ids.ts'
import { membersAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Incident } from './incident.ts'
import { presentIncidents, seesDetails } from './present.ts'

/** Agents are notified that one of their mailboxes has a problem; only admins see the fix and who can apply it. */
export const listIncidents = ({ incidents, people }: Rooms) =>
  route({
    at: 'GET /v1/incidents',
    summary:
      'Lists open and closed incidents, newest first: for members a notice about their mailboxes, for admins and auditors all details.',
    authenticate: 'person-or-key',
    permit: membersAndAuditors('mail:read'),
    compress: true,
    whose: ({ query }) => query.emailAccountId,
    validate: {
      query: z.strictObject({
        state: z.enum(['open', 'closed']).optional(),
        emailAccountId: id<EmailAccountId>().optional().describe('Only incidents of that mailbox.'),
        before: id<IncidentId>().optional().describe('`next` of the page before.'),
        limit: page(200, 50),
      }),
    },
    act: async ({ query, caller }) => {
      const { incidents: found, next } = await incidents.list({ ...query, emailAccountIds: caller.visibleAccounts })
      return { incidents: await presentIncidents({ people }, found, seesDetails(caller)), next }
    },
    present: { status: 200, schema: z.object({ incidents: z.array(Incident), next: z.string().optional() }) },
  })
