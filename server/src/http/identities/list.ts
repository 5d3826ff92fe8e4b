import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Identity } from './identity.ts'

export const listIdentities = ({ emailAccounts }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/identities',
    summary: 'Lists the sender names of a mailbox. There is always at least one.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params }) => ({ identities: await emailAccounts.identities(await emailAccounts.get(params.id)) }),
    present: { status: 200, schema: z.object({ identities: z.array(Identity) }) },
  })
