import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const checkEmailAccount = ({ emailAccounts, sync }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/check',
    summary: 'Repeats the capability checks.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params }) => {
      const account = await emailAccounts.checkAgain(params.id)
      await sync.lookedAt(params.id, { isPressed: true })
      return account
    },
    present: { status: 200, schema: EmailAccount },
  })
