import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { MailCounts } from './email-account.ts'

export const previewRemoval = ({ emailAccounts }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/removal',
    summary: 'Returns the effects of removing a mailbox here. Nothing in the mailbox itself is ever deleted.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params }) => emailAccounts.whatRemovalTakes(params.id),
    present: { status: 200, schema: MailCounts },
  })
