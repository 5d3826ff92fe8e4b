import type { Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { EmailAccountId, GrantId } from '../kernel/ids.ts'

type Db = Kysely<Schema>

/** Figures of one mailbox for monitoring. */
export interface AccountFigures {
  id: EmailAccountId
  key: string
  state: string
  grantId: GrantId | undefined
  /** Last complete read or stored page of an import; before the first one, the time of creation. */
  readAt: Date
  lastSentAt: Date | undefined
  completeUpTo: Date | undefined
  /** Last check past all cursors that found nothing missing. */
  checkedAt: Date | undefined
  checksFailed: number
}

/** One query. */
export async function listAccountFigures(db: Db): Promise<AccountFigures[]> {
  const rows = await accountsIn(db)
    .select([
      'email_accounts.id',
      'key',
      'state',
      'grant_id',
      'created_at',
      'last_read_at',
      'last_sent_at',
      'complete_up_to',
    ])
    .select(['checked_at', 'checks_failed'])
    .execute()
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    state: row.state,
    grantId: row.grant_id ?? undefined,
    readAt: row.last_read_at ?? row.created_at,
    lastSentAt: row.last_sent_at ?? undefined,
    completeUpTo: row.complete_up_to ?? undefined,
    checkedAt: row.checked_at ?? undefined,
    checksFailed: row.checks_failed,
  }))
}

/** Last read of the least recently read mailbox, without paused ones; undefined without mailboxes. One query. */
export async function readOldestProof(db: Db): Promise<Date | undefined> {
  const row = await accountsIn(db)
    .select(({ fn }) => fn.min(fn.coalesce('last_read_at', 'created_at')).as('at'))
    .where('state', '!=', 'paused')
    .executeTakeFirst()
  return row?.at ?? undefined
}

/** Number of active mailboxes that existed at `before` and were not read since. One query. */
export async function countUnread(db: Db, before: Date): Promise<number> {
  const { count } = await accountsIn(db)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', '!=', 'paused')
    .where('created_at', '<', before)
    .where(({ fn }) => fn.coalesce('last_read_at', 'created_at'), '<', before)
    .executeTakeFirstOrThrow()
  return count
}

function accountsIn(db: Db) {
  return db.selectFrom('email_accounts').innerJoin('account_sync_states', 'email_account_id', 'id')
}
