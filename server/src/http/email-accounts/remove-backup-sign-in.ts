import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const removeBackupSignIn = ({ principals }: Rooms) =>
  route({
    at: 'DELETE /v1/email-accounts/:id/backup-sign-in',
    summary: 'Removes the backup sign-in. Refused while it is in use.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params, caller }) => principals.removeBackup(params.id, toActor(caller)),
    present: { status: 200, schema: EmailAccount },
  })
