import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import { toSyncedFolder, type StoredFolder, type SyncedFolder } from '../../email-accounts/index.ts'
import { createBatches } from '../../kernel/batches.ts'
import type { EmailAccountId, FolderId } from '../../kernel/ids.ts'
import type { Cursor } from '../../transports/index.ts'

/** Position in a folder at the start of a run. */
export interface FolderPosition {
  /** Undefined if the folder has to be read from the start. */
  cursor: Cursor | undefined
  /** True while messages are missing that a check has listed. */
  hasMissed: boolean
  /** Completeness of the folder as stored; that of the mailbox can be later. */
  completeUpTo: Date | undefined
}

/** State of a mailbox at the start of a run. */
export interface RoundStart {
  /** Stored folders by name. */
  folders: SyncedFolder[]
  positions: Map<FolderId, FolderPosition>
  /** Monotonic time before the query, in milliseconds. */
  readAt: number
  /** Time of the next try of a message that could not be stored; undefined if there is none. */
  unfiledDueAt: Date | undefined
  /** True if messages left a folder and were not met elsewhere yet. */
  hasUnconfirmed: boolean
  /** Change-notification subscription at Graph. */
  subscription: StoredSubscription | undefined
}

export interface StoredSubscription {
  remoteId: string
  expiresAt: Date
  renewAt: Date
  lifecycleEvent: string | null
}

export type ReadRoundStart = (id: EmailAccountId) => Promise<RoundStart>

interface StartRow {
  id: EmailAccountId
  folders: (StoredFolder & { cursor: Cursor | null; has_missed: boolean; complete_up_to: string | null })[]
  unfiled_due_at: Date | null
  has_unconfirmed: boolean
  subscription: { remote_id: string; expires_at: string; renew_at: string; lifecycle_event: string | null } | null
}

/**
 * Reads what a run needs before its first request to the server. Runs that start together share one statement. It starts
 * after their claims, so it includes late writes of an earlier run, which has no write access since.
 */
export function createRoundStart({ db }: Pick<Database, 'db'>): ReadRoundStart {
  return createBatches(
    async (ids: readonly EmailAccountId[]) => {
      const readAt = performance.now()
      const { rows } = await sql<StartRow>`
        SELECT id,
          (SELECT coalesce(jsonb_agg(to_jsonb(folders) || jsonb_build_object('sync_state', jsonb_build_object(
              'imported', imported, 'importedCount', imported_count, 'completeUpTo', state.complete_up_to),
              'cursor', cursor, 'has_missed', missed_ids <> '{}', 'complete_up_to', state.complete_up_to)
              ORDER BY folders.name), '[]')
            FROM folders JOIN folder_sync_states AS state ON folder_id = folders.id
            WHERE email_account_id = wanted.id) AS folders,
          (SELECT min(coalesce(next_try_at, at)) FROM unfiled_messages
            WHERE email_account_id = wanted.id) AS unfiled_due_at,
          EXISTS (SELECT FROM messages
            WHERE email_account_id = wanted.id AND presence = 'unconfirmed') AS has_unconfirmed,
          (SELECT jsonb_build_object('remote_id', remote_id, 'expires_at', expires_at, 'renew_at', renew_at,
              'lifecycle_event', lifecycle_event)
            FROM graph_subscriptions WHERE email_account_id = wanted.id) AS subscription
        FROM unnest(${[...ids]}::uuid[]) AS wanted(id)`.execute(db)
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => ({ ...toRoundStart(byId.get(id)!), readAt }))
    },
    { gathers: true },
  )
}

function toRoundStart({ folders, unfiled_due_at: dueAt, has_unconfirmed: hasUnconfirmed, subscription }: StartRow) {
  return {
    subscription: subscription
      ? {
          remoteId: subscription.remote_id,
          expiresAt: new Date(subscription.expires_at),
          renewAt: new Date(subscription.renew_at),
          lifecycleEvent: subscription.lifecycle_event,
        }
      : undefined,
    folders: folders.map(toSyncedFolder),
    positions: new Map(folders.map((row) => [row.id, toPosition(row)])),
    unfiledDueAt: dueAt ?? undefined,
    hasUnconfirmed,
  }
}

function toPosition({
  cursor,
  has_missed: hasMissed,
  complete_up_to: at,
}: StartRow['folders'][number]): FolderPosition {
  return { cursor: cursor ?? undefined, hasMissed, completeUpTo: at === null ? undefined : new Date(at) }
}
