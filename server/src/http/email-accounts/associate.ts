import { toActor } from '../caller.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'
import { NewEmailAccount, toWithPassword } from './inputs.ts'
import { refusePersonal } from './refuse-personal.ts'

export const associateEmailAccount = ({ emailAccounts, grants }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts',
    summary: 'Associates a mailbox. The import begins at once; the state names what is missing.',
    authenticate: 'person',
    permit: signedInAdmins,
    needsFreshFor: ({ body }) => body.servers !== undefined,
    validate: { body: NewEmailAccount },
    act: async ({ body, caller }) => {
      await refusePersonal(grants, body)
      return emailAccounts.associate(toWithPassword(body), toActor(caller))
    },
    present: { status: 201, schema: EmailAccount },
  })
