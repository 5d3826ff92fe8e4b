import { sql } from 'kysely'
import { pino } from 'pino'
import { createConversations } from '../../src/conversations/index.ts'
import { createEmailAccounts } from '../../src/email-accounts/index.ts'
import { createEvents } from '../../src/events/index.ts'
import { AppError } from '../../src/kernel/errors.ts'
import type { ConversationId } from '../../src/kernel/ids.ts'
import type { RemoteMessage } from '../../src/mail/index.ts'
import {
  createSyncStates,
  createTestClock,
  storeEmailAccount,
  testSeals,
  type TestClock,
  type TestDatabase,
} from '../kit/index.ts'
import { countUnsent } from '../../src/submission/count-unsent.ts'
import { createAutomaticReplies } from '../../src/submission/automatic-replies.ts'
import type { CopiesBySyncOptions } from '../../src/submission/copies-by-sync.ts'
import { createDelivery } from '../../src/submission/delivery.ts'
import { LEASE_MS } from '../../src/submission/claims.ts'
import { createOutbox, type Outbox } from '../../src/submission/outbox.ts'
import { createSentMailHook } from '../../src/submission/sent-mail.ts'
import { StrictMailServer } from '../kit/strict-mail-server.ts'
import type { Submission, SubmissionContent, SubmissionRequest } from '../../src/submission/submission.ts'
import { createStoredSubmissions } from '../../src/submission/submissions.ts'

export const silent = pino({ level: 'silent' })

/** An outbox over a real database that can be interrupted at every boundary, with a strict mail server. */
export async function outboxForTest<S extends StrictMailServer = StrictMailServer>(
  database: TestDatabase,
  {
    kind = 'shared',
    serverFor = (clock) => new StrictMailServer(clock) as S,
    canSendByGraph = true,
    address = SUPPORT.address,
    copiesBySync = {},
  }: {
    address?: string
    kind?: 'shared' | 'user'
    serverFor?: (clock: TestClock) => S
    canSendByGraph?: boolean
    copiesBySync?: CopiesBySyncOptions
  } = {},
) {
  // Submissions left by an earlier test must not be sent in this one.
  await database.db.deleteFrom('submissions').execute()
  const clock = createTestClock('2026-03-01T09:00:00Z')
  const server = serverFor(clock)
  const events = createEvents(database)
  const conversations = createConversations({ database, clock, events, erasureSeals: testSeals() })
  const emailAccounts = createEmailAccounts({
    database,
    clock,
    events,
    syncStates: createSyncStates({ clock }),
    transports: {
      canSendBy: () => Promise.resolve(canSendByGraph),
      open: () => Promise.resolve(server.transport()),
    },
    cloudProviders: { get: () => Promise.reject(new TypeError('nothing is associated here')) },
    cloudProviderOf: () => Promise.reject(new TypeError('nothing is associated here')),
    // The audit list belongs to `people`, which this room does not depend on.
    audit: { record: () => Promise.resolve() },
    countsOf: (id) => conversations.reading.counts(id),
    unsentOf: countUnsent,
  })
  const outbox = createOutbox({ database, clock })
  conversations.outgoing.onSentMail(createSentMailHook({ outbox, clock }))
  const deps = { database, clock, emailAccounts, conversations }
  conversations.outgoing.onReceivedMail(createAutomaticReplies({ ...deps, outbox, log: silent }))
  const space = { isLow: false }
  const submissions = createStoredSubmissions({
    ...deps,
    outbox,
    requireSpace() {
      if (space.isLow) throw new AppError('disk_space.low')
    },
  })
  const breakable: Outbox = {
    ...outbox,
    async save(...args) {
      await server.applyFault(processFault(server.faults.at('before store')))
      const row = await outbox.save(...args)
      await server.applyFault(processFault(server.faults.at('after store')))
      return row
    },
  }
  const delivery = createDelivery({ ...deps, outbox: breakable, copiesBySync })
  const { id: emailAccountId } = await storeEmailAccount(database, clock, { ...SUPPORT, address, kind })
  let requests = 0

  async function submit(
    request: Partial<Omit<SubmissionRequest, 'content'>> & { content?: Partial<SubmissionContent> } = {},
  ) {
    const content = { ...LETTER, ...request.content }
    const idempotencyKey = `key-${++requests}`
    return submissions.submit({ emailAccountId, idempotencyKey, submittedBy: 'ben', ...request, content })
  }

  /**
   * Claims one row with one worker and processes it as far as possible. Returns also if the worker was killed or
   * stalled.
   */
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
  /** Result of each claim: `done` or the error thrown. Promises of killed workers never settle. */
  const outcomes: Promise<unknown>[] = []
  let over = 0

  /** Resumes stalled workers until they are done, killed or stalled again. */
  async function release(): Promise<void> {
    server.release()
    await until(() => over + server.dead + server.stalled === outcomes.length)
  }

  /** Files a message from a customer as sync would. */
  async function receive(message: Partial<RemoteMessage>): Promise<ConversationId> {
    const account = await emailAccounts.get(emailAccountId)
    const filed = await database.transaction((tx) =>
      conversations.filing.file(tx, account, { ...FROM_CUSTOMER, receivedAt: clock.now(), ...message, partial: false }),
    )
    return filed!.conversationId
  }

  /** Files the copies in Sent Items as sync would. */
  async function syncSent(): Promise<void> {
    const account = await emailAccounts.get(emailAccountId)
    for (const copy of server.sentCopies()) {
      await database.transaction((tx) => conversations.filing.file(tx, account, copy))
    }
  }

  /** Works and advances the clock until nothing is due. Throws after 200 rounds. */
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

  const sendingState = () =>
    database.db
      .selectFrom('sending_states')
      .selectAll()
      .where('email_account_id', '=', emailAccountId)
      .executeTakeFirst()

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
    ...{ emailAccountId, submit, workOnce, receive, syncSent, settle, kindsOf, sendingState, outcomes, release },
    space,
    LEASE_MS,
  }
}

const processFault = (fault: ReturnType<StrictMailServer['faults']['at']>) =>
  fault === 'kill' || fault === 'stall' ? fault : undefined

/** Polls the event loop instead of the fake clock, because database responses take real time. */
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

const SUPPORT = {
  address: 'support@contoso.example',
  folders: [
    { role: 'inbox', synced: true },
    { role: 'sent', remoteId: 'sentitems', synced: true },
    { role: 'drafts', synced: false },
  ],
}

export const FROM_CUSTOMER: RemoteMessage = {
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
  to: [{ name: '', address: SUPPORT.address }],
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

/** Number of connections to this database that wait for a lock. */
export async function waitingForLocks({ db }: TestDatabase): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db)
  return rows[0]!.n
}
