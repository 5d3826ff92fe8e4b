import { sql } from 'kysely'
import { beforeEach, describe, expect, it } from 'vitest'
import { createAudit } from '../audit/index.ts'
import {
  countOldMail,
  countOldOnHold,
  countOldSources,
  createConversations,
  deleteOldConversations,
  deleteOldCorrespondents,
  deleteOldSources,
  FIRST_OLD_POSITION,
} from '../conversations/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import { createEvents } from '../events/index.ts'
import {
  newId,
  type ConversationId,
  type EmailAccountId,
  type MessageVersionId,
  type StoredMessageId,
} from '../kernel/ids.ts'
import { createTestClock, customerMessage, silentLog, storeEmailAccount, testDatabase } from '../../test/kit/index.ts'
import { createRetention } from './index.ts'

const HOUR_MS = 60 * 60 * 1000
const ADMIN = 'person:anna'
const NEVER = { messagesDays: undefined, sourcesDays: undefined, attachmentsDays: undefined }
const database = await testDatabase()
const { db } = database
const clock = createTestClock('2026-03-01T12:00:00Z')
const events = createEvents(database)
const conversations = createConversations({ database, clock, events })
/** As `email-accounts` does it; its own tests cover the sync that this ends. */
const emailAccounts: Pick<EmailAccounts, 'list' | 'ignoreMailBefore'> = {
  async list() {
    const rows = await db.selectFrom('email_accounts').select(['id', 'import_from', 'deleted_before']).execute()
    return rows.map(({ id, ...row }) => ({ id, importFrom: row.deleted_before ?? row.import_from }) as EmailAccount)
  },
  async ignoreMailBefore(tx, id, before) {
    await tx.updateTable('email_accounts').set({ deleted_before: before }).where('id', '=', id).execute()
  },
}
const stored = createAudit(database, clock)
/** Batches after which the process is killed. */
let batchesLeft = Infinity
/** Aborted after each batch. */
let batchesEnd: AbortController | undefined
const audit: typeof stored = {
  ...stored,
  record(tx, entry) {
    if (batchesLeft < 0) throw new Error('killed')
    return stored.record(tx, entry)
  },
}
const retention = createRetention({
  ...{ database, clock, audit, events, emailAccounts, log: silentLog, days: 90 },
  mail: conversations.erasure,
  pace: (batch) => {
    if (batchesLeft-- <= 0) throw new Error('killed')
    return batch().finally(() => batchesEnd?.abort())
  },
})

beforeEach(() => sql`DELETE FROM account_retention`.execute(db))

/** A mailbox with `count` closed conversations of last December. */
async function imported(address: string, count: number) {
  const folders = [{ role: 'inbox' as const, synced: true }]
  const { id } = await storeEmailAccount(database, clock, { address, kind: 'user', folders })
  await db
    .updateTable('email_accounts')
    .set({ import_from: new Date('2020-01-01') })
    .where('id', '=', id)
    .execute()
  await deliver(
    id,
    Array.from({ length: count }, (_, n) => ({ subject: `Number ${n}`, receivedAt: december(n) })),
  )
  await db.updateTable('conversations').set({ status: 'closed' }).where('email_account_id', '=', id).execute()
  return { id }
}

const december = (minutes: number) => new Date(Date.UTC(2025, 11, 20, 0, minutes))
let delivered = 0

function deliver(id: EmailAccountId, mail: readonly { subject: string; receivedAt: Date }[]): Promise<void> {
  const account = { id, address: 'support@contoso.example', createdAt: clock.now() }
  return database.transaction(async (tx) => {
    for (const each of mail)
      await conversations.filing.file(tx, account, { ...customerMessage(clock, ++delivered), ...each })
  })
}

function subjectsOf(id: EmailAccountId) {
  const rows = db.selectFrom('messages').select('subject').where('email_account_id', '=', id).orderBy('subject')
  return rows.execute().then((found) => found.map(({ subject }) => subject))
}

