import { sql } from 'kysely'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { searchedTexts } from '../../database/index.ts'
import { newId, type ConversationId, type DraftId } from '../../kernel/ids.ts'
import { WAIT } from '../../../test/kit/index.ts'
import { ADMIN, createErasureStage, KIM, SUPPORT } from '../../../test/retention/erasure-stage.ts'
import { ERASURE_SCANS, MOST_NAMED } from '../index.ts'

const stage = await createErasureStage()
const { database, db, clock, conversations, retention, erasures, hooks, account } = stage
const { erase, deliver, file, conversationOf, subjects, rowsWith } = stage

type Customer = typeof KIM
const AGENT = { name: 'Agent', address: 'agent@contoso.example' }
const DAEMON = { name: '', address: 'mailer-daemon@contoso.example' }
/** The customer of one test. */
let anna: Customer
let n = 0
beforeEach(() => {
  anna = { name: 'Anna', address: `anna${++n}@fabrikam.example` }
  hooks.beforeBatch = () => undefined
  clock.advance(60_000)
})
await sql`INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
  VALUES ('p', 'Agent', 'agent@contoso.example', true, 'agent', now(), now())`.execute(db)

const participantsOf = async (id: ConversationId) =>
  (await db.selectFrom('conversations').select('participants').where('id', '=', id).executeTakeFirstOrThrow())
    .participants

async function notify(id: ConversationId, subject: string): Promise<void> {
  await sql`INSERT INTO notifications (user_id, event_id, kind, email_account_id, conversation_id, subject, sender, at)
    VALUES ('p', ${++n}, 'answered', ${account}, ${id}, ${subject}, 'Customer', ${clock.now()})`.execute(db)
}

const notified = async () =>
  (await db.selectFrom('notifications').select('subject').orderBy('id').execute()).map(({ subject }) => subject)

async function reportOf(...addresses: Customer[]) {
  return (await erasures.get(await erase(addresses.map(({ address }) => address)))).report
}

