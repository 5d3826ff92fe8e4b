import { z } from 'zod'
import { Address, page } from '../fields.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const listRecipients = ({ conversations }: Rooms) =>
  route({
    at: 'GET /v1/recipients',
    summary: 'Suggests recipients from the mail of the visible mailboxes: those written to first, then the latest.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {
      query: z.strictObject({
        search: z.string().min(1).max(200).describe('Beginnings of words of the name or address.'),
        limit: page(20, 8),
      }),
    },
    act: async ({ query: { search, limit }, caller }) => ({
      recipients: await conversations.correspondents.find({
        ...{ accounts: caller.visibleAccounts, searched: search, limit },
      }),
    }),
    present: { status: 200, schema: z.object({ recipients: z.array(Address) }) },
  })