async function idsOf(id: EmailAccountId, subject: string) {
  const row = await db
    .selectFrom('messages')
    .select(['id', 'conversation_id'])
    .where('email_account_id', '=', id)
    .where('subject', '=', subject)
    .executeTakeFirstOrThrow()
  return { messageId: row.id, conversationId: row.conversation_id }
}

async function deletionsOf(id: EmailAccountId) {
  const entries = await audit.list({ subject: id, limit: 50 })
  return entries.filter(({ action }) => action === 'email_account.mail_deleted').map(({ detail }) => detail)
}

async function storeSource(messageId: StoredMessageId, bytes: number) {
  const source = {
    message_id: messageId,
    encoding: 'zstd' as const,
    size_bytes: 9 * bytes,
    content: Buffer.alloc(bytes),
  }
  await db.insertInto('message_sources').values(source).execute()
}

async function storeVersion(messageId: StoredMessageId, bytes: number) {
  const text = { preview: 'Earlier', body_type: 'text' as const, body: 'Earlier' }
  const more = { replaced_at: december(0), has_attachments: true, attachments: null, source: Buffer.alloc(bytes) }
  await db.insertInto('message_versions').values({ id: newId<MessageVersionId>(), message_id: messageId, ...text, ...more }).execute() // prettier-ignore
}

