import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import { extendProofs, type EmailAccount } from '../../email-accounts/index.ts'
import { createBatches } from '../../kernel/batches.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { EmailAccountId, FolderId } from '../../kernel/ids.ts'
import type { Cursor } from '../../transports/index.ts'
import type { Lease } from './leases.ts'

/** Time that a result waits for those of other runs. A notification during that time waits for it, too. */
const GATHER_MS = 25
/** Maximum age of the stored cursor and completeness of a folder without news. */
const STORED_WITHIN_MS = 30 * 60_000

interface QuietRound {
  id: EmailAccountId
  fence: number
  wakes: number
  dueAt: Date
  completeUpTo: Date
  folders: { id: FolderId; cursor: Cursor; completeUpTo: Date }[]
}

export type QuietRounds = ReturnType<typeof createQuietRounds>

/**
 * Stores the results of runs without news, those of many mailboxes in one statement: due time, completeness, proof of the
 * read.
 *
 * The statement checks the fencing token of each lease, like {@link Leases.write}. It doesn't wait for locked rows, so one
 * busy mailbox delays no other, and nothing deadlocks. A folder whose row is locked keeps its stored cursor.
 */
export function createQuietRounds({ database, clock }: { database: Database; clock: Clock }) {
  const store = createBatches(
    async (rounds: readonly QuietRound[]) => {
      const now = clock.now()
      const folders = rounds.flatMap(({ id, folders }) => folders.map((folder) => ({ ...folder, accountId: id })))
      const { rows } = await database.oneStatement((db) =>
        sql<{ id: EmailAccountId }>`
        WITH item AS MATERIALIZED (
          SELECT * FROM jsonb_to_recordset(${JSON.stringify(rounds)}::jsonb)
            AS item(id uuid, fence bigint, wakes integer, "dueAt" timestamptz, "completeUpTo" timestamptz)),
        held AS MATERIALIZED (
          SELECT item.*, state.wakes <> item.wakes AS is_woken
          FROM item JOIN account_sync_states AS state ON state.email_account_id = item.id
            JOIN email_accounts ON email_accounts.id = item.id
          WHERE state.fence = item.fence AND state.attempts = 0 AND state.next_try_at IS NULL
            AND email_accounts.state = 'connected' AND email_accounts.state_upstream IS NULL
          FOR NO KEY UPDATE OF state SKIP LOCKED),
        proven AS (${extendProofs(sql`held`, now)}),
        stored AS (
          UPDATE account_sync_states AS state SET last_read_at = ${now}::timestamptz,
            complete_up_to = held."completeUpTo",
            due_at = CASE WHEN held.is_woken THEN ${now}::timestamptz ELSE held."dueAt" END
          FROM held JOIN proven ON proven.id = held.id
          WHERE state.email_account_id = held.id RETURNING state.email_account_id AS id),
        read AS MATERIALIZED (
          SELECT item.* FROM jsonb_to_recordset(${JSON.stringify(folders)}::jsonb)
            AS item(id uuid, "accountId" uuid, cursor jsonb, "completeUpTo" timestamptz)
            JOIN stored ON stored.id = item."accountId"
            JOIN folder_sync_states AS folder ON folder.folder_id = item.id
          FOR NO KEY UPDATE OF folder SKIP LOCKED),
        moved AS (
          UPDATE folder_sync_states AS folder SET cursor = read.cursor, complete_up_to = read."completeUpTo"
          FROM read WHERE folder.folder_id = read.id)
        SELECT id FROM stored`.execute(db),
      )
      const stored = new Set(rows.map(({ id }) => id))
      return rounds.map(({ id }) => stored.has(id))
    },
    { gatherMs: GATHER_MS },
  )

  /**
   * Stores the result of a run in which all synced folders were read to their ends without news.
   *
   * @returns false without any effect if the account is not healthy, its lease is lost, or its row is locked: store the
   *   result by {@link Leases.write} then
   */
  async function finish(lease: Lease, dueAt: Date): Promise<boolean> {
    const { account, fence, wakes, start } = lease
    const synced = start.folders.filter((folder) => folder.synced)
    const reads = synced.map(({ id }) => lease.quiet.get(id))
    if (!isHealthy(account) || reads.length === 0 || !reads.every((read) => read !== undefined)) return false
    const completeUpTo = new Date(Math.min(...reads.map(({ askedAt }) => askedAt.getTime())))
    const outdated = clock.now().getTime() - STORED_WITHIN_MS
    const folders = [...lease.quiet].flatMap(([id, { cursor, isToStore, storedUpTo, askedAt }]) =>
      isToStore || storedUpTo.getTime() <= outdated ? [{ id, cursor, completeUpTo: askedAt }] : [],
    )
    return store({ id: account.id, fence, wakes, dueAt, completeUpTo, folders })
  }

  return { finish }
}

/** True if a successful run changes nothing in the state of the account. */
function isHealthy({ state, reason, said, attempts, nextTryAt }: EmailAccount): boolean {
  return (
    state === 'connected' && reason === undefined && said === undefined && attempts === 0 && nextTryAt === undefined
  )
}
