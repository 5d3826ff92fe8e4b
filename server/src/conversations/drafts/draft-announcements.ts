/**
 * Announcements of changed drafts to their authors, by a NOTIFY in the statement of the change. They are no events:
 * events are stored and reach everyone in the mailbox, while only other windows of the author show the content.
 */
import { sql, type QueryCreator, type RawBuilder } from 'kysely'
import type { Database, Schema } from '../../database/index.ts'
import type { DraftId } from '../../kernel/ids.ts'

/** Minimum time between announcements of one draft, whose composer saves after each pause in typing. */
export const ANNOUNCED_EVERY_MS = 10_000

const CHANNEL = 'drafts'

/** Content or attachments of a draft have changed, and can change again within {@link ANNOUNCED_EVERY_MS} unannounced. */
export interface DraftChange {
  draftId: DraftId
  authorId: string
  /** Version that was saved; absent for a change of attachments, which keeps the version. */
  version?: number
}

/** Gets undefined after a lost connection, when changes may have been missed. */
export type DraftChangeListener = (change: DraftChange | undefined) => void

/** Subscribes to changes on every server. */
export function listenForDraftChanges(database: Database, listener: DraftChangeListener): Promise<() => Promise<void>> {
  return database.listen(CHANNEL, (payload) =>
    listener(payload === undefined ? undefined : (JSON.parse(payload) as DraftChange)),
  )
}

/** The part `due` of a WITH: the draft, when a change of it is to be announced. It sees the draft before the change. */
export function whenDue(parts: QueryCreator<Schema>, id: DraftId, now: Date) {
  return parts
    .selectFrom('drafts')
    .select('id')
    .where('id', '=', id)
    .where((eb) => eb.or([eb('announced_at', 'is', null), eb('announced_at', '<=', oneIntervalBefore(now))]))
}

/** Value of `announced_at` in the update of the change. */
export function announcedAt(now: Date): RawBuilder<Date> {
  return sql`CASE WHEN announced_at > ${oneIntervalBefore(now)} THEN announced_at ELSE ${now} END`
}

/** Announces the change to the rows that it returned, if the draft is `due`. */
export function announced({ withVersion = false } = {}): RawBuilder<unknown> {
  const change = sql`json_build_object('draftId', id, 'authorId', author_id${withVersion ? sql`, 'version', version` : sql``})`
  return sql`(SELECT pg_notify(${CHANNEL}, ${change}::text) FROM due)`
}

function oneIntervalBefore(now: Date): Date {
  return new Date(now.getTime() - ANNOUNCED_EVERY_MS)
}
