import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Identity, NewIdentity } from './identity.ts'

export const createIdentity = ({ emailAccounts }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/identities',
    summary: 'Adds a sender name. Refused with an address that does not belong to the mailbox.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), body: NewIdentity },
    act: ({ params, body, caller }) => emailAccounts.createIdentity(params.id, body, toActor(caller)),
    present: { status: 201, schema: Identity },
  })
