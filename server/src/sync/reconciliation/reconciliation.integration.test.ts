import { afterAll, describe, expect, it } from 'vitest'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createTestClock, customerMessage, startScriptedServer, testDatabase } from '../../../test/kit/index.ts'
import { CHECK_EVERY_MS, LOOK_AGAIN_MS } from './cursor-check.ts'
import { customerMail, openByImap } from '../../../test/sync/imap-stage.ts'
import { SAFETY_POLL_MS } from '../scheduling/pace.ts'
import { count, createStage, deliverMany, listEventKinds } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'

const DAY_MS = 24 * CHECK_EVERY_MS
const database = await testDatabase()
const clock = createTestClock('2025-12-31T12:00:00Z')
const { associate, sync, emailAccounts, conversations } = createStage(database, clock, new Map())
const imap = await startScriptedServer()
afterAll(() => imap.close())

/** Runs all due accounts until none is due. */
async function runOnce(): Promise<void> {
  await sync.start()
  await sync.settled()
  await sync.stop()
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms)
  await runOnce()
}

async function presencesOf(id: EmailAccountId) {
  const rows = await database.db
    .selectFrom('messages')
    .select(['subject', 'presence'])
    .where('email_account_id', '=', id)
    .execute()
  return new Map(rows.map(({ subject, presence }) => [subject, presence]))
}

async function inboxOf(id: EmailAccountId) {
  return (await sync.reconciledOf(id)).find(({ name }) => name.toLowerCase() === 'inbox')!
}

/** Deletes a stored message, as if it had never been filed. */
async function lose(id: EmailAccountId, subject: string): Promise<void> {
  await database.pool.query(
    `WITH lost AS (DELETE FROM messages WHERE email_account_id = $1 AND subject = $2 RETURNING conversation_id)
     DELETE FROM conversations WHERE id IN (SELECT conversation_id FROM lost)`,
    [id, subject],
  )
}

/** A mailbox with more mail than the list of newest messages contains, after its first comparison. */
async function compared(address: string) {
  const server = new StrictFolderServer()
  deliverMany(server, 40)
  const { id } = await associate(address, server.transport)
  await runOnce()
  await pass(CHECK_EVERY_MS)
  return { server, id }
}