describe('retention of messages', () => {
  it('deletes closed conversations without newer mail, and no others, with one audit entry and one event', async () => {
    const { id } = await imported('kinds@contoso.example', 12)
    await deliver(id, [{ subject: 'New', receivedAt: new Date('2026-02-27T12:00:00Z') }])
    await db.updateTable('conversations').set({ status: 'closed' }).where('subject', '=', 'New').execute()
    const ids = await Promise.all([1, 2, 3, 4].map((n) => idsOf(id, `Number ${n}`)))
    const [open, held, drafted, spam] = ids.map(({ conversationId }) => conversationId) as [ConversationId, ConversationId, ConversationId, ConversationId] // prettier-ignore
    await conversations.team.reopen(open, ADMIN)
    await conversations.team.hold(held, 'Case 4711', ADMIN)
    await conversations.team.setPlace(spam, 'spam', ADMIN)
    const content = { to: [], cc: [], bcc: [], subject: 'Half' }
    await conversations.drafts.save({ emailAccountId: id, conversationId: drafted, authorId: 'anna', content })
    const ages = { ...NEVER, messagesDays: 30 }
    expect(await retention.previews.ofAccount(id, ages)).toMatchObject({ conversations: 10, messages: 10 })
    expect((await retention.sweep())?.mail.messages).toBe(0)

    await retention.settings.setAccount(id, ages, ADMIN)
    expect((await retention.sweep())?.mail).toMatchObject({ conversations: 9, messages: 9 })
    await retention.sweep()
    expect(await subjectsOf(id)).toEqual(['New', 'Number 1', 'Number 2', 'Number 3'])
    expect(await deletionsOf(id)).toEqual([{ conversations: 9, messages: 9, sources: 0, bytes: 0 }])
    const { events: all } = await events.list({ emailAccountIds: 'all', subjectId: id })
    expect(all.map(({ kind }) => kind)).toEqual(['email_account.mail_deleted'])
  })

  it('continues after a kill, deletes a conversation longer than a batch as a whole, and reports every message once', async () => {
    const { id } = await imported('killed@contoso.example', 2)
    const { conversationId } = await idsOf(id, 'Number 0')
    await sql`INSERT INTO messages SELECT copy.* FROM messages AS one, generate_series(2, 250) AS n,
        jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), 'remote_id', n,
          'message_key', '\\x' || md5(n::text), 'subject', 'Number ' || n, 'received_at', one.received_at - n * interval '1 s')) AS copy
      WHERE one.conversation_id = ${conversationId}`.execute(db)
    await sql`UPDATE conversations SET message_count = 250 WHERE id = ${conversationId}`.execute(db)
    await retention.settings.setAccount(id, { ...NEVER, messagesDays: 30 }, ADMIN)
    batchesLeft = 1
    await expect(retention.sweep()).rejects.toThrow('killed')
    expect(await subjectsOf(id)).toEqual(['Number 1'])
    batchesLeft = Infinity
    await retention.sweep()
    expect(await subjectsOf(id)).toEqual([])
    expect(await deletionsOf(id)).toMatchObject([{ conversations: 2, messages: 251 }])
  })

  it('goes on with other mailboxes when one fails, and starts with the least recent mailbox', async () => {
    const failing = await imported('failing@contoso.example', 1)
    const others = [await imported('first@contoso.example', 1), await imported('second@contoso.example', 1)]
    for (const { id } of [failing, ...others]) await retention.settings.setAccount(id, { ...NEVER, messagesDays: 30 }, ADMIN) // prettier-ignore
    const left = () => Promise.all(others.map(({ id }) => subjectsOf(id).then((subjects) => subjects.length)))
    const ignore = emailAccounts.ignoreMailBefore
    // The time of each round is over in its first mailbox that doesn't fail.
    let round = new AbortController()
    emailAccounts.ignoreMailBefore = async (tx, id, before) => {
      if (id === failing.id) throw new Error('failing')
      await ignore(tx, id, before)
      batchesEnd = round
    }
    await retention.sweep(round.signal)
    expect((await left()).sort()).toEqual([0, 1])
    round = new AbortController()
    await retention.sweep(round.signal)
    expect(await left()).toEqual([0, 0])
    expect(await subjectsOf(failing.id)).toEqual(['Number 0'])
    batchesEnd = undefined
    emailAccounts.ignoreMailBefore = ignore
  })

  it('keeps mail that moved from a mailbox which would import it again', async () => {
    const [from, to] = [await imported('from@contoso.example', 2), await imported('to@contoso.example', 1)]
    const { conversationId } = await idsOf(from.id, 'Number 1')
    await conversations.team.moveToAccount(conversationId, { from: from.id, to: to.id, agentIds: [], actor: ADMIN })
    await retention.settings.setAccount(to.id, { ...NEVER, messagesDays: 30 }, ADMIN)
    await retention.sweep()
    expect(await conversations.reading.find(conversationId)).toBeDefined()
    await retention.settings.setAccount(from.id, { ...NEVER, messagesDays: 30 }, ADMIN)
    await retention.sweep()
    await retention.sweep()
    expect(await conversations.reading.find(conversationId)).toBeUndefined()
  })

  it('keeps mail out of the mailbox that received it, however long that imports afterwards', async () => {
    const [from, to] = [await imported('short@contoso.example', 1), await imported('keeps@contoso.example', 1)]
    const { conversationId } = await idsOf(from.id, 'Number 0')
    await conversations.team.moveToAccount(conversationId, { from: from.id, to: to.id, agentIds: [], actor: ADMIN })
    const imports = (at: Date) =>
      db.updateTable('email_accounts').set({ import_from: at }).where('id', '=', from.id).execute()
    await imports(new Date('2026-02-01'))
    await retention.settings.setAccount(to.id, { ...NEVER, messagesDays: 30 }, ADMIN)
    await retention.sweep()
    expect(await conversations.reading.find(conversationId)).toBeUndefined()
    await imports(new Date('2020-01-01'))
    const { importFrom } = (await emailAccounts.list()).find(({ id }) => id === from.id)!
    expect(importFrom.getTime()).toBeGreaterThan(december(0).getTime())
  })

  it('leaves suggestions that new mail changes at this moment', async () => {
    const { id } = await imported('suggestions@contoso.example', 2)
    const row = db.updateTable('correspondents').set({ last_at: clock.now() }).where('email_account_id', '=', id)
    const mail = { accountId: id, before: new Date('2026-01-01') }
    const all = db.selectFrom('correspondents').select('address').where('email_account_id', '=', id)
    const [address] = (await all.execute()).map((each) => each.address)
    await sql`INSERT INTO correspondents SELECT email_account_id, 'other@fabrikam.example', name, words, false, last_at
      FROM correspondents WHERE email_account_id = ${id} LIMIT 1`.execute(db)
    await database.transaction(async (tx) => {
      await tx.executeQuery(row.where('address', '=', address!))
      expect(await deleteOldCorrespondents(db, mail, 10)).toBe(2)
    })
    expect((await all.execute()).map((each) => each.address)).toEqual([address])
  })
})

