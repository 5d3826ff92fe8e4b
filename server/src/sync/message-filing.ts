import { sql } from 'kysely'
import type { Conversations } from '../conversations/index.ts'
import type { Tx } from '../database/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { RemoteMessage, SparseMessage } from '../mail/index.ts'

export type FileOne = (tx: Tx, account: EmailAccount, each: RemoteMessage | SparseMessage) => Promise<boolean>

/** One message or change becomes part of our mail, and of the figures of its account. Whether it was new here. */
export function createFileOne(conversations: Conversations): FileOne {
  return async (tx, account, each) => {
    if (each.partial) {
      await conversations.applyPartial(tx, account, each)
      return false
    }
    const filed = await conversations.file(tx, account, each)
    if (!filed?.created) return false
    const isOut = each.from?.address.toLowerCase() === account.address.toLowerCase()
    const column = isOut ? 'last_sent_at' : 'last_received_at'
    await sql`UPDATE email_accounts
      SET ${sql.ref(column)} = greatest(${sql.ref(column)}, ${each.receivedAt}::timestamptz)
      WHERE id = ${account.id}`.execute(tx)
    return true
  }
}

/** Whether the failure is about this one message: what is not is tried again as a whole, later. */
export function isOfOneMessage(error: unknown): boolean {
  return !(error instanceof AppError) || error.remedy === 'bug'
}
