import type { EmailAccountId } from '../../kernel/ids.ts'
import { createExplainer } from '../explained.ts'
import { idParam } from '../ids.ts'
import { membersAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'

export const getEmailAccount = (rooms: Rooms) => {
  const { ofAccount } = createExplainer(rooms)
  return route({
    at: 'GET /v1/email-accounts/:id',
    summary:
      'Returns one mailbox with its state, the reason and the fix. A mailbox that waits for a sign-in or an admin is retried when a person opens it, at most once a minute.',
    authenticate: 'person-or-key',
    permit: membersAndAuditors('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    hasETag: true,
    act: async ({ params, caller }) => {
      const account = await rooms.emailAccounts.get(params.id)
      // Programs poll regularly; a person opens the page after a fix. An auditor changes nothing.
      if (caller.kind === 'person' && caller.person.role !== 'auditor') await rooms.sync.lookedAt(account.id)
      const sending = await rooms.submissions.sendingTroubleOf(account.id)
      return { ...account, sending, explanation: await ofAccount(account, caller) }
    },
    present: { status: 200, schema: EmailAccount },
  })
}
