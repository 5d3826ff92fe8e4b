import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const getEmailAccount = ({ emailAccounts }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id',
    summary: 'One mailbox with its state, the reason and the fix.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params }) => emailAccounts.get(params.id),
    present: { status: 200, schema: EmailAccount },
  })