describe('erasure keeps', () => {
  it('mail that others wrote to the person, and what belongs to it', async () => {
    const bulk = { automatic: { kind: 'bulk', reason: 'List-Id: news' } } as const
    const toBoth = { from: KIM, to: [SUPPORT, anna] }
    await deliver('Newsletter', { ...toBoth, marks: bulk })
    await deliver('Answer to Anna', { ...toBoth, replyTo: [anna] })
    await deliver('Copy of the team', { from: AGENT, to: [anna], cc: [SUPPORT] })
    const id = await conversationOf('Newsletter')
    await notify(id, 'Newsletter')
    const report = await reportOf(anna)
    expect(await subjects()).toEqual(expect.arrayContaining(['Answer to Anna', 'Copy of the team', 'Newsletter']))
    expect(await participantsOf(id)).toContainEqual(anna)
    expect(await notified()).toEqual(['Newsletter'])
    expect(report).toMatchObject({ accounts: {}, remaining: { messages: 3, conversations: 3 } })
    // Conversations of others cost no write: one for each step of the mail, each scan, and the end.
    const erasure = db.selectFrom('erasures').select('batches').orderBy('id', 'desc')
    expect((await erasure.executeTakeFirstOrThrow()).batches).toBe(3 + ERASURE_SCANS.length + 1)
  })

  it('answers of others to the person, also by a program, and automatic answers to others', async () => {
    const asked = await deliver('Asked', { from: anna })
    const toKim = await deliver('To Kim', { ...sentTo(KIM), inReplyTo: [asked.messageId!] })
    const mark = (kind: 'reply' | 'generated' | 'bulk', reason: string) => ({ automatic: { kind, reason } })
    const invitation = { method: 'reply', title: 'Call', wholeDay: false, attendees: [], moreAttendees: 0 } as const
    const recipients = [{ address: KIM.address, action: 'failed' as const }]
    const answers = {
      'By a help desk': mark('generated', 'Auto-Submitted: auto-generated'),
      'By a mailing': mark('bulk', 'Precedence: bulk'),
      'To an invitation': { invitation },
    }
    for (const [subject, marks] of Object.entries(answers)) {
      await deliver(subject, { from: KIM, inReplyTo: [asked.messageId!], marks })
    }
    await deliver('Away of Kim', { from: KIM, inReplyTo: [toKim.messageId!], marks: mark('reply', 'X-Autoreply: yes') })
    await deliver('Bounce of Kim', {
      from: DAEMON,
      inReplyTo: [toKim.messageId!],
      marks: { deliveryReport: { originalMessageId: toKim.messageId, originalReferences: [], recipients } },
    })
    expect((await reportOf(anna)).accounts).toMatchObject({ [account]: { shared: 1, messages: 1 } })
    const kept = ['To Kim', ...Object.keys(answers), 'Away of Kim', 'Bounce of Kim']
    expect(await subjects()).toEqual(expect.arrayContaining(kept))
  })

  it('a conversation of the person with newer mail alone', async () => {
    const { id: started } = await erasures.start([anna.address], anna.address, ADMIN)
    clock.advance(1000)
    await deliver('New contact', { from: anna, receivedAt: clock.now() })
    const id = await conversationOf('New contact')
    await notify(id, 'New contact')
    await retention.erase()
    expect(await participantsOf(id)).toEqual([anna])
    expect(await notified()).toContain('New contact')
    expect((await erasures.get(started)).report.accounts).toEqual({})
  })

  it.each(['drafts', 'notes', 'submissions'])('a conversation with newer %s', async (kind) => {
    await deliver(`Old ${kind}`, { from: anna })
    const id = await conversationOf(`Old ${kind}`)
    const content = JSON.stringify({ to: [anna], cc: [], bcc: [] })
    await storeDraft(id, content)
    await storeSubmission(id, content, 'sent')
    clock.advance(1000)
    const { id: started } = await erasures.start([anna.address], anna.address, ADMIN)
    clock.advance(1000)
    const at = clock.now()
    if (kind === 'drafts') await storeDraft(id, content)
    else if (kind === 'notes') {
      await sql`INSERT INTO notes (id, conversation_id, author_id, body, created_at)
        VALUES (${newId()}, ${id}, 'p', 'Called', ${at})`.execute(db)
    } else await storeSubmission(id, content, 'sent')
    await retention.erase()
    expect(await subjects()).toContain(`Old ${kind}`)
    const { report } = await erasures.get(started)
    expect(report).toMatchObject({ accounts: { [account]: { inUse: 1, messages: 0 } }, keptIds: [id] })
    expect(report.erased.drafts).toBeUndefined()
    expect(report.erased.sentMail).toBeUndefined()
  })

  it('drafts of kept conversations, also of those that the report does not list', async () => {
    await deliver('Kept beyond', { from: anna })
    const id = await conversationOf('Kept beyond')
    await storeDraft(id, JSON.stringify({ to: [anna], cc: [], bcc: [] }))
    clock.advance(1000)
    const { id: started } = await erasures.start([anna.address], anna.address, ADMIN)
    const others = Array.from({ length: MOST_NAMED }, () => newId<ConversationId>())
    await sql`UPDATE erasures SET report = jsonb_set(report, '{keptIds}', ${JSON.stringify(others)}::jsonb)
      WHERE id = ${started}`.execute(db)
    clock.advance(1000)
    await sql`INSERT INTO notes (id, conversation_id, author_id, body, created_at)
      VALUES (${newId()}, ${id}, 'p', 'Called', ${clock.now()})`.execute(db)
    await retention.erase()
    const { report } = await erasures.get(started)
    expect(report.accounts).toMatchObject({ [account]: { inUse: 1, messages: 0 } })
    expect(report.erased.drafts).toBeUndefined()
  })

  it('a conversation with a newer draft whose mail is not listed at once', async () => {
    await deliver('Many', { from: anna })
    const id = await conversationOf('Many')
    const before = new Date(clock.now().getTime() + 1000)
    await sql`INSERT INTO messages SELECT (jsonb_populate_record(messages, jsonb_build_object('id', gen_random_uuid(),
        'message_key', '\\x' || to_char(count, 'FM000000'), 'remote_id', 'many' || count, 'message_id', NULL))).*
      FROM messages, generate_series(100001, 102000) AS count WHERE subject = 'Many'`.execute(db)
    clock.advance(2000)
    await storeDraft(id, JSON.stringify({ to: [anna], cc: [], bcc: [] }))
    const { erasure } = conversations
    const erased = await database.transaction((tx) => erasure.erase(tx, id, personOf(anna), before, NO_HOOKS))
    expect(erased).toMatchObject({ part: 'in-use', messages: 0, mail: { isCut: true, isWhole: false } })
    await sql`DELETE FROM messages WHERE subject = 'Many'`.execute(db)
  })

  it.each(['alone', 'in a conversation'])('a draft that is saved meanwhile: %s', async (where) => {
    await deliver(`Draft ${where}`, { from: anna })
    const id = await conversationOf(`Draft ${where}`)
    const draft = await storeDraft(where === 'alone' ? null : id, JSON.stringify({ to: [anna], cc: [], bcc: [] }))
    clock.advance(1000)
    const { erasure } = conversations
    const [person, before] = [personOf(anna), clock.now()]
    const { erasing } = await database.transaction(async (saving) => {
      await sql`UPDATE drafts SET updated_at = ${before} WHERE id = ${draft}`.execute(saving)
      const erasing = database.transaction<unknown>((tx) =>
        where === 'alone'
          ? erasure.eraseRecords(tx, person, before, [], undefined)
          : erasure.erase(tx, id, person, before, NO_HOOKS),
      )
      await vi.waitUntil(isWaitingForLock, WAIT)
      return { erasing }
    })
    expect(await erasing).toMatchObject(where === 'alone' ? { drafts: 0 } : { part: 'in-use' })
    expect(await db.selectFrom('drafts').select('id').where('id', '=', draft).execute()).toHaveLength(1)
  })

  it('a participant whom mail that stays names', async () => {
    const first = await deliver('Both', { from: anna, to: [SUPPORT, KIM] })
    await deliver('Re: Both', { from: KIM, cc: [anna], inReplyTo: [first.messageId!] })
    const id = await conversationOf('Both')
    expect(await reportOf(anna)).toMatchObject({ accounts: { [account]: { shared: 1, messages: 1 } } })
    expect(await participantsOf(id)).toEqual([anna, KIM])
  })
})

