import { pino } from 'pino'
import { createConversations } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import { createEmailAccounts } from '../email-accounts/index.ts'
import { createEvents } from '../events/index.ts'
import {
  newId,
  type CloudProviderId,
  type ConversationId,
  type EmailAccountId,
  type FolderId,
  type GrantId,
} from '../kernel/ids.ts'
import type { RemoteMessage } from '../mail/index.ts'
import { createTestClock, type TestDatabase } from '../test-kit/index.ts'
import { countUnsent } from './count-unsent.ts'
import { createDelivery } from './delivery.ts'
import { createOutbox, LEASE_MS, type Outbox } from './outbox.ts'
import { createSentMailHook } from './sent-mail.ts'
import { StrictMailServer } from './strict-mail-server-for-test.ts'
import type { Submission, SubmissionContent, SubmissionRequest } from './submission.ts'
import { createSubmissionDesk } from './submissions.ts'

export const silent = pino({ level: 'silent' })

/** An outbox over a real database, whose steps can be broken at every boundary, and a mailbox that objects. */
export async function outboxForTest(database: TestDatabase, { kind = 'shared' }: { kind?: 'shared' | 'user' } = {}) {
  // What an earlier test left is not this one's to send.
  await database.db.deleteFrom('submissions').execute()
  const clock = createTestClock('2026-03-01T09:00:00Z')
  const server = new StrictMailServer(clock)
  const events = createEvents(database)
  const conversations = createConversations({ database, clock, events })
  const emailAccounts = createEmailAccounts({
    database,
    clock,
    events,
    transports: { of: () => Promise.resolve(server.transport()) },
    cloudProviderOf: () => Promise.reject(new TypeError('nothing is associated here')),
    // Whatever admins do is told to the audit list of `people`, which this room does not know.
    audit: { record: () => Promise.resolve() },
    countsOf: (id) => conversations.countsOf(id),
    unsentOf: countUnsent,
  })
  const outbox = createOutbox({ database, clock, events })
  conversations.onSentMail(createSentMailHook({ outbox, clock }))
  const deps = { database, clock, emailAccounts, conversations }
  const submissions = createSubmissionDesk({ ...deps, outbox })
  const breakable: Outbox = {
    ...outbox,
    async save(...args) {
      await server.suffer(processFault(server.faults.at('before store')))
      const row = await outbox.save(...args)
      await server.suffer(processFault(server.faults.at('after store')))
      return row
    },
  }
  const delivery = createDelivery({ ...deps, outbox: breakable })
  const emailAccountId = await insertAccount(database, { kind, createdAt: clock.now() })
  let requests = 0

  async function submit(
    request: Partial<Omit<SubmissionRequest, 'content'>> & { content?: Partial<SubmissionContent> } = {},
  ) {
    const content = { ...LETTER, ...request.content }
    const idempotencyKey = `key-${++requests}`
    return submissions.submit({ emailAccountId, idempotencyKey, submittedBy: 'ben', ...request, content })
  }

  /** One claim of one worker, as far as it goes; a worker that died or stands still counts as done. */
  async function workOnce(worker = 'worker-1'): Promise<boolean> {
    const row = await outbox.claim(worker)
    if (!row) return false
    const stalledBefore = server.stalled
    const [deadBefore, overBefore] = [server.dead, over]
    const work = delivery.deliver(row).then(
      () => 'done',
      (error: unknown) => error,
    )
    void work.then(() => over++)
    await until(() => over > overBefore || server.stalled > stalledBefore || server.dead > deadBefore)
    outcomes.push(work)
    return true
  }
  /** How each claim ended: `done`, or what was thrown. Those of the dead never do. */
  const outcomes: Promise<unknown>[] = []
  let over = 0

  /** Those who stood still go on until they are done, die, or stand still again. */
  async function release(): Promise<void> {
    server.release()
    await until(() => over + server.dead + server.stalled === outcomes.length)
  }

  /** A customer's message, as sync would file it. */
  async function receive(message: Partial<RemoteMessage>): Promise<ConversationId> {
    const account = await emailAccounts.get(emailAccountId)
    const filed = await database.transaction((tx) =>
      conversations.file(tx, account, { ...FROM_CUSTOMER, receivedAt: clock.now(), ...message, partial: false }),
    )
    return filed!.conversationId
  }

  /** Sync meets Sent Items. */
  async function syncSent(): Promise<void> {
    const account = await emailAccounts.get(emailAccountId)
    for (const copy of server.sentCopies()) {
      await database.transaction((tx) => conversations.file(tx, account, copy))
    }
  }

  /** Works and lets time pass until nothing is due any more within a day. */
  async function settle(workers: readonly string[] = ['worker-1']): Promise<void> {
    for (let rounds = 0; rounds < 200; rounds++) {
      let worked = false
      for (const worker of workers) worked = (await workOnce(worker)) || worked
      if (worked) continue
      const next = await outbox.nextDueAt()
      if (!next) return
      clock.set(new Date(Math.max(next.getTime(), clock.now().getTime() + 1)))
    }
    throw new Error('the outbox does not come to rest')
  }

  const kindsOf = async (submission: Submission) => {
    const rows = await database.db
      .selectFrom('events')
      .select('kind')
      .where('subject_id', '=', submission.id)
      .orderBy('id')
      .execute()
    return rows.map(({ kind: each }) => each)
  }

  return {
    ...{ database, clock, server, events, conversations, emailAccounts, outbox, delivery, submissions },
    ...{ emailAccountId, submit, workOnce, receive, syncSent, settle, kindsOf, outcomes, release },
    LEASE_MS,
  }
}

