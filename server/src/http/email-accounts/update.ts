import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { given } from '../given.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'
import { EmailAccountChanges } from './inputs.ts'

export const updateEmailAccount = ({ emailAccounts, principals }: Rooms) =>
  route({
    at: 'PATCH /v1/email-accounts/:id',
    summary:
      'Changes the given properties. A new grant, or the application, is tested first and refused if it cannot open the mailbox; stored mail is not read again.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    needsFreshFor: ({ body }) => body.servers !== undefined || body.password !== undefined,
    validate: { params: idParam<EmailAccountId>(), body: EmailAccountChanges },
    act: async ({ params: { id }, body: { grantId, application, servers, password, ...changes }, caller }) => {
      const actor = toActor(caller)
      if (servers ?? password) await emailAccounts.changeServers(id, { servers, password }, actor)
      if (grantId !== undefined) await principals.choose(id, { grantId }, actor)
      if (application !== undefined) await principals.choose(id, { application }, actor)
      return Object.keys(changes).length > 0 ? emailAccounts.update(id, given(changes), actor) : emailAccounts.get(id)
    },
    present: { status: 200, schema: EmailAccount },
  })
