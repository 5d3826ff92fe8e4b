import type pg from 'pg'

const TEXTS = 400
const WORDS_OF_A_TEXT = 350

/**
 * Inserts messages into the database of a Postkey directly: for reading, their origin makes no difference. Texts of
 * some 2.5 kB out of 4,000 words, conversations of three or four messages over a year, one in ten unread or closed.
 */
export async function layMessages(
  database: pg.Client,
  accountId: string,
  { messages, conversations }: { messages: number; conversations: number },
): Promise<void> {
  await database.query(`
    CREATE TEMP TABLE texts AS SELECT n, text, setweight(to_tsvector('simple', text), 'C') AS vector FROM (SELECT n, string_agg('w' || (random() * 4000)::int || CASE WHEN k % 12 = 0 THEN '.' ELSE '' END, ' ') AS text
    FROM generate_series(0, ${TEXTS - 1}) n, generate_series(1, ${WORDS_OF_A_TEXT}) k GROUP BY n) AS drawn`)
  await database.query(`
    CREATE TEMP TABLE laid AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, ${conversations - 1}) n`)
  await database.query('CREATE INDEX ON laid (n)')
  await database.query(
    `INSERT INTO conversations (id, email_account_id, subject, status, participants, preview, unread, message_count,
       last_message_at, created_at)
     SELECT id, $1, 'Order ' || n, CASE WHEN n % 10 = 0 THEN 'closed' ELSE 'open' END,
       jsonb_build_array(jsonb_build_object('name', 'Customer ' || n % 5000, 'address', 'c' || n % 5000 || '@customer.example')),
       'Good morning, about order ' || n, n % 10 = 1, 0, timestamptz '2025-11-01' - n * interval '8 minutes', now()
     FROM laid`,
    [accountId],
  )
  await database.query(
    `INSERT INTO messages (id, email_account_id, conversation_id, message_key, remote_id, presence, message_id, direction,
       subject, from_address, to_addresses, cc_addresses, bcc_addresses, reply_to_addresses, in_reply_to, reference_ids,
       remote_conversation_id, sent_at, received_at, flags, unread, preview, body_type, body, has_attachments, imported,
       created_at, search)
     SELECT gen_random_uuid(), $1, laid.id, decode(md5('m' || i), 'hex'), 'laid-' || i, 'present', 'laid-' || i || '@customer.example',
       CASE WHEN i / $3 % 2 = 0 THEN 'in' ELSE 'out' END, 'Order ' || laid.n,
       jsonb_build_object('name', 'Customer ' || laid.n % 5000, 'address', 'c' || laid.n % 5000 || '@customer.example'),
       '[]', '[]', '[]', '[]', '{}', '{}', 'thread-' || laid.n, NULL,
       timestamptz '2025-11-01' - laid.n * interval '8 minutes' - i / $3 * interval '1 hour', '{seen}',
       laid.n % 10 = 1 AND i < $3, 'Good morning, about order ' || laid.n, 'html', '<p>' || text || '</p>', false, true, now(),
       setweight(to_tsvector('simple', 'Order ' || laid.n), 'A') || vector
     FROM generate_series(0, $2::int - 1) i JOIN laid ON laid.n = i % $3::int JOIN texts ON texts.n = i % ${TEXTS}`,
    [accountId, messages, conversations],
  )
  await database.query(
    `UPDATE conversations SET message_count = (SELECT count(*) FROM messages WHERE conversation_id = conversations.id)
     WHERE email_account_id = $1`,
    [accountId],
  )
  await database.query('DROP TABLE texts, laid')
  // Autovacuum does this some minutes after so many writes.
  await database.query('VACUUM ANALYZE conversations')
  await database.query('VACUUM ANALYZE messages')
  // It would be written out over the next minutes, beside what is measured.
  await database.query('CHECKPOINT')
}
