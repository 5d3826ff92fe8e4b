import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { actorOf } from '../caller.ts'
import { given } from '../given.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'
import { EmailAccountChanges } from './inputs.ts'

export const updateEmailAccount = ({ emailAccounts, people, database }: Rooms) =>
  route({
    at: 'PATCH /v1/email-accounts/:id',
    summary: 'Changes what is given. With another grant nothing is read twice.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    validate: { params: idParam<EmailAccountId>(), body: EmailAccountChanges },
    act: async ({ params, body, caller }) => {
      const result = await emailAccounts.update(params.id, given(body), actorOf(caller))
      await people.audit.record(database.db, {
        actor: actorOf(caller),
        action: 'email_account.updated',
        subject: params.id,
        detail: body,
      })
      return result
    },
    present: { status: 200, schema: EmailAccount },
  })
