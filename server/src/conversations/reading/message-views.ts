import type { Database } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import { OWNER } from '../stored/rows.ts'
import { storable, storableJson } from '../stored/storable.ts'
import { VIEW_VERSION, type MessageView } from '../../mail/index.ts'

/** A view older than this is deleted. The next request renders it again. */
const LONGEST_KEPT_MS = 90 * 24 * 60 * 60 * 1000
/** A body that exceeded its deadline or memory is tried again after this time: the machine may have been busy. */
const FAILURE_KEPT_MS = 60 * 60 * 1000
const MOST_DELETED = 20

/** `view` is undefined for a body that exceeded its deadline or memory. */
export interface StoredView {
  view: MessageView | undefined
}

/** Stores message bodies prepared for display. */
export function createMessageViews({ database: { db }, clock }: { database: Database; clock: Clock }) {
  /** Returns the mailbox of the conversation of a message, without reading its body. */
  async function accountOf(id: StoredMessageId): Promise<EmailAccountId> {
    const row = await db.selectFrom('messages').select(OWNER).where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('conversations.not_found')
    return row.owner_id
  }

  async function find(id: StoredMessageId): Promise<StoredView | undefined> {
    const row = await db
      .selectFrom('message_views')
      .select(['view', 'html', 'created_at'])
      .where('message_id', '=', id)
      .where('version', '=', VIEW_VERSION)
      .executeTakeFirst()
    if (!row) return undefined
    const view = row.view as Omit<MessageView, 'html'> | null
    if (!view && clock.now().getTime() - row.created_at.getTime() >= FAILURE_KEPT_MS) return undefined
    return { view: view && row.html !== null ? { ...view, html: row.html } : undefined }
  }

  async function keep(id: StoredMessageId, view: MessageView | undefined): Promise<void> {
    const { html, ...rest } = view ?? {}
    const row = {
      version: VIEW_VERSION,
      view: view ? storableJson(rest) : null,
      html: html === undefined ? null : storable(html),
      created_at: clock.now(),
    }
    await db
      .insertInto('message_views')
      .values({ message_id: id, ...row })
      .onConflict((conflict) => conflict.column('message_id').doUpdateSet(row))
      .execute()
    const old = db
      .selectFrom('message_views')
      .select('message_id')
      .where('created_at', '<', new Date(clock.now().getTime() - LONGEST_KEPT_MS))
      .orderBy('created_at')
      .limit(MOST_DELETED)
    await db.deleteFrom('message_views').where('message_id', 'in', old).execute()
  }

  return { accountOf, find, keep }
}

export type MessageViewStore = ReturnType<typeof createMessageViews>
