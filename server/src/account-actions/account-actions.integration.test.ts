import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailProgram, startDovecot, type Dovecot, type MailProgram } from '../../../mail-servers/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { ConversationId, EmailAccountId } from '../kernel/ids.ts'
import { createDialGuard } from '../kernel/dial-guard.ts'
import { Secret } from '../kernel/secret.ts'
import {
  createImapReading,
  createMailboxConnections,
  type MailTransport,
  type MessageChanges,
  type ReadingTransport,
} from '../transports/index.ts'
import {
  createTestApp,
  emailAccountsForTest,
  mailParser,
  storeGrant,
  testDatabase,
  type TestApp,
  type TestClock,
} from '../../test/kit/index.ts'

const ANNA = { id: 'anna', since: new Date(0) }
const BORIS = { id: 'boris', since: new Date(0) }

/** A mailbox as another mail program sees it. Messages are named by their subject. */
interface Outside {
  address: string
  folderNames: { inbox: string; archive: string; trash: string; junk: string }
  deliver(subject: string): Promise<void>
  /** Folder and read mark of each message with this subject. */
  find(subject: string): Promise<{ folder: string; isRead: boolean }[]>
  markUnread(subject: string): Promise<void>
  move(subject: string, folder: string): Promise<void>
}

/** Ahead of the machine by the time that the tests have skipped. */
let skippedMs = 0
const clock: TestClock = {
  now: () => new Date(Date.now() + skippedMs),
  advance: (ms) => void (skippedMs += ms),
  set: () => {
    throw new TypeError('the machine sets the time')
  },
}
/** A server without CONDSTORE is asked for the flags of known messages only at intervals. */
const COMPARED_AFTER_MS = 60_000

const microsoft = await emailAccountsForTest()
let dovecot: Dovecot
let program: MailProgram
beforeAll(async () => {
  dovecot = await startDovecot({ users: { 'box@contoso.example': 'pw' } })
  program = await openMailProgram(dovecot.imapPort, 'box@contoso.example', 'pw')
})
afterAll(async () => {
  program.close()
  await dovecot.stop()
})

function outsideMicrosoft(address: string): Outside {
  const folderNames = { inbox: 'inbox', archive: 'archive', trash: 'deleteditems', junk: 'junkemail' }
  interface Item {
    id: string
    subject: string
    isRead: boolean
  }
  const listOf = async (folder: string) =>
    (await microsoft.ask<{ value: Item[] }>(address, 'GET', `/me/mailFolders/${folder}/messages?$top=200`)).value
  async function idOf(subject: string): Promise<string> {
    for (const folder of Object.values(folderNames)) {
      const found = (await listOf(folder)).find((item) => item.subject === subject)
      if (found) return found.id
    }
    throw new Error(`no message ${subject}`)
  }
  return {
    address,
    folderNames,
    deliver: (subject) => microsoft.write({ from: 'kim@customer.example', to: address, subject, text: subject }),
    async find(subject) {
      const found = []
      for (const folder of Object.values(folderNames)) {
        const items = (await listOf(folder)).filter((item) => item.subject === subject)
        found.push(...items.map(({ isRead }) => ({ folder, isRead })))
      }
      return found
    },
    markUnread: async (subject) =>
      microsoft.ask(address, 'PATCH', `/me/messages/${await idOf(subject)}`, { isRead: false }),
    move: async (subject, destinationId) =>
      microsoft.ask(address, 'POST', `/me/messages/${await idOf(subject)}/move`, { destinationId }),
  }
}

