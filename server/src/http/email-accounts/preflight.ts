import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Preflight } from './email-account.ts'
import { WantedMail, toWithPassword } from './inputs.ts'
import { refusePersonal } from './refuse-personal.ts'

export const preflightEmailAccount = ({ emailAccounts, grants }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/preflight',
    summary: 'Runs the capability checks of a new mailbox. Stores nothing and leaves no trace in the mailbox.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { body: WantedMail },
    act: async ({ body }) => {
      await refusePersonal(grants, body)
      return emailAccounts.preflight(toWithPassword(body))
    },
    present: { status: 200, schema: Preflight },
  })
