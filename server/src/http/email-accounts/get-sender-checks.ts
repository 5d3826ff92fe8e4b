import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { commonAuthServId } from '../../mail/index.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const LOOKED_AT = 50

export const getSenderChecks = ({ emailAccounts, conversations }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/sender-checks',
    summary: 'Returns the server whose sender checks are trusted, and the one that the latest mail names.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params: { id } }) => {
      const { trustedAuthServId } = await emailAccounts.get(id)
      const sources = await conversations.messages.latestSources(id, LOOKED_AT)
      const found = commonAuthServId(sources)
      return { trustedAuthServId, checked: sources.length, proposed: found && { ...found } }
    },
    present: {
      status: 200,
      schema: z
        .object({
          trustedAuthServId: z.string().optional(),
          checked: z.int().describe('Number of the latest received messages whose source is stored.'),
          proposed: z
            .object({ name: z.string(), count: z.int() })
            .optional()
            .describe('Server that nearly all of them name in their topmost Authentication-Results.'),
        })
        .meta({ id: 'SenderChecks' }),
    },
  })