describe('erasure deletes', () => {
  it('the person from conversations that were merged into another one', async () => {
    const shared = await deliver('Shared', { from: KIM })
    await deliver('Merged of anna', { from: anna, preview: `Preview of ${anna.address}` })
    const [into, merged] = [await conversationOf('Shared'), await conversationOf('Merged of anna')]
    await notify(merged, 'Merged of anna')
    await conversations.team.merge(merged, into, 'p')
    clock.advance(1000)
    await reportOf(anna)
    expect(await rowsWith(anna.address)).toEqual({})
    expect(await rowsWith('Merged of anna')).toEqual({})
    expect(await subjects()).toContain(shared.subject)
  })

  it('mail that a merge hides from the first step', async () => {
    // Ids grow with time: the first page has one conversation, the target of the merge.
    await deliver('Target', { from: KIM })
    await deliver('Hidden', { from: anna })
    const [into, id] = [await conversationOf('Target'), await conversationOf('Hidden')]
    await erasures.start([anna.address], anna.address, ADMIN)
    // The step that reads conversations is over.
    hooks.beforeBatch = async () => {
      const { step } = await db
        .selectFrom('erasures')
        .select('step')
        .where('ended_at', 'is', null)
        .executeTakeFirstOrThrow()
      if (step !== 0) return
      hooks.beforeBatch = () => undefined
      await db.updateTable('erasures').set({ step: 1 }).where('ended_at', 'is', null).execute()
      await conversations.team.merge(id, into, 'p')
      throw new Error('killed')
    }
    await expect(retention.erase()).rejects.toThrow('killed')
    await retention.erase()
    expect(await subjects()).toContain('Target')
    expect(await subjects()).not.toContain('Hidden')
    const [latest] = await erasures.list()
    expect(latest!.report).toMatchObject({ accounts: { [account]: { shared: 1, messages: 1 } } })
    expect(latest!.report.remaining.messages).toBeUndefined()
  })

  it('mail of before that is dated in the future', async () => {
    const receivedAt = new Date(clock.now().getTime() + 365 * 24 * 60 * 60 * 1000)
    const first = await deliver('Future', { from: anna, receivedAt })
    const marks = { automatic: { kind: 'reply', reason: 'X-Autoreply: yes' } } as const
    await deliver('Future reply', { from: DAEMON, receivedAt, inReplyTo: [first.messageId!], marks })
    clock.advance(1000)
    expect((await reportOf(anna)).accounts).toMatchObject({ [account]: { conversations: 1, messages: 2 } })
  })

  it('a long conversation in several batches, with the delivery reports about it', async () => {
    const first = await deliver('Long', { from: anna, messageId: `long${n}@mail.example` })
    await deliver('Long sent', {
      ...sentTo(anna),
      receivedAt: new Date('2025-12-19'),
      messageId: `sent${n}@mail.example`,
      inReplyTo: [first.messageId!],
    })
    await sql`INSERT INTO messages SELECT (jsonb_populate_record(messages, jsonb_build_object('id', gen_random_uuid(),
        'message_key', '\\x' || to_char(count, 'FM0000'), 'remote_id', 'long' || count, 'message_id', NULL))).*
      FROM messages, generate_series(1, 203) AS count WHERE subject = 'Long'`.execute(db)
    const recipients = [{ address: anna.address, action: 'failed' as const }]
    await deliver('Bounced', {
      from: DAEMON,
      marks: { deliveryReport: { originalMessageId: `sent${n}@mail.example`, originalReferences: [], recipients } },
    })
    await deliver('Undeliverable', {
      from: DAEMON,
      inReplyTo: [`sent${n}@mail.example`],
      marks: { automatic: { kind: 'report', reason: 'multipart/report' } },
    })
    const before = await db.selectFrom('messages').select('id').execute()
    const report = await reportOf(anna)
    expect(report.accounts).toEqual({
      [account]: { conversations: 1, shared: 0, messages: 207, onLegalHold: 0, inUse: 0 },
    })
    expect((await db.selectFrom('messages').select('id').execute()).length).toBe(before.length - 207)
  })

  it('the address in events, also after a line break', async () => {
    const payload = JSON.stringify({ note: `Write to\n${anna.address} or see...${anna.address}, or x-${anna.address}` })
    await sql`INSERT INTO events (kind, email_account_id, subject_id, payload, at)
      VALUES ('message.bounced', ${account}, ${newId()}, ${payload}::jsonb, ${clock.now()})`.execute(db)
    expect((await reportOf(anna)).erased.events).toBe(1)
    const { rows } = await sql<{ note: string }>`SELECT payload ->> 'note' AS note FROM events
      WHERE payload ? 'note' ORDER BY id DESC LIMIT 1`.execute(db)
    expect(rows[0]!.note).toBe(`Write to\n[erased] or see...[erased], or x-${anna.address}`)
  })
})

