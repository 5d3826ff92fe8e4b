import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const sendTest = ({ emailAccounts }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/send-test',
    summary: 'Sends a mail from the mailbox to itself; the check `sends` contains the result, including a refusal.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params, caller }) => emailAccounts.sendTest(params.id, toActor(caller)),
    present: { status: 200, schema: EmailAccount },
  })
