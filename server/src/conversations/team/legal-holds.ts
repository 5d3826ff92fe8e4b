import type { Updateable } from 'kysely'
import type { Schema, Tx } from '../../database/index.ts'
import type { Conversation } from '../stored/conversation.ts'
import { toConversation } from '../stored/rows.ts'
import { storable } from '../stored/storable.ts'
import type { MergeAndSplitDeps } from './merge-split.ts'

/**
 * Places and removes legal holds, with an audit entry each. While a conversation is on hold, the database refuses to
 * delete it and its messages. Both return undefined if nothing changes.
 */
export function createLegalHolds({ audit, clock }: Pick<MergeAndSplitDeps, 'audit' | 'clock'>) {
  async function place(tx: Tx, before: Conversation, given: string, actor: string): Promise<Conversation | undefined> {
    const { id, emailAccountId, legalHold } = before
    const reason = storable(given)
    if (legalHold?.reason === reason) return undefined
    await audit.record(tx, {
      ...{ actor, action: 'conversation.legal_hold_placed', subject: id },
      detail: { emailAccountId, reason, ...(legalHold && { from: legalHold.reason }) },
    })
    return set(tx, before, { hold_reason: reason, held_by: actor, held_at: clock.now() })
  }

  async function remove(tx: Tx, before: Conversation, actor: string): Promise<Conversation | undefined> {
    const { id, emailAccountId, legalHold } = before
    if (!legalHold) return undefined
    await audit.record(tx, {
      ...{ actor, action: 'conversation.legal_hold_removed', subject: id },
      detail: { emailAccountId, reason: legalHold.reason },
    })
    return set(tx, before, { hold_reason: null, held_by: null, held_at: null })
  }

  return { place, remove }
}

async function set(tx: Tx, { id }: Conversation, values: Updateable<Schema['conversations']>): Promise<Conversation> {
  const row = await tx
    .updateTable('conversations')
    .set(values)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toConversation(row)
}