it('retention of sources deletes them alone, those of attachments first where an admin wants it', async () => {
  const { id } = await imported('sources@contoso.example', 4)
  const ids = await Promise.all([0, 1, 2].map((n) => idsOf(id, `Number ${n}`)))
  for (const [n, { messageId }] of ids.entries()) await storeSource(messageId, 100 * (n + 1))
  await db.updateTable('messages').set({ has_attachments: true }).where('id', '=', ids[1]!.messageId).execute()
  await conversations.team.hold(ids[2]!.conversationId, 'Case 4711', ADMIN)
  const withAttachments = { ...NEVER, attachmentsDays: 30 }
  expect(await retention.previews.ofAccount(id, withAttachments)).toMatchObject({ messages: 0, sources: 1, bytes: 200 })
  await retention.settings.setAccount(id, withAttachments, ADMIN)
  expect((await retention.sweep())?.mail).toEqual({ conversations: 0, messages: 0, sources: 1, bytes: 200 })
  await retention.settings.setAccount(id, { ...NEVER, sourcesDays: 30 }, ADMIN)
  expect((await retention.sweep())?.mail).toEqual({ conversations: 0, messages: 0, sources: 1, bytes: 100 })
  const kept = await db.selectFrom('message_sources').select('message_id').execute()
  expect(kept).toEqual([{ message_id: ids[2]!.messageId }])
  expect(await subjectsOf(id)).toHaveLength(4)
})

it('a preview of several ages counts a source once, leaves out those of deleted messages, and counts old mail on hold', async () => {
  const { id } = await imported('ages@contoso.example', 4)
  await deliver(id, [{ subject: 'Older', receivedAt: new Date('2024-12-01T12:00:00Z') }])
  await db.updateTable('conversations').set({ status: 'closed' }).where('subject', '=', 'Older').execute()
  const ids = await Promise.all(['Older', 'Number 1', 'Number 2', 'Number 3'].map((subject) => idsOf(id, subject)))
  for (const [n, { messageId }] of ids.entries()) await storeSource(messageId, 10 ** n)
  await db.updateTable('messages').set({ has_attachments: true }).where('id', 'in', [ids[0]!.messageId, ids[1]!.messageId]).execute() // prettier-ignore
  await conversations.team.hold(ids[3]!.conversationId, 'Case 4711', ADMIN)
  const preview = (ages: Partial<Parameters<typeof retention.previews.ofAccount>[1]>) =>
    retention.previews.ofAccount(id, { ...NEVER, ...ages })
  const none = { conversations: 0, messages: 0, sources: 0, bytes: 0, onLegalHold: 0, atLeast: [] }
  expect(await preview({})).toEqual(none)
  expect(await preview({ sourcesDays: 365 })).toEqual({ ...none, sources: 1, bytes: 1 })
  const both = { sourcesDays: 365, attachmentsDays: 30 }
  expect(await preview(both)).toEqual({ ...none, sources: 2, bytes: 11, onLegalHold: 1 })
  expect(await preview({ sourcesDays: 30, attachmentsDays: 365 })).toMatchObject({ sources: 3, bytes: 111 })
  const older = { conversations: 1, messages: 1 }
  expect(await preview({ messagesDays: 365, ...both })).toEqual({ ...none, ...older, sources: 1, bytes: 10, onLegalHold: 1 }) // prettier-ignore
  expect(await preview({ messagesDays: 365, sourcesDays: 365 })).toEqual({ ...none, ...older })
  expect(await preview({ messagesDays: 30, sourcesDays: 365 })).toMatchObject({ conversations: 4, sources: 0 })

  const before = new Date('2026-01-31')
  expect(await countOldMail(db, { accountId: id, before }, 4)).toEqual({
    conversations: 4,
    messages: 4,
    isAtLimit: true,
  })
  const sources = { accountId: id, all: before, attachments: undefined, from: undefined }
  expect(await countOldSources(db, sources, 4)).toMatchObject({ sources: 3, isAtLimit: true })
  expect(await countOldSources(db, sources, 5)).toMatchObject({ sources: 3, isAtLimit: false })
  expect(await countOldSources(db, sources, 1)).toEqual({ sources: 1, bytes: 100, isAtLimit: true })
  expect(await countOldOnHold(db, { accountId: id, before }, 5)).toBe(1)
})

