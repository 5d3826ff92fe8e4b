import type { Database } from '../../src/database/index.ts'
import { createTestClock, storeEmailAccount, withClient } from '../kit/index.ts'

/** Characters with a meaning in the text format of COPY, and a line like its end. */
export const HARD_TEXT = 'tab\t new\nline\r\n\\.\n\\N back\\slash ü 漢 🙂 \u0001 {"a":1}'

/** Stores rows in tables of every kind: generated and identity columns, triggers, partitions, large values. */
export async function storeHardData(database: Database): Promise<void> {
  const { db, pool } = database
  const clock = createTestClock('2026-05-04T10:00:00Z')
  const { id: account } = await storeEmailAccount(database, clock)
  const now = clock.now()
  for (const [month, from, to] of [
    ['2000_01', 'MINVALUE', `'2000-02-01 00:00+00'`],
    ['2026_04', `'2026-04-01 00:00+00'`, `'2026-05-01 00:00+00'`],
    ['2026_05', `'2026-05-01 00:00+00'`, `'2026-06-01 00:00+00'`],
    ['2100_01', `'2100-01-01 00:00+00'`, 'MAXVALUE'],
  ]) {
    // As `conversations` creates them.
    await pool.query(`CREATE TABLE search_entries_${month} (LIKE search_entries INCLUDING ALL)`)
    await pool.query(
      `ALTER TABLE search_entries ATTACH PARTITION search_entries_${month} FOR VALUES FROM (${from}) TO (${to})`,
    )
  }
  await pool.query(
    `INSERT INTO conversations (id, email_account_id, subject, status, participants, preview, unread, message_count,
       last_message_at, created_at, tag_ids, snoozed_until, woken_at)
     SELECT gen_random_uuid(), $1, $2 || n, CASE n % 3 WHEN 0 THEN 'snoozed' ELSE 'open' END, '[{"a":"\\u00fc"}]', '', false, 1, $3, $3,
       ARRAY[gen_random_uuid()], CASE n % 3 WHEN 0 THEN $3::timestamptz END, CASE n % 2 WHEN 0 THEN $3::timestamptz + interval '0.000001 s' END
     FROM generate_series(1, 300) AS n`,
    [account, HARD_TEXT, now],
  )
  await pool.query(
    `INSERT INTO messages (id, email_account_id, conversation_id, message_key, remote_id, presence, direction,
       in_reply_to, reference_ids, subject, to_addresses, cc_addresses, bcc_addresses, reply_to_addresses, received_at,
       flags, unread, preview, body_type, body, has_attachments, imported, created_at)
     SELECT gen_random_uuid(), email_account_id, id, sha256(id::text::bytea), id, 'present', 'in', ARRAY['a"b', NULL, ''], '{}', $1, '[]', '[]',
       '[]', '[]', $2, '{}', false, '', 'text', repeat($1, 200), false, false, $2 FROM conversations`,
    [HARD_TEXT, now],
  )
  await pool.query(
    `INSERT INTO search_entries (message_id, email_account_id, received_at, search)
     SELECT gen_random_uuid(), $1, at, to_tsvector('simple', $2)
     FROM unnest(ARRAY['1970-01-01', '2026-04-30 23:59:59.999999+00', '2026-05-01', '2150-01-01']::timestamptz[]) AS at`,
    [account, HARD_TEXT],
  )
  // Larger than every buffer on its way.
  const large = Buffer.alloc(3_000_000, Buffer.from([0, 10, 92, 46, 10, 255]))
  await pool.query(`INSERT INTO message_sources SELECT id, 'zstd', $1, $2 FROM messages ORDER BY id LIMIT 2`, [
    large.length,
    large,
  ])
  await pool.query(`SELECT append_event('message.stored', $1, 'x', '{"n":1.50}', $2) FROM generate_series(1, 50)`, [
    account,
    now,
  ])
  await db.insertInto('database_epochs').values({ id: account, counter: 7, at: now }).execute()
}

/** Definitions of all columns, constraints, indexes and triggers. */
export async function schemaOf(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ line: string }>(
      `SELECT line FROM (
         SELECT attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod) || attnotnull || attgenerated::text || attidentity::text || attstorage::text AS line
           FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relkind IN ('r', 'p') AND attnum > 0 AND relnamespace = 'public'::regnamespace
         UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid) || convalidated
           FROM pg_constraint WHERE connamespace = 'public'::regnamespace
         UNION ALL SELECT pg_get_indexdef(indexrelid) || indisvalid || coalesce(inhparent::regclass::text, '') FROM pg_index
           JOIN pg_class ON pg_class.oid = indexrelid LEFT JOIN pg_inherits ON inhrelid = indexrelid WHERE relnamespace = 'public'::regnamespace
         UNION ALL SELECT pg_get_triggerdef(pg_trigger.oid) || tgenabled::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
           WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
         UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
       ) AS lines ORDER BY line`,
    )
    return rows.map(({ line }) => line)
  })
}

/** URL of a database with another parameter. */
export function withParameter(url: string, parameter: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${parameter}`
}
