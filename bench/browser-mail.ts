import type pg from 'pg'

/** Text of a message: some 6 kB of HTML out of 4,000 words, without remote images. */
const WORDS_OF_A_TEXT = 700
const TEXTS = 200

export interface LaidMail {
  /** Conversations by time, newest first: each with its newest message. */
  conversations: { id: string; newest: string }[]
  /** The newest conversation, with 500 messages. */
  long: { id: string; newest: string }
}

/** Adds copies of a mailbox as rows, until there are so many. Nothing syncs them. */
export async function layMailboxes(database: pg.Client, accountId: string, count: number): Promise<void> {
  const { rows } = await database.query<{ column_name: string }>(
    `SELECT column_name FROM information_schema.columns WHERE table_name = 'email_accounts' AND table_schema = current_schema()
       AND column_name NOT IN ('id', 'key', 'address', 'name')`,
  )
  const columns = rows.map(({ column_name }) => column_name).join(', ')
  await database.query(
    `INSERT INTO email_accounts (id, key, address, name, ${columns})
     SELECT gen_random_uuid(), 'B' || n, 'box' || n || '@contoso.example', 'Box ' || n, ${columns}
     FROM email_accounts, generate_series((SELECT count(*)::int FROM email_accounts), $2::int - 1) n WHERE id = $1`,
    [accountId, count],
  )
  await database.query(`
    INSERT INTO account_sync_states (email_account_id, due_at, complete_up_to)
    SELECT id, now() + interval '1 year', now() FROM email_accounts ON CONFLICT DO NOTHING`)
}

/** Lays two messages into each of so many conversations, and 500 into one more. */
export async function layConversations(database: pg.Client, accountId: string, count: number): Promise<LaidMail> {
  await database.query(`
    CREATE TEMP TABLE texts AS SELECT n, '<p>' || string_agg('w' || (random() * 4000)::int || CASE WHEN k % 12 = 0 THEN '.</p><p>' ELSE '' END, ' ') || '</p>' AS text
    FROM generate_series(0, ${TEXTS - 1}) n, generate_series(1, ${WORDS_OF_A_TEXT}) k GROUP BY n`)
  await database.query(`
    CREATE TEMP TABLE laid AS SELECT n, gen_random_uuid() AS id, CASE WHEN n = 0 THEN 500 ELSE 2 END AS messages,
      now() - interval '1 hour' - n * interval '3 minutes' AS at
    FROM generate_series(0, ${count}) n`)
  await database.query(
    `INSERT INTO conversations (id, email_account_id, subject, status, participants, preview, unread, message_count,
       last_message_at, created_at)
     SELECT id, $1, 'Order ' || n, 'open',
       jsonb_build_array(jsonb_build_object('name', 'Customer ' || n % 5000, 'address', 'c' || n % 5000 || '@customer.example')),
       'Good morning, about order ' || n, false, messages, at, now()
     FROM laid`,
    [accountId],
  )
  await database.query(
    `INSERT INTO messages (id, email_account_id, conversation_id, message_key, remote_id, presence, message_id, direction,
       subject, from_address, to_addresses, cc_addresses, bcc_addresses, reply_to_addresses, in_reply_to, reference_ids,
       sent_at, received_at, flags, unread, preview, body_type, body, has_attachments, imported, created_at)
     SELECT gen_random_uuid(), $1, laid.id, decode(md5('b' || laid.n || ' ' || k), 'hex'), 'bench-' || laid.n || '-' || k, 'present',
       'bench-' || laid.n || '-' || k || '@customer.example', CASE WHEN k % 2 = 0 THEN 'in' ELSE 'out' END, 'Order ' || laid.n,
       jsonb_build_object('name', 'Customer ' || laid.n % 5000, 'address', 'c' || laid.n % 5000 || '@customer.example'),
       '[{"name": "Support", "address": "support@contoso.example"}]', '[]', '[]', '[]', '{}', '{}', NULL,
       at - k * interval '10 minutes', '{seen}', false, 'Good morning, about order ' || laid.n, 'html', text, false, true, now()
     FROM laid, generate_series(0, messages - 1) k, texts WHERE texts.n = (laid.n + k) % ${TEXTS}`,
    [accountId],
  )
  const { rows } = await database.query<{ id: string; newest: string }>(
    `SELECT laid.id, (SELECT id FROM messages WHERE conversation_id = laid.id ORDER BY received_at DESC, id DESC LIMIT 1) AS newest
     FROM laid ORDER BY n`,
  )
  await database.query('DROP TABLE texts, laid')
  await database.query('VACUUM ANALYZE conversations')
  await database.query('VACUUM ANALYZE messages')
  await database.query('CHECKPOINT')
  const [long, ...conversations] = rows
  return { conversations, long: long! }
}
