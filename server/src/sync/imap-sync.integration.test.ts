import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  openMailProgram,
  startDovecot,
  type Dovecot,
  type ImapServer,
  type MailProgram,
} from '../../../mail-servers/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { systemClock } from '../kernel/clock.ts'
import { IMAP_SERVERS, testDatabase, type ImapServerKind } from '../../test/kit/index.ts'
import { customerMail, openByImap } from '../../test/sync/imap-stage.ts'
import { count, createStage, listEventKinds, type Stage } from '../../test/sync/stage.ts'

/** Sync environment with its own database for the mailboxes of one server. */
function createReader() {
  let database: Awaited<ReturnType<typeof testDatabase>>
  let stage: Stage
  const programs: MailProgram[] = []

  async function start(): Promise<void> {
    database = await testDatabase()
    stage = createStage(database, systemClock, new Map())
    await stage.sync.start()
  }

  async function stop(): Promise<void> {
    for (const program of programs) program.close()
    await stage.sync.stop()
  }

  async function associated(
    server: ImapServer,
    address: string,
    folders?: string[],
    times?: Parameters<typeof openByImap>[3],
  ) {
    const { transport, connections } = openByImap(address, server.imapPort, systemClock, times)
    const { id } = await stage.associate(address, transport, folders ? { folders } : {})
    await database.db.updateTable('email_accounts').set({ receives_by: 'imap' }).where('id', '=', id).execute()
    return { address, id, connections, transport }
  }

  async function otherProgram(server: ImapServer, address: string): Promise<MailProgram> {
    const program = await openMailProgram(server.imapPort, address, 'pw')
    programs.push(program)
    return program
  }

  async function read(id: EmailAccountId): Promise<string[]> {
    await stage.sync.wake(id)
    await stage.sync.settled()
    return listEventKinds(database, id)
  }

  async function messagesOf(id: EmailAccountId) {
    return database.db
      .selectFrom('messages')
      .select(['subject', 'presence', 'flags', 'remote_id', 'unread'])
      .where('email_account_id', '=', id)
      .orderBy('subject')
      .execute()
  }

  const stateOf = async (id: EmailAccountId) => (await stage.emailAccounts.get(id)).state
  return {
    start,
    stop,
    associated,
    otherProgram,
    read,
    messagesOf,
    stateOf,
    subjectsOf: async (id: EmailAccountId) => (await messagesOf(id)).map(({ subject }) => subject),
    eventsOf: (id: EmailAccountId) => listEventKinds(database, id),
    isWatched: (id: EmailAccountId) =>
      expect.poll(async () => (await stage.emailAccounts.get(id)).push.state).toBe('active'),
    account: (id: EmailAccountId) =>
      database.db
        .selectFrom('email_accounts')
        .innerJoin('account_sync_states', 'email_account_id', 'id')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow(),
    get rooms() {
      return stage
    },
  }
}

for (const kind of IMAP_SERVERS) {
  const why = kind.missing
  describe.skipIf(why)(`a mailbox on ${kind.name}${why ? ` (skipped: ${why})` : ''}`, () => scenariosOn(kind))
}