it('a preview equals what the round deletes, in each list, with sources of earlier versions', async () => {
  const { id } = await imported('equal@contoso.example', 8)
  await deliver(id, [{ subject: 'Older', receivedAt: new Date('2024-12-01T12:00:00Z') }])
  await db.updateTable('conversations').set({ status: 'closed' }).where('subject', '=', 'Older').execute()
  const subjects = ['Older', ...Array.from({ length: 8 }, (_, n) => `Number ${n}`)]
  const ids = await Promise.all(subjects.map((subject) => idsOf(id, subject)))
  for (const { messageId } of ids) await storeSource(messageId, 10)
  await db.updateTable('messages').set({ has_attachments: true }).where('email_account_id', '=', id).where('subject', '<', 'Number 4').execute() // prettier-ignore
  const [, spam, deleted, open, held] = ids
  await conversations.team.setPlace(spam!.conversationId, 'spam', ADMIN)
  await conversations.team.setPlace(deleted!.conversationId, 'deleted', ADMIN)
  await conversations.team.reopen(open!.conversationId, ADMIN)
  await conversations.team.hold(held!.conversationId, 'Case 4711', ADMIN)
  // Replaced by a content that was read by Graph.
  await db.deleteFrom('message_sources').where('message_id', '=', deleted!.messageId).execute()
  await storeVersion(deleted!.messageId, 500)
  const rounds = [
    { attachmentsDays: 30 },
    { attachmentsDays: 30, sourcesDays: 30 },
    { ...{ attachmentsDays: 30, sourcesDays: 30 }, messagesDays: 365 },
    { messagesDays: 30 },
  ]
  const previewed = []
  for (const round of rounds) {
    const ages = { ...NEVER, ...round }
    const { onLegalHold, atLeast, ...counts } = await retention.previews.ofAccount(id, ages)
    expect({ onLegalHold, atLeast }).toEqual({ onLegalHold: 1, atLeast: [] })
    await retention.settings.setAccount(id, ages, ADMIN)
    expect((await retention.sweep())?.mail).toEqual(counts)
    previewed.push(counts)
  }
  expect(previewed).toEqual([
    { conversations: 0, messages: 0, sources: 2, bytes: 510 },
    { conversations: 0, messages: 0, sources: 5, bytes: 50 },
    { conversations: 1, messages: 1, sources: 0, bytes: 0 },
    { conversations: 6, messages: 6, sources: 0, bytes: 0 },
  ])
  const kept = await db.selectFrom('message_versions').selectAll().where('source', 'is not', null).execute()
  expect(kept).toEqual([])
})

it('batches end before the bytes of their sources exceed the limit, and hold one message at least', async () => {
  const { id } = await imported('large@contoso.example', 4)
  for (const n of [0, 1, 2, 3]) await storeSource((await idsOf(id, `Number ${n}`)).messageId, 60)
  const mail = { accountId: id, before: clock.now() }
  const size = { messages: 200, bytes: 130 }
  const sources = await deleteOldSources(db, mail, FIRST_OLD_POSITION, 'all', size)
  expect(sources).toMatchObject({ next: FIRST_OLD_POSITION, deleted: { sources: 2, bytes: 120 } })
  expect(await deleteOldSources(db, mail, FIRST_OLD_POSITION, 'all', { ...size, bytes: 1 })).toMatchObject({ deleted: { sources: 1 } }) // prettier-ignore
  for (const n of [0, 1, 2, 3]) {
    const { messageId } = await idsOf(id, `Number ${n}`)
    await db.deleteFrom('message_sources').where('message_id', '=', messageId).execute()
    await storeSource(messageId, 60)
  }
  const all = (_: unknown, ids: readonly ConversationId[]) => Promise.resolve([...ids])
  const inOne = (bytes: number) =>
    database.transaction((tx) => deleteOldConversations(tx, mail, FIRST_OLD_POSITION, [], all, { ...size, bytes }))
  expect((await inOne(130)).deleted).toEqual({ conversations: 2, messages: 2, sources: 2, bytes: 120 })
  expect((await inOne(1)).deleted).toMatchObject({ conversations: 1 })
})

