import { sql } from 'kysely'
import { createAudit } from '../../src/audit/index.ts'
import { createConversations } from '../../src/conversations/index.ts'
import type { EmailAccount } from '../../src/email-accounts/index.ts'
import { createEvents } from '../../src/events/index.ts'
import type { ConversationId, EmailAccountId, ErasureId } from '../../src/kernel/ids.ts'
import { createRetention } from '../../src/retention/index.ts'
import {
  createTestClock,
  customerMessage,
  silentLog,
  storeEmailAccount,
  testDatabase,
  testSeals,
} from '../kit/index.ts'

export const ADMIN = 'person:admin'
export const KIM = { name: 'Kim', address: 'kim@customer.example' }
export const SUPPORT = { name: 'Support', address: 'support@contoso.example' }

type Mail = ReturnType<typeof customerMessage>

/** Retention with a mailbox of `SUPPORT`, on a database of its own. */
export async function createErasureStage() {
  const database = await testDatabase()
  const { db } = database
  const clock = createTestClock('2026-03-01T12:00:00Z')
  await sql`INSERT INTO encryption_keys (key_id, check_value, created_at) VALUES ('test', '', now())`.execute(db)
  const events = createEvents(database)
  const conversations = createConversations({ database, clock, events, erasureSeals: testSeals() })
  const emailAccounts = {
    list: async () =>
      (await db.selectFrom('email_accounts').select(['id', 'address', 'aliases']).execute()) as EmailAccount[],
    ignoreMailBefore: () => Promise.resolve(),
  }
  const audit = createAudit(database, clock)
  const hooks: { beforeBatch: () => Promise<void> | void } = { beforeBatch: () => undefined }
  const retention = createRetention({
    ...{ database, clock, audit, events, emailAccounts, mail: conversations.erasure, log: silentLog, days: 90 },
    async pace(batch) {
      await hooks.beforeBatch()
      return batch()
    },
  })
  const { erasures } = retention
  const folders = [{ role: 'inbox', synced: true }, { role: 'sent', synced: true }] as const // prettier-ignore
  const account: EmailAccountId = (
    await storeEmailAccount(database, clock, { address: SUPPORT.address, kind: 'user', folders: [...folders] })
  ).id
  let delivered = 0

  async function erase(addresses: readonly string[]): Promise<ErasureId> {
    const { id } = await erasures.start(addresses, addresses[0]!, ADMIN)
    while (!(await retention.erase())) await erasures.get(id)
    return id
  }

  /** Files a message of the last December. Its Message-ID is `zq<n>@mail.example`. */
  async function deliver(subject: string, more: Partial<Mail> = {}): Promise<Mail> {
    const n = ++delivered
    const message = customerMessage(clock, n, {
      ...{
        remoteId: `m${n}`,
        messageId: `zq${n}@mail.example`,
        remoteConversationId: undefined,
        subject,
        to: [SUPPORT],
      },
      receivedAt: new Date(Date.UTC(2025, 11, 20, 0, n)),
      ...{ preview: subject, body: { type: 'text', content: `${subject} body` } },
      ...more,
    })
    await file(message)
    return message
  }

  function file(message: Mail) {
    const of = { id: account, address: SUPPORT.address, createdAt: clock.now() }
    return database.transaction((tx) => conversations.filing.file(tx, of, message))
  }

  async function conversationOf(subject: string): Promise<ConversationId> {
    const row = db.selectFrom('messages').select('conversation_id').where('subject', '=', subject)
    return (await row.executeTakeFirstOrThrow()).conversation_id
  }

  async function subjects(): Promise<string[]> {
    const rows = await db.selectFrom('messages').select('subject').execute()
    return rows.map(({ subject }) => subject).sort()
  }

  /** Rows with `text` in any table, by table. */
  async function rowsWith(text: string): Promise<Record<string, string[]>> {
    const tables = await sql<{ name: string }>`SELECT relname AS name FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      ORDER BY relname`.execute(db)
    const found: Record<string, string[]> = {}
    for (const { name } of tables.rows) {
      const { rows } = await sql<{ row: string }>`SELECT each::text AS row FROM ${sql.table(name)} AS each
        WHERE each::text ILIKE ${`%${text}%`}`.execute(db)
      if (rows.length > 0) found[name] = rows.map(({ row }) => row)
    }
    return found
  }

  return {
    ...{ database, db, clock, events, conversations, audit, retention, erasures, hooks, account },
    ...{ erase, deliver, file, conversationOf, subjects, rowsWith },
  }
}
