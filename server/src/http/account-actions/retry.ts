import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AccountActionSettings } from './account-actions.ts'

export const retryAccountActions = ({ accountActions }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/actions/retry',
    summary: 'Retries waiting and failed mailbox actions at once.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params }) => accountActions.retry(params.id),
    present: { status: 200, schema: AccountActionSettings },
  })
