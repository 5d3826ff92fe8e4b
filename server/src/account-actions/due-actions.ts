import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../database/index.ts'
import type { EmailAccountId, FolderId, StoredMessageId } from '../kernel/ids.ts'

/** A message with a pending action, and its folders. */
export interface DueAction {
  messageId: StoredMessageId
  /** Message-ID field, without `<>`. */
  rfcMessageId: string | null
  version: number
  remoteId: string
  isGone: boolean
  wantsSeen: boolean | null
  seenPending: boolean
  place: 'home' | 'closed' | 'junk' | 'trash' | null
  movePending: boolean
  home: Folder | null
  /** Folder of the last move. */
  at: Folder | null
  /** Postkey moves it out of Junk or Deleted Items. */
  leavesDiscarded: boolean
  attempts: number
  /** Time of the last change of the wanted state. */
  changedAt: Date
}

export interface Folder {
  id: FolderId
  remoteId: string
}

/** Settings that decide what is done, read by each batch. */
export interface ActiveSettings {
  marksRead: boolean
  movesClosed: boolean
  closedFolder: Folder | null
  movesSpam: boolean
  junkFolder: Folder | null
  movesDeleted: boolean
  trashFolder: Folder | null
}

/** States in which a mailbox can be opened. In all others, actions wait. */
const OPEN = ['importing', 'connected', 'degraded']

export function createDueActions({ db }: Database) {
  /** Mailboxes with due actions, the one that waits longest first. */
  async function accounts(now: Date, limit: number): Promise<EmailAccountId[]> {
    const { rows } = await sql<{ id: EmailAccountId }>`
      SELECT settings.email_account_id AS id FROM account_action_settings AS settings
        JOIN email_accounts ON email_accounts.id = settings.email_account_id
        CROSS JOIN LATERAL (SELECT due_at FROM account_actions
          WHERE email_account_id = settings.email_account_id AND due_at <= ${now} ORDER BY due_at LIMIT 1) AS first
      WHERE state = ANY(${OPEN}) AND (held_until IS NULL OR held_until <= ${now})
        AND (claimed_until IS NULL OR claimed_until <= ${now})
      ORDER BY first.due_at LIMIT ${limit}`.execute(db)
    return rows.map(({ id }) => id)
  }

  /** Takes or renews the lease of a mailbox. */
  async function claim(
    id: EmailAccountId,
    worker: string,
    now: Date,
    until: Date,
  ): Promise<ActiveSettings | undefined> {
    // The newest of several: the server may have created its folder of a role again.
    const folder = (condition: RawBuilder<unknown>) =>
      sql`(SELECT jsonb_build_object('id', folders.id, 'remoteId', remote_id) FROM folders WHERE ${condition}
        ORDER BY folders.id DESC LIMIT 1)`
    const ofRole = (role: string) => folder(sql`folders.email_account_id = ${id} AND role = ${role}`)
    const { rows } = await sql<ActiveSettings>`
      UPDATE account_action_settings SET claimed_by = ${worker}, claimed_until = ${until}
      WHERE email_account_id = ${id} AND (claimed_until IS NULL OR claimed_until <= ${now} OR claimed_by = ${worker})
        AND (held_until IS NULL OR held_until <= ${now})
      RETURNING marks_read AS "marksRead", moves_closed AS "movesClosed", moves_spam AS "movesSpam",
        moves_deleted AS "movesDeleted", ${folder(sql`folders.id = closed_folder_id`)} AS "closedFolder",
        ${ofRole('junk')} AS "junkFolder", ${ofRole('trash')} AS "trashFolder"`.execute(db)
    return rows[0]
  }

  async function release(id: EmailAccountId, worker: string): Promise<void> {
    await db
      .updateTable('account_action_settings')
      .set({ claimed_by: null, claimed_until: null })
      .where('email_account_id', '=', id)
      .where('claimed_by', '=', worker)
      .execute()
  }

  async function list(id: EmailAccountId, now: Date, limit: number): Promise<DueAction[]> {
    const folder = (alias: string) =>
      sql`CASE WHEN ${sql.ref(alias)}.id IS NOT NULL
        THEN jsonb_build_object('id', ${sql.ref(alias)}.id, 'remoteId', ${sql.ref(alias)}.remote_id) END`
    const { rows } = await sql<DueAction>`
      SELECT action.message_id AS "messageId", messages.message_id AS "rfcMessageId", version,
        messages.remote_id AS "remoteId", presence = 'gone' AS "isGone",
        wants_seen AS "wantsSeen", seen_pending AS "seenPending", place, move_pending AS "movePending", attempts,
        changed_at AS "changedAt",
        ${folder('home')} AS home, ${folder('latest')} AS at,
        coalesce(CASE WHEN latest.id IS NULL THEN home.role ELSE latest.role END IN ('junk', 'trash'), false)
          AS "leavesDiscarded"
      FROM account_actions AS action JOIN messages ON messages.id = action.message_id
        LEFT JOIN folders AS home ON home.id = home_folder_id
        LEFT JOIN folders AS latest ON latest.id = at_folder_id
      WHERE action.email_account_id = ${id} AND due_at <= ${now}
      ORDER BY due_at, action.message_id LIMIT ${limit}`.execute(db)
    return rows
  }

  return { accounts, claim, release, list }
}
