/** Retention of much mail while agents read lists, and the growth of each table with imported mail. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { createControlPanel } from '../proofs/drill/control-panel.ts'
import { startDovecot } from '../mail-servers/index.ts'
import { startEmbeddedPostgres, createDatabase, migrate } from '../server/src/database/index.ts'
import { systemClock } from '../server/src/kernel/clock.ts'
import type { Bench } from './figures.ts'
import { inProcess } from './imap-import.ts'
import { fillWithYears } from './large/fill.ts'
import { fillMailbox } from './mailbox-of-mail.ts'
import { tellPercentiles } from './measure-requests.ts'
import { onStage, type Stage } from './stage.ts'

const MESSAGES = { full: 150_000, quick: 5_000 }
const AGE_DAYS = 30
const HOUR_MS = 60 * 60_000
const ROUND_MS = 11 * 60_000
/** Pause of an agent between two lists. */
const BETWEEN_MS = 20
const LISTS = ['/v1/conversations?limit=50', '/v1/conversations?view=closed&limit=50', '/v1/conversations/counts']

/** Deletes two thirds of 150,000 messages with their sources, beside lists: their p50 and p99 before and meanwhile. */
export async function retention(bench: Bench): Promise<void> {
  await onStage(bench, async (stage) => {
    const messages = bench.quick ? MESSAGES.quick : MESSAGES.full
    await fillWithYears(stage.postkey.place, stage.accountId, messages, bench.say)
    const { database } = stage
    await database.query(`UPDATE conversations SET status = 'closed' WHERE status = 'open' AND snoozed_until IS NULL`)
    await database.query(`INSERT INTO message_sources SELECT id, 'zstd', 5000, sha512(id::text::bytea) FROM messages`)
    await database.query('VACUUM (ANALYZE) conversations, message_sources')
    const before = await listsUntil(stage, 5_000)
    await database.query(`INSERT INTO account_retention (email_account_id, messages_days)
      SELECT id, ${AGE_DAYS} FROM email_accounts`)
    const stored = await countOf(database)
    const controlPanel = await createControlPanel(stage.postkey.sandbox.controlPanel, stage.postkey.address)
    const beganAt = performance.now()
    bench.say(`deleting most of ${stored} messages`)
    await controlPanel.move(HOUR_MS)
    // A round ends after ten minutes; the next one is due an hour later.
    const nextRound = setInterval(() => void controlPanel.move(HOUR_MS), ROUND_MS)
    const meanwhile = await listsUntil(stage, Infinity).finally(() => clearInterval(nextRound))
    const deleted = stored - (await countOf(database))
    const seconds = (performance.now() - beganAt) / 1000
    bench.tell({ name: 'messages deleted by retention', value: deleted, unit: 'messages' })
    bench.tell({ name: 'retention', value: deleted / seconds, unit: '1/s' })
    for (const [n, path] of LISTS.entries()) {
      const each = { each: meanwhile[n]!, plain: before[n]! }
      // The baseline is the same list before.
      tellPercentiles(bench, `${path} during retention`, each)
    }
  })
}

/** Milliseconds of each list, asked in turn for a time, or until retention has reported. */
async function listsUntil({ asker, database }: Stage, forMs: number): Promise<number[][]> {
  const each: number[][] = LISTS.map(() => [])
  const endsAt = performance.now() + forMs
  for (let n = 0; performance.now() < endsAt; n++) {
    const list = n % LISTS.length
    each[list]!.push((await asker.ask(LISTS[list]!)).ms)
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
    if (forMs === Infinity && n % 50 === 0 && (await isReported(database))) break
  }
  return each
}

/** True once every mailbox with old mail has its audit entry. */
async function isReported(database: pg.Client): Promise<boolean> {
  const { rows } = await database.query<{ left: boolean }>(`SELECT EXISTS (SELECT FROM conversations
    JOIN account_retention USING (email_account_id)
    WHERE status = 'closed' AND place = 'inbox' AND listed_at < now() - interval '${AGE_DAYS + 1} days'
      AND merged_into IS NULL) AS left`)
  return !rows[0]!.left
}

async function countOf(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ count: string }>('SELECT count(*) FROM messages')
  return Number(rows[0]!.count)
}

/** Imports letters by IMAP and compares the sizes of all tables, with their indexes and TOAST, per 1,000 messages. */
export async function growth(bench: Bench): Promise<void> {
  const letters = bench.quick ? 1000 : 5000
  const folder = mkdtempSync(join(tmpdir(), 'postkey-bench-'))
  chmodSync(folder, 0o711)
  const user = 'support@contoso.example'
  const dovecot = await startDovecot({ users: { [user]: 'pw' }, extra: 'mail_fsync = never' })
  const postgres = await startEmbeddedPostgres({ dataFolder: folder })
  try {
    await fillMailbox(dovecot, user, letters, new Date())
    const database = await createDatabase(postgres.url)
    await migrate(database, systemClock)
    const before = await sizesOf(database.pool)
    await inProcess('stored-import.ts', [String(dovecot.imapPort), postgres.url, String(letters), user], () => {})
    for (const [table, bytes] of await sizesOf(database.pool)) {
      const grown = (bytes - (before.get(table) ?? 0)) / 1024
      if (grown >= 1) bench.tell({ name: `growth of ${table}`, value: (grown * 1000) / letters, unit: 'kB per 1000 messages' }) // prettier-ignore
    }
    await database.close()
  } finally {
    await postgres.stop()
    await dovecot.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Bytes of each table; partitions of a month count for their table. */
async function sizesOf(pool: Pick<pg.Pool, 'query'>): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; bytes: string }>(`SELECT
    regexp_replace(relname, '_\\d{4}_\\d\\d$', '') AS name, sum(pg_total_relation_size(oid)) AS bytes
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace GROUP BY 1 ORDER BY 2 DESC`)
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]))
}