it('erased mail is not imported again, even if the key is given up during the erasure', async () => {
  await sql`INSERT INTO encryption_keys (key_id, check_value, created_at, given_up_at)
    VALUES ('lost', '', now(), now())`.execute(db)
  const giveUp = () => db.updateTable('erasure_key').set({ key_id: 'lost' }).execute()
  const first = await deliver('First', { from: anna })
  await deliver('Second', { from: anna })
  const { id } = await erasures.start([anna.address], anna.address, ADMIN)
  hooks.beforeBatch = () => Promise.reject(new Error('killed'))
  await expect(retention.erase()).rejects.toThrow('killed')
  await giveUp()
  const imported: unknown[] = []
  const fileAgain = async (remoteId: string) =>
    imported.push(await file({ ...first, remoteId, messageId: `${remoteId}@mail.example` }))
  let isGivenUp = false
  hooks.beforeBatch = async () => {
    // Mail of a page that is read while the erasure continues.
    if (!isGivenUp) await fileAgain('start')
    if ((await subjects()).includes('First')) return
    if (isGivenUp) await fileAgain(`batch${imported.length}`)
    else await giveUp()
    isGivenUp = true
  }
  await retention.erase()
  await fileAgain('end')
  expect(imported.length).toBeGreaterThan(5)
  expect(imported.filter((each) => each !== undefined)).toEqual([])
  expect(await erasures.listUnprotected()).toEqual([])
  await giveUp()
  expect((await erasures.listUnprotected()).map((each) => each.id)).toContain(id)
  await reportOf(anna)
})

