import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDovecot, type Dovecot } from '../../../mail-servers/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { systemClock } from '../kernel/clock.ts'
import { testDatabase } from '../test-kit/index.ts'
import { customerMail, openByImap } from './imap-stage-for-test.ts'
import { count, createStage, eventKindsOf } from './stage-for-test.ts'

const ADDRESSES = ['read', 'moved', 'renumbered', 'deleted', 'told', 'watched', 'kicked', 'paused', 'lost'].map(
  (name) => `${name}@contoso.example`,
)

const POLL = { timeout: 15_000, interval: 100 }

const database = await testDatabase()
let dovecot: Dovecot
const stage = createStage(database, systemClock, new Map())
const { sync, conversations, emailAccounts } = stage

beforeAll(async () => {
  dovecot = await startDovecot({ users: Object.fromEntries(ADDRESSES.map((address) => [address, 'pw'])) })
  await sync.start()
})
afterAll(async () => {
  await sync.stop()
  await dovecot.stop()
})

async function associated(name: string, folders?: string[]) {
  const address = `${name}@contoso.example`
  const { transport, connections } = openByImap(address, dovecot.imapPort, systemClock)
  const { id } = await stage.associate(address, transport, folders ? { folders } : {})
  await database.db.updateTable('email_accounts').set({ receives_by: 'imap' }).where('id', '=', id).execute()
  return { address, id, connections }
}

async function read(id: EmailAccountId): Promise<string[]> {
  await sync.wake(id)
  await sync.settled()
  return eventKindsOf(database, id)
}

async function messagesOf(id: EmailAccountId) {
  return database.db
    .selectFrom('messages')
    .select(['subject', 'presence', 'flags', 'remote_id', 'unread'])
    .where('email_account_id', '=', id)
    .orderBy('subject')
    .execute()
}

async function subjectsOf(id: EmailAccountId): Promise<string[]> {
  return (await messagesOf(id)).map(({ subject }) => subject)
}

const isWatched = (id: EmailAccountId) =>
  expect.poll(async () => (await emailAccounts.get(id)).push.state, { timeout: 10_000 }).toBe('active')

describe('a mailbox that is watched', () => {
  it('gets its turn by itself when something comes', async () => {
    const { address, id } = await associated('watched')
    await read(id)
    await read(id)
    await isWatched(id)
    await sync.settled()

    await dovecot.deliver(address, customerMail('by itself'))
    await expect.poll(() => subjectsOf(id), { timeout: 10_000 }).toEqual(['Number by itself'])
    expect(count(await eventKindsOf(database, id), 'message.received')).toBe(1)
  })

  it('misses nothing that comes while its connection is cut, and nothing comes twice', async () => {
    const { address, id, connections } = await associated('kicked')
    await read(id)
    await read(id)
    await isWatched(id)
    await sync.settled()

    await dovecot.kick(address)
    await dovecot.deliver(address, customerMail('in the gap'))
    await expect.poll(() => subjectsOf(id), { timeout: 20_000 }).toEqual(['Number in the gap'])
    await expect.poll(() => connections.size, { timeout: 10_000 }).toBe(1)
    await dovecot.deliver(address, customerMail('and after it'))
    await expect.poll(() => subjectsOf(id), { timeout: 20_000 }).toEqual(['Number and after it', 'Number in the gap'])
    expect(count(await eventKindsOf(database, id), 'message.received')).toBe(2)
    expect((await emailAccounts.get(id)).state).toBe('connected')
  })

  it('is let go of when it is paused', async () => {
    const { id, connections } = await associated('paused')
    await read(id)
    await read(id)
    await isWatched(id)
    await emailAccounts.pause(id, 'admin')
    await expect.poll(() => connections.size, { timeout: 40_000 }).toBe(0)
  }, 60_000)
})

