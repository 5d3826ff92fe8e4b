import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const makeBackupPrincipal = ({ principals }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/backup-sign-in/make-principal',
    summary: 'Makes the backup sign-in that is in use the principal of the mailbox.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params, caller }) => principals.promoteBackup(params.id, toActor(caller)),
    present: { status: 200, schema: EmailAccount },
  })
