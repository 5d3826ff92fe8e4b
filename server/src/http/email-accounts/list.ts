import { z } from 'zod'
import { membersAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const listEmailAccounts = ({ emailAccounts }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts',
    summary: 'Lists the mailboxes that the caller can see.',
    authenticate: 'person-or-key',
    permit: membersAndAuditors('mail:read'),
    compress: true,
    validate: {},
    hasETag: true,
    act: async ({ caller }) => ({
      emailAccounts: await emailAccounts.list({ emailAccountIds: caller.visibleAccounts }),
    }),
    present: { status: 200, schema: z.object({ emailAccounts: z.array(EmailAccount) }) },
  })