const processFault = (fault: ReturnType<StrictMailServer['faults']['at']>) =>
  fault === 'kill' || fault === 'stall' ? fault : undefined

/** Polls the event loop, not the clock: the database answers when it answers. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

export const LETTER: SubmissionContent = {
  to: [{ name: 'Carla', address: 'carla@customer.example' }],
  cc: [],
  bcc: [],
  subject: 'Re: Broken kettle',
  text: 'We send you a new one.',
  attachments: [],
}

const FROM_CUSTOMER: RemoteMessage = {
  partial: false,
  remoteId: 'inbox-1',
  folderRemoteId: 'inbox',
  messageId: 'question-1@customer.example',
  inReplyTo: [],
  references: ['first@customer.example'],
  remoteConversationId: undefined,
  subject: 'Broken kettle',
  from: { name: 'Carla', address: 'carla@customer.example' },
  sender: undefined,
  to: [{ name: '', address: 'support@contoso.example' }],
  cc: [],
  bcc: [],
  replyTo: [],
  sentAt: undefined,
  receivedAt: new Date(0),
  flags: [],
  preview: 'It does not boil.',
  body: { type: 'text', content: 'It does not boil.' },
  hasAttachments: false,
  headers: [],
}

async function insertAccount(
  { db }: Database,
  { kind, createdAt }: { kind: 'shared' | 'user'; createdAt: Date },
): Promise<EmailAccountId> {
  const [providerId, grantId, accountId] = [newId<CloudProviderId>(), newId<GrantId>(), newId<EmailAccountId>()]
  const tenantId = newId()
  await db
    .insertInto('encryption_keys')
    .values({ key_id: 'k1', check_value: Buffer.from('k'), created_at: createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await db
    .insertInto('cloud_providers')
    .values({
      ...{ id: providerId, name: 'Contoso', service: 'microsoft-azure', type: 'outlook365', cloud: 'global' },
      ...{ account_types: 'single-tenant', tenant_id: tenantId, client_id: newId(), contact: 'ada@contoso.example' },
      ...{ state_since: createdAt, created_at: createdAt },
    })
    .execute()
  await db
    .insertInto('grants')
    .values({
      ...{ id: grantId, cloud_provider_id: providerId, tenant_id: tenantId, object_id: newId() },
      ...{ user_name: 'anna@contoso.example', display_name: 'Anna', scopes_wanted: [], scopes_granted: [] },
      ...{ refresh_token: Buffer.from('r'), key_id: 'k1', refresh_token_at: createdAt, created_at: createdAt },
    })
    .execute()
  await db
    .insertInto('email_accounts')
    .values({
      ...{ id: accountId, key: keyOf(accountId), name: 'Contoso Support', address: 'support@contoso.example', kind },
      ...{ contact: 'ada@contoso.example', cloud_provider_id: providerId, grant_id: grantId, receives_by: 'graph' },
      ...{ sends_by: 'graph', import_from: createdAt, state: 'connected', state_since: createdAt, due_at: createdAt },
      created_at: createdAt,
    })
    .execute()
  for (const role of ['inbox', 'sent', 'drafts']) {
    await db
      .insertInto('folders')
      .values({
        ...{ id: newId<FolderId>(), email_account_id: accountId, remote_id: role === 'sent' ? 'sentitems' : role },
        ...{ name: role, role, synced: role !== 'drafts' },
      })
      .execute()
  }
  return accountId
}

const keyOf = (id: string) => id.slice(-5).toUpperCase()
