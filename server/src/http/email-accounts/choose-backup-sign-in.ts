import { z } from 'zod'
import type { EmailAccountId, GrantId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { id, idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const chooseBackupSignIn = ({ principals }: Rooms) =>
  route({
    at: 'PUT /v1/email-accounts/:id/backup-sign-in',
    summary: 'Sets the backup sign-in of a shared mailbox. Refused if it cannot read the mailbox.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), body: z.strictObject({ grantId: id<GrantId>() }) },
    act: ({ params, body, caller }) => principals.chooseBackup(params.id, body.grantId, toActor(caller)),
    present: { status: 200, schema: EmailAccount },
  })
