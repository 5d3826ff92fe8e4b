import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import type { Presence } from '../stored/conversation.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import type { Known } from './known-message.ts'

/** Presence of a message after it was met: `elsewhere` when none of its folders is synchronized. */
export async function locatedPresence(tx: Tx, id: StoredMessageId): Promise<Presence> {
  const place = await tx
    .selectFrom('message_locations')
    .select('folder_id')
    .where('message_id', '=', id)
    .limit(1)
    .executeTakeFirst()
  return place ? 'present' : 'elsewhere'
}

/** Saves the presence of a message, with an event when it is gone or has returned. */
export async function setPresence(
  tx: Tx,
  { clock, events }: { clock: Clock; events: Events },
  account: FilingAccount,
  known: Known,
  presence: Presence,
): Promise<void> {
  if (known.presence === presence) return
  await tx.updateTable('messages').set({ presence }).where('id', '=', known.id).execute()
  const kind = presence === 'gone' ? 'message.removed' : known.presence === 'gone' ? 'message.restored' : undefined
  if (!kind) return
  await events.append(tx, {
    kind,
    emailAccountId: account.id,
    subjectId: known.id,
    payload: { conversationId: known.conversation_id },
    at: clock.now(),
  })
}
