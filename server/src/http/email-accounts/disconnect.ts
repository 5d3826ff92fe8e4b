import type { EmailAccountId } from '../../kernel/ids.ts'
import { actorOf } from '../caller.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const disconnectEmailAccount = ({ emailAccounts, people, database }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/disconnect',
    summary: 'Ends reading and sending. The mail that is here stays.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params, caller }) => {
      const result = await emailAccounts.disconnect(params.id, actorOf(caller))
      await people.audit.record(database.db, {
        actor: actorOf(caller),
        action: 'email_account.disconnected',
        subject: params.id,
      })
      return result
    },
    present: { status: 200, schema: EmailAccount },
  })
