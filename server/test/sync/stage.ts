import { sql } from 'kysely'
import { pino } from 'pino'
import {
  createConversations,
  type Conversations,
  type ErasureSeals,
  type SearchIndex,
} from '../../src/conversations/index.ts'
import type { Database } from '../../src/database/index.ts'
import { createEmailAccounts, type EmailAccount, type EmailAccounts } from '../../src/email-accounts/index.ts'
import { createEvents, type Events } from '../../src/events/index.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { EmailAccountId } from '../../src/kernel/ids.ts'
// Imported directly instead of from the test kit's index, because a worker process that runs no tests uses this file.
import { storeGrant } from '../kit/stored-email-account.ts'
import type { MailTransport } from '../../src/transports/index.ts'
import { pushSettings } from '../../src/sync/notifications/push-settings.ts'
import type { StrictFolderServer } from './strict-folder-server.ts'
import { createSyncStates } from '../../src/sync/sync-states.ts'
import { createSync, type Sync, type SyncDeps } from '../../src/sync/sync.ts'

/** Test environment: the rooms of one process on a database, with the mail servers of the test. */
export interface Stage {
  events: Events
  emailAccounts: EmailAccounts
  conversations: Conversations & { searchIndex: SearchIndex }
  sync: Sync
  /** Transports by address. */
  transports: Map<string, MailTransport>
  /** Associates the mailbox that `transport` connects to. */
  associate: (address: string, transport: MailTransport, more?: { folders?: string[] }) => Promise<EmailAccount>
}

export function createStage(
  database: Database,
  clock: Clock,
  transports: Map<string, MailTransport>,
  pushFor = async () =>
    pushSettings({
      publicUrl: new URL('http://localhost'),
      kind: 'user',
      principal: { kind: 'grant' },
      allowsHttpLoopback: false,
    }),
  limits: Pick<SyncDeps, 'stalledAfterMs' | 'abandonedAfterMs' | 'silentAfterMs' | 'lookDeadlineMs' | 'monotonic'> &
    Partial<Pick<SyncDeps, 'log' | 'shownAccounts' | 'requests'>> & { erasureSeals?: ErasureSeals } = {},
): Stage {
  const events = createEvents(database)
  const conversations = createConversations({ database, clock, events, erasureSeals: limits.erasureSeals })
  const emailAccounts = createEmailAccounts({
    database,
    clock,
    events,
    syncStates: createSyncStates({ clock }),
    transports: {
      canSendBy: () => Promise.resolve(true),
      open: async ({ address, receivesBy }) =>
        transports.get(`${receivesBy ?? ''} ${address}`) ?? transports.get(address)!,
    },
    cloudProviders: { get: () => Promise.reject(new TypeError('no mailbox is opened by an application here')) },
    cloudProviderOf: async (grantId) => {
      const row = await database.db
        .selectFrom('grants')
        .select('cloud_provider_id')
        .where('id', '=', grantId)
        .executeTakeFirstOrThrow()
      return row.cloud_provider_id
    },
    countsOf: (id) => conversations.reading.counts(id),
    unsentOf: () => Promise.resolve({ waiting: 0, unknown: 0, failed: 0 }),
    audit: { record: () => Promise.resolve() },
  })
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' })
  const sync = createSync({
    database,
    clock,
    events,
    emailAccounts,
    conversations,
    log,
    pushFor,
    random: () => 0,
    ...limits,
  })

  async function associate(address: string, transport: MailTransport, { folders }: { folders?: string[] } = {}) {
    transports.set(address, transport)
    const key = await nextKey(database)
    const { grantId } = await storeGrant(database, clock)
    return emailAccounts.associate(
      {
        name: address,
        key,
        address,
        kind: 'user',
        contact: 'admin@contoso.example',
        grantId,
        folderRemoteIds: folders,
      },
      'admin',
    )
  }
  return { events, emailAccounts, conversations, sync, transports, associate }
}

async function nextKey(database: Database): Promise<string> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM email_accounts`.execute(database.db)
  return `K${rows[0]!.n}`
}

export function deliverMany(server: StrictFolderServer, count: number, from = 0): void {
  for (let n = from; n < from + count; n++) {
    server.deliver({
      remoteId: `m${n}`,
      messageId: `m${n}@customer.example`,
      subject: `Number ${n}`,
      receivedAt: new Date(Date.UTC(2025, 11, 20, 0, n)),
      body: { type: 'text', content: `Hello ${n}` },
    })
  }
}

/** Kinds of events of an account. */
export async function listEventKinds(database: Database, id: EmailAccountId): Promise<string[]> {
  const rows = await database.db
    .selectFrom('events')
    .select(['kind', 'subject_id'])
    .where('email_account_id', '=', id)
    .orderBy('id')
    .execute()
  return rows.map(({ kind }) => kind)
}

export function count(list: readonly string[], what: string): number {
  return list.filter((each) => each === what).length
}

/** Messages and conversations of an account, without data that depends on time or order of arrival. */
export async function pictureOf(database: Database, id: EmailAccountId) {
  const rows = await database.db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
    .select([
      'messages.remote_id',
      'messages.presence',
      'messages.flags',
      'messages.direction',
      'conversations.id as conversation',
      'conversations.unread',
      'conversations.message_count',
      'conversations.subject',
      'conversations.last_message_at',
    ])
    .where('messages.email_account_id', '=', id)
    .orderBy('messages.remote_id')
    .execute()
  const names = new Map<string, string>()
  for (const row of rows) if (!names.has(row.conversation)) names.set(row.conversation, row.remote_id)
  return rows.map((row) => ({ ...row, conversation: names.get(row.conversation)! }))
}
