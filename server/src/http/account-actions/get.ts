import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AccountActionSettings } from './account-actions.ts'

export const getAccountActions = ({ accountActions }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/actions',
    summary: 'Returns which work of the team takes effect in the mailbox, with waiting and failed actions.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params }) => accountActions.settings(params.id),
    present: { status: 200, schema: AccountActionSettings },
  })