function outsideDovecot(): Outside {
  const folderNames = { inbox: 'INBOX', archive: 'Archive', trash: 'Trash', junk: 'Junk' }
  async function linesOf(folder: string): Promise<{ uid: number; subject: string; isRead: boolean }[]> {
    const text = await program.fetch(folder, 'FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)]').catch(() => '')
    return [...text.matchAll(/UID (\d+) FLAGS \(([^)]*)\)[^]*?Subject: ([^\r\n]*)/g)].map(
      ([, uid, flags, subject]) => ({ uid: Number(uid), subject: subject!, isRead: flags!.includes('\\Seen') }),
    )
  }
  async function placeOf(subject: string) {
    for (const folder of Object.values(folderNames)) {
      const line = (await linesOf(folder)).find((each) => each.subject === subject)
      if (line) return { folder, uid: line.uid }
    }
    throw new Error(`no message ${subject}`)
  }
  return {
    address: 'box@contoso.example',
    folderNames,
    deliver: (subject) => dovecot.deliver('box@contoso.example', letterOf(subject)),
    async find(subject) {
      const found = []
      for (const folder of Object.values(folderNames)) {
        const lines = (await linesOf(folder)).filter((line) => line.subject === subject)
        found.push(...lines.map(({ isRead }) => ({ folder, isRead })))
      }
      return found
    },
    async markUnread(subject) {
      const { folder, uid } = await placeOf(subject)
      await program.flag(folder, uid, '-FLAGS (\\Seen)')
    },
    async move(subject, to) {
      const { folder, uid } = await placeOf(subject)
      await program.move(folder, String(uid), to)
    },
  }
}

describe('a mailbox by Graph', () => {
  const address = 'ben@contoso.example'
  actingOn('graph', () => outsideMicrosoft(address), () => microsoft.open(address, 'me')) // prettier-ignore
})

describe('a Microsoft 365 mailbox by IMAP', () => {
  const address = 'ada@contoso.example'
  actingOn('imap', () => outsideMicrosoft(address), async () => byImap((await microsoft.openByImap(address, address, clock)).reading)) // prettier-ignore
})

describe('a mailbox on Dovecot', () => {
  actingOn('imap', outsideDovecot, () => Promise.resolve(byImap(readingOf(dovecot.imapPort))))
})

function byImap(reading: ReadingTransport): MailTransport {
  return {
    preflight: () => Promise.resolve({ checks: [{ what: 'reads', outcome: 'ok' }] }),
    reading,
    sending: {} as MailTransport['sending'],
  }
}

