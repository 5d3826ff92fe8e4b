import type { EmailAccountId } from '../../kernel/ids.ts'
import { actorOf } from '../caller.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { MailCounts } from './email-account.ts'

export const removeEmailAccount = ({ emailAccounts, people, database }: Rooms) =>
  route({
    at: 'DELETE /v1/email-accounts/:id',
    summary: 'Removes the mailbox and its mail from here. Nothing in the mailbox itself is deleted.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params, caller }) => {
      const result = await emailAccounts.remove(params.id, actorOf(caller))
      await people.audit.record(database.db, {
        actor: actorOf(caller),
        action: 'email_account.removed',
        subject: params.id,
      })
      return result
    },
    present: { status: 200, schema: MailCounts },
  })
