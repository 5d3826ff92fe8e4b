import { type AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { AccountChanges } from './account-changes.ts'
import type { EmailAccountsDeps } from './deps.ts'

interface SendProtocolDeps
  extends
    Pick<EmailAccountsDeps, 'database' | 'clock' | 'events' | 'transports'>,
    Pick<AccountChanges, 'get' | 'change'> {}

/** Changes the protocol that a mailbox sends by. */
export function createSendProtocol({ transports, get, change, clock, events }: SendProtocolDeps) {
  /**
   * Switches to Graph while SMTP is closed for the mailbox and mail waits, if the sign-in permits it. Recorded in the
   * account and in the audit list; false when nothing was changed.
   */
  async function sendByGraphInstead(id: EmailAccountId, why: AppError): Promise<boolean> {
    const before = await get(id)
    if (before.sendsBy === 'graph') return true
    if (!(await transports.canSendBy(before, 'graph'))) return false
    const detail = { sendsBy: 'graph', why: why.code, said: why.detail } as const
    await change(id, { actor: 'postkey', action: 'email_account.send_protocol_changed', detail }, async (tx) => {
      await tx
        .updateTable('email_accounts')
        .set({ sends_by: 'graph', sends_by_reason: why.code })
        .where('id', '=', id)
        .where('sends_by', '=', 'smtp')
        .execute()
      await events.append(tx, {
        kind: 'email_account.protocols_changed',
        emailAccountId: id,
        subjectId: id,
        payload: { sendsBy: 'graph', reason: why.code },
        at: clock.now(),
      })
    })
    return true
  }

  return { sendByGraphInstead }
}