function readingOf(port: number): ReadingTransport {
  const connections = createMailboxConnections({
    server: { host: '127.0.0.1', port, tls: 'none' },
    login: { by: 'password', userName: 'box@contoso.example', password: () => Promise.resolve(new Secret('pw')) },
    dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${port}`]) }),
    clock,
  })
  afterAll(() => connections.close())
  return createImapReading({ connections, clock, parser: mailParser })
}

function letterOf(subject: string): string {
  const lines = [
    'From: "Kim" <kim@customer.example>',
    'To: box@contoso.example',
    `Subject: ${subject}`,
    `Message-ID: <${subject.replace(' ', '-')}@customer.example>`,
    'Date: Sat, 20 Dec 2025 10:00:00 +0000',
  ]
  return [...lines, '', `Hello ${subject}`, ''].join('\r\n')
}

function actingOn(protocol: 'graph' | 'imap', outsideOf: () => Outside, open: () => Promise<MailTransport>) {
  let app: TestApp
  let outside: Outside
  let id: EmailAccountId
  let database: Awaited<ReturnType<typeof testDatabase>>
  /** Answer of the server to all changes, and message whose changes it refuses. */
  let refusal: AppError | undefined
  let refusedId: string | undefined
  /** True while moves take effect without an answer. */
  let losesAnswers = false

  const placeOf = async (of: ConversationId) => (await app.rooms.conversations.reading.find(of))!.place
  function refusing(changing: MessageChanges): MessageChanges {
    return {
      ...changing,
      async markSeen(remoteIds, isSeen) {
        if (refusal) return { outcomes: new Map(), stoppedBy: refusal }
        const { outcomes } = await changing.markSeen(remoteIds.filter((each) => each !== refusedId), isSeen) // prettier-ignore
        const error = new AppError('transports.request_refused')
        const refused = remoteIds.filter((each) => each === refusedId).map((each) => [each, { kind: 'failed', error }] as const) // prettier-ignore
        return { outcomes: new Map([...outcomes, ...refused]) }
      },
      async move(...request) {
        const result = await changing.move(...request)
        return losesAnswers ? { outcomes: new Map(), stoppedBy: new AppError('transports.unavailable') } : result
      },
    }
  }

  beforeAll(async () => {
    database = await testDatabase()
    outside = outsideOf()
    const transport = await open()
    const changing = refusing(transport.reading.changing!)
    app = await createTestApp(database, clock, {
      transports: (composed) => ({
        ...composed,
        open: () => Promise.resolve({ ...transport, reading: { ...transport.reading, changing } }),
        canSendBy: () => Promise.resolve(true),
        canChange: () => Promise.resolve(true),
      }),
    })
    await app.syncService.start()
    const { grantId } = await storeGrant(database, clock)
    ;({ id } = await app.rooms.emailAccounts.associate(
      {
        ...{ name: outside.address, key: 'BOX', address: outside.address, kind: 'user', grantId },
        contact: 'admin@contoso.example',
      },
      'admin',
    ))
    await database.db.updateTable('email_accounts').set({ receives_by: protocol }).where('id', '=', id).execute()
    await read()
    const folders = await transport.reading.listFolders()
    const archive = folders.find(({ role }) => role === 'archive')!
    await app.rooms.accountActions.change(
      id,
      { marksRead: true, closedFolderRemoteId: archive.remoteId, movesSpam: true, movesDeleted: true },
      'person:admin',
    )
  }, 60_000)
  afterAll(() => app.syncService.stop())

  async function read(): Promise<void> {
    skippedMs += COMPARED_AFTER_MS
    await app.syncService.wake(id)
    await app.syncService.settled()
  }
  const storedOf = (subject: string) =>
    database.db
      .selectFrom('messages')
      .select(['conversation_id', 'presence', 'flags', 'unread', 'remote_id'])
      .where('email_account_id', '=', id)
      .where('subject', '=', subject)
      .execute()
  /** Delivers a message and waits until sync has stored it. */
  async function received(subject: string): Promise<ConversationId> {
    await expect
      .poll(async () => {
        await read()
        return (await storedOf(subject)).length
      })
      .toBe(1)
    return (await storedOf(subject))[0]!.conversation_id
  }
  async function deliver(subject: string): Promise<ConversationId> {
    await outside.deliver(subject)
    return received(subject)
  }
  const isUnreadFor = async (reader: typeof ANNA, conversationId: ConversationId) => {
    const conversation = await app.rooms.conversations.reading.find(conversationId)
    return (await app.rooms.conversations.reads.forReader(reader, [conversation!]))[0]!.unread
  }
  const act = () => app.actionsService.catchUp()
  const { team, reads } = {
    get team() {
      return {
        close: (conversation: ConversationId) => app.rooms.conversations.team.close(conversation, 'person:anna'),
        reopen: (conversation: ConversationId) => app.rooms.conversations.team.reopen(conversation, 'person:anna'),
      }
    },
    get reads() {
      return {
        markSeen: (conversation: ConversationId) => app.rooms.conversations.reads.markSeen(conversation, ANNA),
        markUnread: (conversation: ConversationId) => app.rooms.conversations.reads.markUnread(conversation, ANNA),
      }
    },
  }

  it('marks messages as read when a person reads them, and takes it back; colleagues still see them as unread', async () => {
    const conversation = await deliver('seen')
    await reads.markSeen(conversation)
    await act()
    expect(await outside.find('seen')).toEqual([{ folder: outside.folderNames.inbox, isRead: true }])

    await read()
    expect(await storedOf('seen')).toMatchObject([{ flags: ['seen'], presence: 'present' }])
    expect([await isUnreadFor(ANNA, conversation), await isUnreadFor(BORIS, conversation)]).toEqual([false, true])

    await reads.markUnread(conversation)
    await act()
    expect(await outside.find('seen')).toEqual([{ folder: outside.folderNames.inbox, isRead: false }])
    await read()
    expect(await isUnreadFor(ANNA, conversation)).toBe(true)
  })

  it('follows a read mark of another program after its own', async () => {
    const conversation = await deliver('unseen')
    await reads.markSeen(conversation)
    await act()
    await read()
    await outside.markUnread('unseen')
    await read()
    await act()

    expect(await outside.find('unseen')).toMatchObject([{ isRead: false }])
    expect(await isUnreadFor(BORIS, conversation)).toBe(true)
    await app.rooms.conversations.reads.markSeen(conversation, BORIS)
    await act()
    expect(await outside.find('unseen')).toMatchObject([{ isRead: true }])
  })

  it('moves messages of closed conversations and moves them back, without a duplicate or a deletion', async () => {
    const conversation = await deliver('closed')
    const { inbox, archive } = outside.folderNames
    await team.close(conversation)
    await act()
    expect(await outside.find('closed')).toEqual([{ folder: archive, isRead: true }])
    await read()
    await read()
    expect(await storedOf('closed')).toMatchObject([{ presence: 'elsewhere' }])

    await team.reopen(conversation)
    await act()
    expect(await outside.find('closed')).toEqual([{ folder: inbox, isRead: true }])
    await read()
    await read()
    expect(await storedOf('closed')).toMatchObject([{ presence: 'present' }])

    await team.close(conversation)
    await act()
    expect(await outside.find('closed')).toMatchObject([{ folder: archive }])
    const removed = await database.db.selectFrom('events').select('id').where('kind', '=', 'message.removed').execute()
    expect(removed).toEqual([])
  })

  it('sends nothing for a change that was undone in time', async () => {
    const conversation = await deliver('undone')
    await team.close(conversation)
    await team.reopen(conversation)
    await act()
    expect(await outside.find('undone')).toMatchObject([{ folder: outside.folderNames.inbox }])
    expect(await app.rooms.accountActions.settings(id)).toMatchObject({ waiting: 0, failed: 0, fault: undefined })
  })

  it.each(['spam', 'deleted'] as const)(
    'moves the messages of a conversation that is %s, and moves them back',
    async (place) => {
      const { inbox, archive, junk, trash } = outside.folderNames
      const conversation = await deliver(place)
      const setPlace = (to: 'inbox' | 'spam' | 'deleted') =>
        app.rooms.conversations.team.setPlace(conversation, to, 'person:anna')
      await setPlace(place)
      await act()
      const target = place === 'spam' ? junk : trash
      expect(await outside.find(place)).toEqual([{ folder: target, isRead: false }])
      await read()
      await read()
      expect(await storedOf(place)).toHaveLength(1)

      await team.close(conversation)
      await act()
      expect(await outside.find(place)).toMatchObject([{ folder: target }])
      await setPlace('inbox')
      await act()
      expect(await outside.find(place)).toMatchObject([{ folder: archive }])
      await team.reopen(conversation)
      await act()
      expect(await outside.find(place)).toMatchObject([{ folder: inbox }])
      await read()
      await read()
      expect(await storedOf(place)).toMatchObject([{ presence: 'present' }])
    },
  )

  it('moves messages that the server itself has put into Junk to the inbox when they are no spam', async () => {
    const { inbox, junk } = outside.folderNames
    const conversation = await deliver('trusted')
    await outside.move('trusted', junk)
    await read()
    await read()
    await app.rooms.conversations.team.setPlace(conversation, 'spam', 'person:anna')
    await act()
    await app.rooms.conversations.team.setPlace(conversation, 'inbox', 'person:anna')
    await act()
    expect(await outside.find('trusted')).toMatchObject([{ folder: inbox }])
  })

  it('leaves a message that another program has moved meanwhile where it is', async () => {
    const conversation = await deliver('moved')
    await outside.move('moved', outside.folderNames.trash)
    await team.close(conversation)
    await act()
    await read()
    expect(await outside.find('moved')).toMatchObject([{ folder: outside.folderNames.trash }])
    expect(await storedOf('moved')).toMatchObject([{ presence: 'elsewhere' }])
    expect(await placeOf(conversation)).toBe('deleted')
    expect(await app.rooms.accountActions.settings(id)).toMatchObject({ waiting: 0, failed: 0, fault: undefined })
  })

  it.each([
    ['trash', 'deleted'],
    ['junk', 'spam'],
  ] as const)('follows a message that another program moves to %s, and back', async (folder, place) => {
    const subject = `followed ${folder}`
    const conversation = await deliver(subject)
    await outside.move(subject, outside.folderNames[folder])
    await read()
    await read()
    expect(await placeOf(conversation)).toBe(place)
    await outside.move(subject, outside.folderNames.inbox)
    await read()
    expect(await placeOf(conversation)).toBe('inbox')
  })

  it('recognizes its own move whose end was not stored', async () => {
    const conversation = await deliver('repeated')
    const { archive } = outside.folderNames
    await team.close(conversation)
    losesAnswers = true
    await act()
    losesAnswers = false
    clock.advance(10 * 60_000)
    await act()
    await read()
    await read()
    expect(await outside.find('repeated')).toMatchObject([{ folder: archive }])
    expect(await storedOf('repeated')).toMatchObject([{ presence: 'elsewhere' }])

    await team.reopen(conversation)
    await act()
    expect(await outside.find('repeated')).toMatchObject([{ folder: outside.folderNames.inbox }])
  })

  it('waits with the reason while the server refuses changes, and is retried after a pause', async () => {
    const conversation = await deliver('refused')
    refusal = new AppError('transports.access_denied')
    await reads.markSeen(conversation)
    await act()
    const fault = { reason: { code: 'transports.access_denied', remedy: 'admin' } }
    expect(await app.rooms.accountActions.settings(id)).toMatchObject({ waiting: 1, failed: 0, fault })

    refusal = undefined
    await act()
    expect(await app.rooms.accountActions.settings(id)).toMatchObject({ waiting: 1, fault })
    clock.advance(10 * 60_000)
    await act()
    expect(await outside.find('refused')).toMatchObject([{ isRead: true }])
    expect(await app.rooms.accountActions.settings(id)).toMatchObject({ waiting: 0, fault: undefined })
  })

  it('gives up on one message after eight attempts, without delaying the others, until it is retried', async () => {
    const [bad, good] = [await deliver('bad'), await deliver('good')]
    const [stored] = await storedOf('bad')
    refusedId = stored!.remote_id
    await reads.markSeen(bad)
    await reads.markSeen(good)
    for (let attempt = 1; attempt <= 8; attempt++) {
      await act()
      if (attempt === 1) expect(await outside.find('good')).toMatchObject([{ isRead: true }])
      clock.advance(2 * 60 * 60_000)
    }
    const failure = { code: 'transports.request_refused' }
    expect(await app.rooms.accountActions.settings(id)).toMatchObject({ waiting: 0, failed: 1, failure })

    refusedId = undefined
    await app.rooms.accountActions.retry(id)
    await act()
    expect(await outside.find('bad')).toMatchObject([{ isRead: true }])
    expect(await app.rooms.accountActions.settings(id)).toMatchObject({ waiting: 0, failed: 0, failure: undefined })
  })

  it('writes one audit entry per change of a person', async () => {
    const ids = [await deliver('bulk 1'), await deliver('bulk 2')]
    await app.rooms.conversations.bulk.change({
      ids,
      action: { kind: 'close' },
      actor: 'person:anna',
      visibleAccounts: 'all',
    })
    await act()
    const entries = await app.rooms.people.audit.list({ limit: 2 })
    expect(entries).toMatchObject([
      { action: 'account_action.requested', actor: 'person:anna', subject: id },
      { action: 'account_action.requested', actor: 'person:anna', subject: id },
    ])
    expect(entries.map(({ detail }) => detail)).toEqual([
      { effect: 'move', conversations: 2, messages: 2 },
      { effect: 'mark-read', conversations: 2, messages: 2 },
    ])
  })
}
