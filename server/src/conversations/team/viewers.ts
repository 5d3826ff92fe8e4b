import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'

export type ViewerActivity = 'viewing' | 'writing'

export interface Viewer {
  /** Author as in notes and drafts: a person, or `api-key:…`. */
  viewer: string
  activity: ViewerActivity
  since: Date
  /** End of the presence without another report. No change is announced then, so readers list the viewers again. */
  expiresAt: Date
}

/** Someone began or stopped viewing or writing. */
export interface ViewersChange {
  conversationId: ConversationId
  emailAccountId: EmailAccountId
}

export interface Viewers {
  /**
   * Reports that a conversation is open, valid for {@link VIEWER_LIFETIME_MS}; report again before that. One statement,
   * plus a NOTIFY if something changed.
   *
   * @returns the other viewers
   */
  report(id: ConversationId, viewer: string, activity: ViewerActivity): Promise<Viewer[]>
  leave(id: ConversationId, viewer: string): Promise<void>
  /** Returns all viewers except `except`. */
  list(id: ConversationId, except: string): Promise<Viewer[]>
  /**
   * Subscribes to changes on every server. The listener gets undefined after a lost connection, when changes may have
   * been missed.
   */
  onChange(listener: (change: ViewersChange | undefined) => void): Promise<() => Promise<void>>
}

/** Lifetime of a report. The viewer of a crashed browser disappears after this time. */
export const VIEWER_LIFETIME_MS = 30_000

const CHANNEL = 'conversation_viewers'
/** Maximum number of expired rows that one report deletes. */
const MOST_CLEARED = 20

/** Presence of viewers: a small table with expiry that all servers share, and a NOTIFY for each change. */
export function createViewers({ database, clock }: { database: Database; clock: Clock }): Viewers {
  const { db } = database

  async function report(id: ConversationId, viewer: string, activity: ViewerActivity): Promise<Viewer[]> {
    const now = clock.now()
    const expiresAt = new Date(now.getTime() + VIEWER_LIFETIME_MS)
    // Every part of the statement sees the table as it was before. A report waits only for its own row and locks it
    // first. The cleanup starts afterwards and skips locked rows. A waiting report holds no lock, so it can't deadlock.
    const { rows } = await database.oneStatement((statement) =>
      sql<{ viewer: string | null; activity: ViewerActivity; since: Date; expires_at: Date }>`
        WITH before AS (
          SELECT FROM conversation_viewers
          WHERE conversation_id = ${id} AND viewer = ${viewer} AND activity = ${activity} AND expires_at > ${now}
        ), reported AS (
          INSERT INTO conversation_viewers AS known (conversation_id, viewer, activity, since, expires_at)
          VALUES (${id}, ${viewer}, ${activity}, ${now}, ${expiresAt})
          ON CONFLICT (conversation_id, viewer) DO UPDATE SET
            activity = excluded.activity,
            expires_at = excluded.expires_at,
            since = CASE WHEN known.activity = excluded.activity AND known.expires_at > ${now}
              THEN known.since ELSE excluded.since END
          RETURNING viewer
        ), expired AS (
          DELETE FROM conversation_viewers WHERE (conversation_id, viewer) IN (
            SELECT conversation_id, viewer FROM conversation_viewers
            WHERE (SELECT count(*) FROM reported) > 0
              AND expires_at <= ${now} AND (conversation_id, viewer) <> (${id}::uuid, ${viewer})
            LIMIT ${MOST_CLEARED} FOR UPDATE SKIP LOCKED)
          RETURNING conversation_id
        ), changed AS (
          SELECT conversation_id AS id FROM expired
          UNION SELECT ${id}::uuid WHERE NOT EXISTS (SELECT FROM before)
        ), told AS (
          SELECT count(${notified(sql`c.id`, sql`c.email_account_id`)}) AS n
          FROM conversations c JOIN changed USING (id)
        ), others AS (
          SELECT viewer, activity, since, expires_at FROM conversation_viewers
          WHERE conversation_id = ${id} AND viewer <> ${viewer} AND expires_at > ${now}
        )
        SELECT others.* FROM told LEFT JOIN others ON told.n >= 0 ORDER BY others.since, others.viewer`.execute(
        statement,
      ),
    )
    return rows.flatMap(({ viewer: other, activity: shown, since, expires_at }) =>
      other === null ? [] : [{ viewer: other, activity: shown, since, expiresAt: expires_at }],
    )
  }

  async function leave(id: ConversationId, viewer: string): Promise<void> {
    await database.oneStatement((statement) =>
      sql`
        WITH gone AS (
          DELETE FROM conversation_viewers WHERE conversation_id = ${id} AND viewer = ${viewer} RETURNING conversation_id)
        SELECT ${notified(sql`c.id`, sql`c.email_account_id`)}
        FROM conversations c JOIN gone ON c.id = gone.conversation_id`.execute(statement),
    )
  }

  async function list(id: ConversationId, except: string): Promise<Viewer[]> {
    return db
      .selectFrom('conversation_viewers')
      .select(['viewer', 'activity', 'since', 'expires_at as expiresAt'])
      .where('conversation_id', '=', id)
      .where('viewer', '<>', except)
      .where('expires_at', '>', clock.now())
      .orderBy('since')
      .orderBy('viewer')
      .execute()
  }

  return {
    report,
    leave,
    list,
    onChange: (listener) =>
      database.listen(CHANNEL, (payload) =>
        listener(payload === undefined ? undefined : (JSON.parse(payload) as ViewersChange)),
      ),
  }
}

/**
 * Ends the presence of all viewers of conversations in a mailbox. Those who still have access report again within seconds.
 */
export async function clearViewers(
  tx: Tx,
  conversationIds: readonly ConversationId[],
  emailAccountId: EmailAccountId,
): Promise<void> {
  await sql`DELETE FROM conversation_viewers WHERE conversation_id = ANY(${conversationIds}::uuid[])`.execute(tx)
  await sql`SELECT ${notified(sql`id`, sql`${emailAccountId}::text`)}
    FROM unnest(${conversationIds}::text[]) AS id`.execute(tx)
}

function notified(id: ReturnType<typeof sql>, account: ReturnType<typeof sql>) {
  return sql`pg_notify(${CHANNEL}, json_build_object('conversationId', ${id}, 'emailAccountId', ${account})::text)`
}