describe('erasure reports', () => {
  it('an address in delivery reports of others, and in automatic replies', async () => {
    const recipients = [{ address: anna.address, action: 'failed' as const }]
    await deliver('Bounce', { from: KIM, marks: { deliveryReport: { originalReferences: [], recipients } } })
    const id = await conversationOf('Bounce')
    await storeSubmission(id, JSON.stringify({ to: [KIM], cc: [], bcc: [] }), 'sent', anna.address)
    clock.advance(1000)
    expect((await reportOf(anna)).remaining).toEqual({ messages: 1, otherSentMail: 1 })
  })

  it('an error that keeps it from continuing, until the next batch', async () => {
    await deliver('Fails', { from: anna })
    const { id } = await erasures.start([anna.address], anna.address, ADMIN)
    hooks.beforeBatch = () => {
      throw new TypeError('broken')
    }
    for (let n = 0; n < 2; n++) {
      await expect(retention.erase()).rejects.toThrow('broken')
      expect((await erasures.get(id)).failedAs).toBe('kernel.unexpected')
    }
    const shown = db.selectFrom('events').select('id').where('subject_id', '=', id)
    expect(await shown.where('kind', '=', 'erasure.progressed').execute()).toHaveLength(1)
    hooks.beforeBatch = () => undefined
    await retention.erase()
    expect(await erasures.get(id)).toMatchObject({ failedAs: undefined, endedAt: clock.now() })
  })
})

describe('a running erasure', () => {
  it('ends at its signal, and saves no batch after another process has continued it', async () => {
    await deliver('Runs', { from: anna })
    const { id } = await erasures.start([anna.address], anna.address, ADMIN)
    const over = new AbortController()
    hooks.beforeBatch = () => over.abort()
    expect(await retention.erase(over.signal)).toBe(false)
    expect(await subjects()).toContain('Runs')

    hooks.beforeBatch = async () => {
      await sql`UPDATE erasures SET batches = batches + 1 WHERE id = ${id}`.execute(db)
    }
    await expect(retention.erase()).rejects.toMatchObject({ code: 'database.lock_lost' })
    expect(await subjects()).toContain('Runs')
    hooks.beforeBatch = () => undefined
    expect(await retention.erase()).toBe(true)
    expect(await subjects()).not.toContain('Runs')
  })
})

const sentTo = (to: Customer) => ({ from: SUPPORT, to: [to], folderRemoteId: 'sent' })

const NO_HOOKS = { isInUse: () => Promise.resolve(false), release: () => Promise.resolve() }

function personOf({ address }: Customer) {
  return { addresses: [address], patterns: searchedTexts([address]).patterns, own: new Set([SUPPORT.address]) }
}

async function isWaitingForLock(): Promise<boolean> {
  const { rows } = await sql`SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db)
  return rows.length > 0
}

async function storeDraft(conversationId: ConversationId | null, content: string): Promise<DraftId> {
  const id = newId<DraftId>()
  await sql`INSERT INTO drafts (id, email_account_id, conversation_id, author_id, content, version, updated_at)
    VALUES (${id}, ${account}, ${conversationId}, 'p', ${content}::jsonb, 1, ${clock.now()})`.execute(db)
  return id
}

async function storeSubmission(id: ConversationId, content: string, state: string, answersTo?: string): Promise<void> {
  const at = clock.now()
  await sql`INSERT INTO submissions (id, email_account_id, conversation_id, submitted_by, idempotency_key, request_hash, message_id,
      content, state, due_at, created_at, answers_by_itself)
    VALUES (${newId()}, ${account}, ${id}, 'p', ${newId()}, '', ${newId()}, ${content}::jsonb, ${state}, ${at}, ${at},
      ${answersTo ?? null})`.execute(db)
}
