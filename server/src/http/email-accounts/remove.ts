import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { MailCounts } from './email-account.ts'

export const removeEmailAccount = ({ emailAccounts }: Rooms) =>
  route({
    at: 'DELETE /v1/email-accounts/:id',
    summary: 'Removes a mailbox and its mail from Postkey, not from Microsoft. Refused while messages are queued.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params, caller }) => emailAccounts.remove(params.id, toActor(caller)),
    present: { status: 200, schema: MailCounts },
  })
