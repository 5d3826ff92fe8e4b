import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const checkBackupSignIn = ({ principals }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/backup-sign-in/check',
    summary: 'Checks now that the backup sign-in can open the mailbox, like the daily check.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params }) => principals.checkBackup(params.id),
    present: { status: 200, schema: EmailAccount },
  })
