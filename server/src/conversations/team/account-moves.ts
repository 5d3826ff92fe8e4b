import type { Database } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { Conversation } from '../stored/conversation.ts'
import { toConversation } from '../stored/rows.ts'
import { holdForMove, moveHeld, moveTransaction, type MoveDeps, type MoveTo } from './move-to-account.ts'

export interface AccountMove extends Omit<MoveTo, 'assigneeId' | 'removeAssigneeId'> {
  /** The mailbox whose conversation the caller may see. */
  from: EmailAccountId
}

/**
 * Moves a conversation to another mailbox: its messages stay where they are at the server, and everything that Postkey has of
 * it belongs to the other mailbox.
 *
 * @throws AppError `conversations.not_found` also when it has left `from` meanwhile
 */
export function createAccountMoves(deps: MoveDeps & { database: Database }) {
  return function moveToAccount(id: ConversationId, move: AccountMove): Promise<Conversation> {
    const { from, to } = move
    return moveTransaction(deps.database, async (tx) => {
      const { held, skipped } = await holdForMove(
        tx,
        deps.hooks,
        [id],
        to,
        (found) => found.email_account_id === from && from !== to,
      )
      const row = held.get(id)
      const seen = row ?? skipped.get(id)
      if (seen?.email_account_id !== from) throw new AppError('conversations.not_found')
      if (seen.merged_into !== null) throw new AppError('conversations.merged_already')
      if (!row) throw new AppError('conversations.same_account')
      if (row.hasUnsent) throw new AppError('conversations.unsent_answer')
      const [after] = await moveHeld(tx, deps, [row], move)
      return toConversation(after!)
    })
  }
}