it('sizes of a mailbox are counted in pages, and again after six hours', async () => {
  const { id } = await imported('sizes@contoso.example', 3)
  await storeSource((await idsOf(id, 'Number 1')).messageId, 70)
  const end = new AbortController().signal
  await retention.sizes.count(end)
  const counted = { messages: 3, sources: 1, sourceBytes: 70, attachments: 0, attachmentBytes: 0 }
  expect((await retention.sizes.list()).get(id)).toEqual({ ...counted, countedAt: clock.now() })
  await deliver(id, [{ subject: 'New', receivedAt: clock.now() }])
  clock.advance(HOUR_MS)
  await retention.sizes.count(end)
  expect((await retention.sizes.list()).get(id)).toMatchObject(counted)
  clock.advance(6 * HOUR_MS)
  await retention.sizes.count(end)
  expect((await retention.sizes.list()).get(id)).toMatchObject({ messages: 4, countedAt: clock.now() })
})

it('a count of sizes continues after the last page that was stored', async () => {
  const { id } = await imported('pages@contoso.example', 1)
  await sql`INSERT INTO messages SELECT copy.* FROM messages AS one, generate_series(1, 2000) AS n,
      jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), 'remote_id', 'copy ' || n,
        'message_key', '\\x' || md5(n::text))) AS copy WHERE one.email_account_id = ${id}`.execute(db)
  const end = new AbortController()
  batchesEnd = end
  await retention.sizes.count(end.signal)
  batchesEnd = undefined
  expect((await retention.sizes.list()).get(id)).toBeUndefined()
  // The first page is not counted again.
  await sql`DELETE FROM messages WHERE email_account_id = ${id} AND remote_id LIKE 'copy 1%'`.execute(db)
  await retention.sizes.count(new AbortController().signal)
  expect((await retention.sizes.list()).get(id)).toMatchObject({ messages: 2001 })
})

it('audit entries and ended sign-ins are deleted by their ages, with an entry also after a kill, and none without', async () => {
  const old = new Date('2025-01-01T00:00:00Z')
  // Before the entries of other tests, as an older one is.
  await sql`INSERT INTO audit_entries (id, actor, action, subject, detail, at) OVERRIDING SYSTEM VALUE
    SELECT -n, 'cli', 'tag.deleted', 'old', '{}', ${old} FROM generate_series(1, 5) AS n`.execute(db)
  await sql`INSERT INTO person_links (id, kind, token_hash, role, email_account_ids, created_by, created_at, expires_at)
    VALUES (gen_random_uuid(), 'invitation', 'x', 'agent', '{}', 'cli', ${old}, ${old})`.execute(db)
  const ages = { eventsDays: undefined, alertsDays: undefined, auditDays: 400, signInsDays: 30 }
  expect(await retention.sweep()).toMatchObject({ auditEntries: 0, signIns: 0 })
  expect(await retention.previews.ofInstallation(ages)).toMatchObject({ auditEntries: 5, signIns: 1 })
  await retention.settings.setInstallation(ages, ADMIN)
  batchesLeft = -1
  await expect(retention.sweep()).rejects.toThrow('killed')
  batchesLeft = Infinity
  expect(await retention.sweep()).toMatchObject({ auditEntries: 5, signIns: 1 })
  const [entry] = await audit.list({ subject: 'retention', limit: 1 })
  expect(entry).toMatchObject({ action: 'retention.applied', detail: { auditEntries: 5, signIns: 1 } })
})