describe('hourly comparison of a folder with the server', () => {
  it('counts in one request while nothing differs, and lists once a day', async () => {
    const { server, id } = await compared('same@contoso.example')
    expect({ counted: server.counted, listed: server.listedWhole }).toEqual({ counted: 2, listed: 2 })
    for (let hours = 1; hours <= 5; hours++) await pass(CHECK_EVERY_MS)
    expect({ counted: server.counted, listed: server.listedWhole }).toEqual({ counted: 12, listed: 2 })
    expect(await inboxOf(id)).toMatchObject({ comparisons: 6, comparedAt: clock.now(), missingFound: 0, leftFound: 0 })
    await pass(DAY_MS)
    expect(server.listedWhole).toBe(4)
  })

  it('files messages missed by sync, once and with one event, and reports them', async () => {
    const { server, id } = await compared('missing@contoso.example')
    server.deliverUntold({ remoteId: 'deep', subject: 'Deep', receivedAt: new Date('2025-12-10T10:00:00Z') })
    await pass(CHECK_EVERY_MS)
    expect((await presencesOf(id)).has('Deep')).toBe(false)
    await pass(LOOK_AGAIN_MS)

    expect((await presencesOf(id)).get('Deep')).toBe('present')
    const { conversations: list } = await conversations.reading.list({ emailAccountIds: [id], view: 'all', limit: 50 })
    // Mail of the first import of a folder alone arrives closed and read.
    expect(list.filter(({ status, unread }) => status === 'open' || unread)).toMatchObject([
      { subject: 'Deep', status: 'open', unread: true },
    ])
    expect(await inboxOf(id)).toMatchObject({ missingFound: 1, broughtIn: 1, leftFound: 0 })
    await pass(CHECK_EVERY_MS)
    await pass(DAY_MS)
    expect(await inboxOf(id)).toMatchObject({ missingFound: 1, broughtIn: 1 })
    expect((await presencesOf(id)).size).toBe(41)
    expect(count(await listEventKinds(database, id), 'message.imported')).toBe(41)
    expect((await emailAccounts.get(id)).state).toBe('connected')
  })

  it('detects unreported deletions, even if a missing message makes the counts equal', async () => {
    const { server, id } = await compared('swapped@contoso.example')
    server.deleteUntold('m2')
    server.deliverUntold({ remoteId: 'deep', subject: 'Deep', receivedAt: new Date('2025-12-10T10:00:00Z') })
    await pass(CHECK_EVERY_MS)
    expect((await presencesOf(id)).get('Number 2')).toBe('present')
    await pass(DAY_MS)
    await pass(LOOK_AGAIN_MS)
    await pass(LOOK_AGAIN_MS)
    const presences = await presencesOf(id)
    expect([presences.get('Number 2'), presences.get('Deep')]).toEqual(['gone', 'present'])
    expect(await inboxOf(id)).toMatchObject({ missingFound: 1, broughtIn: 1, leftFound: 1 })
  })

  it('does not count messages that arrive during the run as missing', async () => {
    const { server, id } = await compared('busy@contoso.example')
    clock.advance(CHECK_EVERY_MS)
    const pages = server.pagesTold
    server.beforePage = (page) => {
      // After the changes of the inbox were read, with a date that keeps the message out of the newest.
      if (page !== pages + 2) return
      server.deliver({ remoteId: 'moved', subject: 'Moved', receivedAt: new Date('2025-12-10T10:00:00Z') })
    }
    await runOnce()
    await pass(LOOK_AGAIN_MS)
    expect((await presencesOf(id)).get('Moved')).toBe('present')
    expect(await inboxOf(id)).toMatchObject({ missingFound: 0, broughtIn: 0 })
  })
})

describe('a folder of an IMAP server that reports neither changes nor deletions', () => {
  it('finds missing and deleted messages by their UIDs alone', async () => {
    const internalDate = '20-Dec-2025 10:00:00 +0000'
    // Older than the import, so it does not count as missing.
    const messages = [{ uid: 1, raw: customerMail('old'), internalDate: '20-Dec-2020 10:00:00 +0000' }]
    for (let uid = 2; uid <= 40; uid++) messages.push({ uid, raw: customerMail(uid), internalDate })
    imap.folders.set('INBOX', { uidValidity: 7, uidNext: 50, messages })
    const { transport } = openByImap('deep@contoso.example', imap.port, clock)
    const account = await associate('deep@contoso.example', transport, { folders: ['INBOX'] })
    const { id } = account
    await database.db.updateTable('email_accounts').set({ receives_by: 'imap' }).where('id', '=', id).execute()
    await runOnce()
    await pass(CHECK_EVERY_MS)
    await pass(LOOK_AGAIN_MS)
    expect((await presencesOf(id)).size).toBe(39)
    expect(await inboxOf(id)).toMatchObject({ comparisons: 1, missingFound: 0, leftFound: 0 })

    await lose(id, 'Number 10')
    const whole = customerMessage(clock, 1, {
      remoteId: 'imap:7:45:INBOX',
      folderRemoteId: 'INBOX',
      subject: 'Unheard',
    })
    await database.transaction((tx) => conversations.filing.file(tx, account, whole))
    await pass(CHECK_EVERY_MS)
    imap.commands.length = 0
    await pass(LOOK_AGAIN_MS)
    await pass(SAFETY_POLL_MS)

    const presences = await presencesOf(id)
    expect(presences.get('Number 10')).toBe('present')
    expect(presences.get('Unheard')).toBe('gone')
    expect(presences.has('Number old')).toBe(false)
    expect(await inboxOf(id)).toMatchObject({ missingFound: 1, broughtIn: 1, leftFound: 1 })
    expect(imap.commands.filter((line) => /^UID FETCH .*BODY/.test(line))).toHaveLength(1)
    await transport.reading.close?.()
  })
})
