import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { isTimeZone } from '../mail/index.ts'
import type { EmailAccount } from './email-account.ts'
import { type AutomaticReplyInput } from './automatic-reply.ts'
import type { AccountChanges } from './account-changes.ts'
import type { EmailAccountsDeps } from './deps.ts'

export function createAutomaticReplies({ clock, change, interrupt }: AutomaticRepliesDeps) {
  /** Sets the automatic reply. Once switched on, it answers mail received from now on. */
  async function setAutomaticReply(
    id: EmailAccountId,
    input: AutomaticReplyInput,
    actor: string,
  ): Promise<EmailAccount> {
    if (input.hours && !isTimeZone(input.hours.timeZone)) throw new AppError('email_accounts.time_zone_unknown')
    const detail = { changed: ['automaticReply'], isOn: input.isOn }
    return change(id, { actor, action: 'email_account.changed', detail }, async (tx, { automaticReply: before }) => {
      const since = before?.isOn && input.isOn ? before.since : clock.now()
      await tx
        .updateTable('email_accounts')
        .set({ automatic_reply: JSON.stringify({ ...input, since: since.toISOString() }) })
        .where('id', '=', id)
        .execute()
      // A worker that reads the mailbox now has the old settings, so it is interrupted.
      await interrupt(tx, id)
    })
  }

  return { setAutomaticReply }
}

export type AutomaticRepliesDeps = Pick<EmailAccountsDeps, 'clock'> & Pick<AccountChanges, 'change' | 'interrupt'>