describe('a mailbox on a real IMAP server', () => {
  it('is read to its end, newest first, and then only what came since', async () => {
    const { address, id } = await associated('read')
    for (let n = 100; n < 220; n++) await dovecot.deliver(address, customerMail(n))
    await read(id)

    expect(await messagesOf(id)).toHaveLength(120)
    const before = await eventKindsOf(database, id)
    await dovecot.deliver(address, customerMail('new'))
    const kinds = (await read(id)).slice(before.length)

    expect(kinds.filter((kind) => kind.startsWith('message.'))).toEqual(['message.received'])
    expect((await emailAccounts.get(id)).state).toBe('connected')
    expect(await conversations.countsOf(id)).toMatchObject({ messages: 121, conversations: 121 })
  })

  it('takes over what is marked in another program, and marks nothing itself', async () => {
    const { address, id } = await associated('told')
    for (const n of ['a', 'b']) await dovecot.deliver(address, customerMail(n))
    await read(id)
    expect((await messagesOf(id)).map(({ unread }) => unread)).toEqual([true, true])

    await dovecot.doveadm(['flags', 'add', '-u', address, '\\Seen', 'mailbox', 'INBOX', 'uid', '1'])
    await read(id)

    expect(await messagesOf(id)).toMatchObject([
      { subject: 'Number a', unread: false },
      { subject: 'Number b', unread: true },
    ])
    const flags = await dovecot.doveadm(['fetch', '-u', address, 'flags', 'mailbox', 'INBOX', 'uid', '2'])
    expect(flags).not.toContain('Seen')
  })

  it('knows a message again that was moved, and one that was appended a second time', async () => {
    const { address, id } = await associated('moved', ['INBOX', 'Archive'])
    for (const n of [1, 2, 3]) await dovecot.deliver(address, customerMail(n))
    await read(id)
    await dovecot.doveadm(['move', '-u', address, 'Archive', 'mailbox', 'INBOX', 'uid', '2'])
    await dovecot.deliver(address, customerMail(3, 'X-Read-Again: by another way'))
    const kinds = await read(id)

    expect(count(kinds, 'message.received') + count(kinds, 'message.imported')).toBe(3)
    expect(count(kinds, 'message.gone')).toBe(0)
    expect((await messagesOf(id)).map(({ presence }) => presence)).toEqual(['present', 'present', 'present'])
  })

  it('is known to be closed as soon as its watch breaks, not when it would be asked next', async () => {
    const own = await startDovecot({ users: { 'closed@contoso.example': 'pw' } })
    const { transport } = openByImap('closed@contoso.example', own.imapPort, systemClock)
    const { id } = await stage.associate('closed@contoso.example', transport, {})
    await database.db.updateTable('email_accounts').set({ receives_by: 'imap' }).where('id', '=', id).execute()
    await read(id)
    expect((await emailAccounts.get(id)).state).toBe('connected')
    await expect
      .poll(async () => (await own.doveadm(['who', 'closed@contoso.example'])).includes('closed@'), POLL)
      .toBe(true)

    await own.setPasswords({ 'closed@contoso.example': 'another' })
    await own.kick('closed@contoso.example')

    const failures = () =>
      database.db
        .selectFrom('email_accounts')
        .select('attempts')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
        .then(({ attempts }) => attempts)
    await expect.poll(failures, POLL).toBeGreaterThan(0)
    await own.stop()
  })

  it('says that a message is gone when it was deleted for good, and not when it lies in another folder', async () => {
    const { address, id } = await associated('deleted')
    for (const n of [1, 2]) await dovecot.deliver(address, customerMail(n))
    await read(id)
    await dovecot.doveadm(['move', '-u', address, 'Trash', 'mailbox', 'INBOX', 'uid', '1'])
    await dovecot.doveadm(['expunge', '-u', address, 'mailbox', 'INBOX', 'uid', '2'])
    const kinds = await read(id)

    expect(await messagesOf(id)).toMatchObject([{ presence: 'elsewhere' }, { presence: 'gone' }])
    expect(count(kinds, 'message.gone')).toBe(1)
  })

  it('goes on with the other folders when a chosen one was deleted, and remembers that', async () => {
    const { address } = await associated('lost')
    await dovecot.doveadm(['mailbox', 'create', '-u', address, 'Orders'])
    const transport = stage.transports.get(address)!
    const remote = (await transport.reading.listFolders()).filter(
      ({ role, path }) => role === 'inbox' || path[0] === 'Orders',
    )
    const { id } = (await emailAccounts.list()).find((each) => each.address === address)!
    await emailAccounts.update(id, { folderRemoteIds: remote.map(({ remoteId }) => remoteId) }, 'ada')
    await read(id)

    await dovecot.doveadm(['mailbox', 'delete', '-u', address, 'Orders'])
    await dovecot.deliver(address, customerMail(900))
    await read(id)

    expect(await subjectsOf(id)).toEqual(['Number 900'])
    const { lost_folders: lost } = await database.db
      .selectFrom('email_accounts')
      .select('lost_folders')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(lost).toMatchObject([{ name: 'Orders' }])
    expect((await emailAccounts.get(id)).state).toBe('connected')
  })

  it('makes no second message and no second event when the server numbers its messages anew', async () => {
    const { address, id } = await associated('renumbered')
    for (let n = 100; n < 170; n++) await dovecot.deliver(address, customerMail(n))
    await read(id)
    const before = await eventKindsOf(database, id)
    await dovecot.doveadm(['mailbox', 'update', '-u', address, '--uid-validity', '4242', 'INBOX'])
    const kinds = (await read(id)).slice(before.length)

    expect(kinds.filter((kind) => !kind.startsWith('email_account.'))).toEqual(['folder.resynced'])
    const messages = await messagesOf(id)
    expect(messages).toHaveLength(70)
    expect(messages.every(({ remote_id: remoteId }) => remoteId.startsWith('imap:4242:'))).toBe(true)
  })
})