/** Scenarios that run on every server. */
function scenariosOn({ start, folder }: ImapServerKind) {
  const names = [
    'read',
    'watched',
    'kicked',
    'crashed',
    'flags',
    'moved',
    'deleted',
    'renamed',
    'lost',
    'renumbered',
    'followed',
    'emptied',
  ]
  const addressOf = (name: string) => `${name}@contoso.example`
  const archive = folder('Archive')
  const reader = createReader()
  const { read, messagesOf, subjectsOf, stateOf, eventsOf, isWatched } = reader
  let server: ImapServer

  const associated = (name: string, folders?: string[]) => reader.associated(server, addressOf(name), folders)
  const otherProgram = (name: string) => reader.otherProgram(server, addressOf(name))
  async function deliver(name: string, ...numbers: (number | string)[]): Promise<void> {
    for (const n of numbers) await server.deliver(addressOf(name), customerMail(n))
  }

  beforeAll(async () => {
    server = await start(Object.fromEntries(names.map((name) => [addressOf(name), 'pw'])))
    await reader.start()
  })
  afterAll(async () => {
    await reader.stop()
    await server.stop()
  })

  it('is read to its end, newest first, and then only new mail is read', async () => {
    const { id } = await associated('read')
    await deliver('read', ...Array.from({ length: 60 }, (_, n) => n + 100))
    await read(id)

    expect(await messagesOf(id)).toHaveLength(60)
    const before = await eventsOf(id)
    await deliver('read', 'new')
    const kinds = (await read(id)).slice(before.length)

    expect(kinds.filter((each) => each.startsWith('message.'))).toEqual(['message.received'])
    expect(await stateOf(id)).toBe('connected')
    expect(await reader.rooms.conversations.reading.counts(id)).toMatchObject({ messages: 61, conversations: 61 })
  })

  it('lists its folders for sent, drafts, trash, archive and junk', async () => {
    const { transport } = await associated('read')
    const listed = await transport.reading.listFolders()

    const roles = listed.filter(({ role }) => role !== undefined).map(({ role, remoteId }) => [role, remoteId])
    expect(Object.fromEntries(roles)).toEqual({
      inbox: 'INBOX',
      ...Object.fromEntries(
        ['Sent', 'Drafts', 'Trash', 'Archive', 'Junk'].map((each) => [each.toLowerCase(), folder(each)]),
      ),
    })
  })

  it('is read automatically when new mail arrives', async () => {
    const { id } = await associated('watched')
    await read(id)
    await read(id)
    await isWatched(id)

    await deliver('watched', 'by itself')
    await expect.poll(() => subjectsOf(id)).toEqual(['Number by itself'])
    expect(count(await eventsOf(id), 'message.received')).toBe(1)
  })

  it('loses and duplicates no mail that arrives while its session is closed', async () => {
    const { address, id } = await associated('kicked')
    await read(id)
    await read(id)
    await isWatched(id)

    await server.kick(address)
    await deliver('kicked', 'in the gap')
    await expect.poll(() => subjectsOf(id)).toEqual(['Number in the gap'])
    await deliver('kicked', 'and after it')
    await expect.poll(() => subjectsOf(id)).toEqual(['Number and after it', 'Number in the gap'])
    expect(count(await eventsOf(id), 'message.received')).toBe(2)
    expect(await stateOf(id)).toBe('connected')
  })

  it('follows flags changed by another program, and changes none itself', async () => {
    const { id } = await associated('flags')
    await deliver('flags', 'a', 'b')
    await read(id)
    expect((await messagesOf(id)).map(({ unread }) => unread)).toEqual([true, true])

    const program = await otherProgram('flags')
    await program.flag('INBOX', 1, '+FLAGS (\\Seen)')
    await read(id)
    expect(await messagesOf(id)).toMatchObject([
      { subject: 'Number a', unread: false },
      { subject: 'Number b', unread: true },
    ])
    expect(await program.fetch('INBOX', 'FLAGS')).toMatch(/UID 2\b(?!.*\\Seen)|FLAGS \((?!.*\\Seen).*UID 2\b/)

    await program.flag('INBOX', 1, '-FLAGS (\\Seen)')
    await read(id)
    expect((await messagesOf(id)).map(({ unread }) => unread)).toEqual([true, true])
  })

  it('recognizes moved messages and messages delivered twice', async () => {
    const { address, id } = await associated('moved', ['INBOX', archive])
    await deliver('moved', 1, 2, 3)
    await read(id)
    await (await otherProgram('moved')).move('INBOX', '2', archive)
    await server.deliver(address, customerMail(3, 'X-Read-Again: by another way'))
    const kinds = await read(id)

    expect(count(kinds, 'message.received') + count(kinds, 'message.imported')).toBe(3)
    expect(count(kinds, 'message.removed')).toBe(0)
    expect((await messagesOf(id)).map(({ presence }) => presence)).toEqual(['present', 'present', 'present'])
  })

  it('reports a deleted message as gone, but not one that is in another folder', async () => {
    const { id } = await associated('deleted')
    await deliver('deleted', 1, 2)
    await read(id)
    const program = await otherProgram('deleted')
    await program.move('INBOX', '1', folder('Trash'))
    await program.expunge('INBOX', '2')
    const kinds = await read(id)

    expect(await messagesOf(id)).toMatchObject([{ presence: 'elsewhere' }, { presence: 'gone' }])
    expect(count(kinds, 'message.removed')).toBe(1)
  })

  it.each([
    ['deleted', 'lost'],
    ['renamed', 'renamed'],
  ])('continues with the other folders when a synced one is %s, and stores its name', async (change, name) => {
    const orders = folder('Orders')
    const program = await otherProgram(name)
    await program.create(orders)
    await deliver(name, 1)
    await program.move('INBOX', '1', orders)
    const { id } = await associated(name, ['INBOX', orders])
    await read(id)
    expect(await subjectsOf(id)).toEqual(['Number 1'])

    await (change === 'deleted' ? program.remove(orders) : program.rename(orders, folder('Purchases')))
    await deliver(name, 900)
    await read(id)

    expect(await subjectsOf(id)).toEqual(['Number 1', 'Number 900'])
    expect(await stateOf(id)).toBe('connected')
    if (change === 'deleted')
      expect((await reader.account(id)).lost_folders).toMatchObject([
        { name: expect.stringMatching(/^(INBOX\/)?Orders$/) as string },
      ])
    else expect((await reader.account(id)).lost_folders).toEqual([])
  })

  it('continues with a synced folder under its new name', async () => {
    const [orders, purchases] = [folder('Orders'), folder('Käufe & Maß')]
    // Modified UTF-7 (RFC 3501 §5.1.3).
    const encoded = folder('K&AOQ-ufe &- Ma&AN8-')
    const program = await otherProgram('followed')
    await program.create(orders)
    await deliver('followed', 1)
    await program.move('INBOX', '1', orders)
    const { id } = await associated('followed', ['INBOX', orders])
    const before = await read(id)

    await program.rename(orders, encoded)
    await read(id)
    await deliver('followed', 2)
    await program.move('INBOX', '1:*', encoded)
    const kinds = (await read(id)).slice(before.length)

    const chosen = (await reader.rooms.emailAccounts.folders(id)).filter(({ synced }) => synced)
    expect(chosen.map(({ remoteId }) => remoteId).sort()).toEqual(['INBOX', purchases].sort())
    expect(count(kinds, 'folder.renamed')).toBe(1)
    expect(count(kinds, 'folder.removed')).toBe(0)
    expect(count(kinds, 'message.removed')).toBe(0)
    expect(await messagesOf(id)).toMatchObject([{ presence: 'present' }, { presence: 'present' }])
    expect(await stateOf(id)).toBe('connected')
  })

  it('does not mistake a folder for a renamed one when all messages are moved there', async () => {
    const [orders, done] = [folder('Orders'), folder('Done')]
    const program = await otherProgram('emptied')
    await program.create(orders)
    await program.create(done)
    await deliver('emptied', 1)
    await program.move('INBOX', '1', orders)
    const { id } = await associated('emptied', ['INBOX', orders])
    await read(id)

    await program.move(orders, '1', done)
    await program.remove(orders)
    const kinds = await read(id)

    expect(count(kinds, 'folder.removed')).toBe(1)
    const chosen = (await reader.rooms.emailAccounts.folders(id)).filter(({ synced }) => synced)
    expect(chosen.map(({ remoteId }) => remoteId)).toEqual(['INBOX'])
  })

  it('stores no second message or event when UIDVALIDITY changes', async () => {
    const orders = folder('Orders')
    const numbers = Array.from({ length: 20 }, (_, n) => n + 100)
    await deliver('renumbered', ...numbers)
    const program = await otherProgram('renumbered')
    await program.create(orders)
    await program.move('INBOX', '1:*', orders)
    const { id } = await associated('renumbered', ['INBOX', orders])
    await read(id)
    const before = await eventsOf(id)
    const stored = await messagesOf(id)
    expect(stored).toHaveLength(20)

    await program.renumber(orders)
    const kinds = (await read(id)).slice(before.length)

    expect(kinds.filter((each) => !each.startsWith('email_account.'))).toEqual(['folder.resynced'])
    const messages = await messagesOf(id)
    expect(messages.map(({ subject }) => subject)).toEqual(stored.map(({ subject }) => subject))
    const validityOf = ({ remote_id: remoteId }: { remote_id: string }) => remoteId.split(':')[1]
    expect(new Set(messages.map(validityOf)).size).toBe(1)
    expect(validityOf(messages[0]!)).not.toBe(validityOf(stored[0]!))
  })

  it('loses and duplicates no mail when the server is killed', async () => {
    const { id } = await associated('crashed')
    await deliver('crashed', 'before')
    await read(id)
    await read(id)
    await isWatched(id)

    await server.crash()
    await deliver('crashed', 'after')
    await expect
      .poll(async () => {
        await read(id)
        return subjectsOf(id)
      })
      .toEqual(['Number after', 'Number before'])
    const kinds = await eventsOf(id)
    expect(count(kinds, 'message.received') + count(kinds, 'message.imported')).toBe(2)
    expect(await stateOf(id)).toBe('connected')
  })
}

describe('a mailbox watched by IDLE', () => {
  const PAUSED = 'paused@contoso.example'
  const reader = createReader()
  let dovecot: Dovecot

  beforeAll(async () => {
    dovecot = await startDovecot({ users: { [PAUSED]: 'pw' } })
    await reader.start()
  })
  afterAll(async () => {
    await reader.stop()
    await dovecot.stop()
  })

  it('has no connection after a pause', async () => {
    // By default after 30 seconds.
    const { id, connections } = await reader.associated(dovecot, PAUSED, undefined, { unusedMs: 1_000 })
    await reader.read(id)
    await reader.read(id)
    await reader.isWatched(id)
    await reader.rooms.emailAccounts.pause(id, 'admin')
    await expect.poll(() => connections.size).toBe(0)
  })

  it('is reported as inaccessible as soon as its connection breaks, before the next poll', async () => {
    const address = 'closed@contoso.example'
    const own = await startDovecot({ users: { [address]: 'pw' } })
    const { id } = await reader.associated(own, address)
    await reader.read(id)
    expect(await reader.stateOf(id)).toBe('connected')
    await expect.poll(async () => (await own.doveadm(['who', address])).includes('closed@')).toBe(true)

    await own.setPasswords({ [address]: 'another' })
    await own.kick(address)

    await expect.poll(async () => (await reader.account(id)).attempts).toBeGreaterThan(0)
    await own.stop()
  })

  it('stores no second message or event when the UIDVALIDITY of INBOX changes', async () => {
    const address = 'inbox@contoso.example'
    const own = await startDovecot({ users: { [address]: 'pw' } })
    const { id } = await reader.associated(own, address)
    for (let n = 100; n < 170; n++) await own.deliver(address, customerMail(n))
    await reader.read(id)
    const before = await reader.eventsOf(id)
    await own.doveadm(['mailbox', 'update', '-u', address, '--uid-validity', '4242', 'INBOX'])
    const kinds = (await reader.read(id)).slice(before.length)

    expect(kinds.filter((each) => !each.startsWith('email_account.'))).toEqual(['folder.resynced'])
    const messages = await reader.messagesOf(id)
    expect(messages).toHaveLength(70)
    expect(messages.every(({ remote_id: remoteId }) => remoteId.startsWith('imap:4242:'))).toBe(true)
    await own.stop()
  })
})
