import type { EmailAccountId } from '../../kernel/ids.ts'
import { actorOf } from '../caller.ts'
import { given } from '../given.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'
import { EmailAccountChanges } from './inputs.ts'

export const updateEmailAccount = ({ emailAccounts }: Rooms) =>
  route({
    at: 'PATCH /v1/email-accounts/:id',
    summary: 'Changes what is given. With another grant nothing is read twice.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), body: EmailAccountChanges },
    act: ({ params, body, caller }) => emailAccounts.update(params.id, given(body), actorOf(caller)),
    present: { status: 200, schema: EmailAccount },
  })
