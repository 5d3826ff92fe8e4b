import { z } from 'zod'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const countSubmissions = ({ submissions }: Rooms) =>
  route({
    at: 'GET /v1/submissions/counts',
    summary:
      'Counts unsent messages of the mailboxes of the caller, without mailboxes that have none, each up to 1000: that means "at least".',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {},
    act: async ({ caller }) => ({ emailAccounts: await submissions.countUnsentByAccount(caller.visibleAccounts) }),
    present: {
      status: 200,
      schema: z.object({
        emailAccounts: z.array(
          z.object({
            emailAccountId: z.string(),
            waiting: z.int().describe('Queued or being sent, without those scheduled for later.'),
            scheduled: z.int(),
            failed: z.int(),
            unknown: z.int().describe('Sent or not sent: someone has to decide.'),
          }),
        ),
      }),
    },
  })
