import type { EmailAccountId } from '../../kernel/ids.ts'
import { actorOf } from '../caller.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const pauseEmailAccount = ({ emailAccounts, people, database }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/pause',
    summary: 'Stops reading and sending until it is resumed.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params, caller }) => {
      const result = await emailAccounts.pause(params.id, actorOf(caller))
      await people.audit.record(database.db, {
        actor: actorOf(caller),
        action: 'email_account.paused',
        subject: params.id,
      })
      return result
    },
    present: { status: 200, schema: EmailAccount },
  })
