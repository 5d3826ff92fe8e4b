import { actorOf } from '../caller.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'
import { NewEmailAccount } from './inputs.ts'

export const associateEmailAccount = ({ emailAccounts, people, database }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts',
    summary: 'Associates a mailbox. The import begins at once; the state tells what is missing.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    validate: { body: NewEmailAccount },
    act: async ({ body, caller }) => {
      const account = await emailAccounts.associate(body, actorOf(caller))
      await people.audit.record(database.db, {
        actor: actorOf(caller),
        action: 'email_account.associated',
        subject: account.id,
        detail: body,
      })
      return account
    },
    present: { status: 201, schema: EmailAccount },
  })
