import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AccountActionChanges, AccountActionSettings } from './account-actions.ts'

export const changeAccountActions = ({ accountActions }: Rooms) =>
  route({
    at: 'PATCH /v1/email-accounts/:id/actions',
    summary: 'Switches mailbox actions on or off. They apply to changes of conversations from now on.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), body: AccountActionChanges },
    act: ({ params, body, caller }) => accountActions.change(params.id, body, toActor(caller)),
    present: { status: 200, schema: AccountActionSettings },
  })
