import { beforeEach, describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { RemoteAttachment, RemoteMessage } from '../../mail/index.ts'
import { createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, type FilingAccount } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-11-26T09:00:00Z')
const conversations = createConversations({ database, clock, events: createEvents(database) })

let account: FilingAccount
beforeEach(async () => {
  const folders = ['inbox', 'archive', 'sent'].map((role) => ({ role, synced: true }))
  const { id } = await storeEmailAccount(database, clock, { address: 'support@contoso.example', kind: 'user', folders })
  account = { id, address: 'support@contoso.example', createdAt: clock.now() }
})

const file = (name: string, sizeBytes: number, remoteId = '2'): RemoteAttachment => ({
  ...{ remoteId, name, contentType: 'application/octet-stream', sizeBytes },
  ...{ contentId: undefined, isInline: false, kind: 'file' },
})
const PLACEHOLDER = [file('ATP Scan In Progress.eml', 4096)]
const INVOICE = [file('invoice.pdf', 81_234)]
const listedByGraph = (files: readonly RemoteAttachment[]) => files.map((one) => ({ ...one, remoteId: `AAMk1-${one.remoteId}` })) // prettier-ignore

function message(
  uid: number,
  attachments: readonly RemoteAttachment[],
  more: Partial<RemoteMessage> = {},
): RemoteMessage {
  return {
    partial: false,
    remoteId: `imap:1:${uid}:INBOX`,
    folderRemoteId: 'inbox',
    messageId: 'order@customer.example',
    inReplyTo: [],
    references: [],
    remoteConversationId: undefined,
    subject: 'Order',
    from: { name: 'Kim', address: 'kim@customer.example' },
    sender: undefined,
    to: [{ name: '', address: 'support@contoso.example' }],
    cc: [],
    bcc: [],
    replyTo: [],
    sentAt: clock.now(),
    receivedAt: clock.now(),
    flags: [],
    preview: 'See the file',
    body: { type: 'text', content: 'See the file' },
    hasAttachments: attachments.length > 0,
    headers: [],
    attachments,
    source: Buffer.from(`source ${attachments.map(({ name }) => name).join()}`),
    ...more,
  }
}

const store = (...messages: RemoteMessage[]) => database.transaction((tx) => conversations.filing.fileMany(tx, account, messages)) // prettier-ignore
const leave = (uid: number) => database.transaction((tx) => conversations.filing.removeFromFolder(tx, account, 'inbox', `imap:1:${uid}:INBOX`)) // prettier-ignore
const storeOne = async (one: RemoteMessage) => (await store(one))[0]!
const namesOf = async (id: Awaited<ReturnType<typeof storeOne>>['messageId']) =>
  (await conversations.messages.attachments(id))?.map(({ name }) => name)
const eventsOf = async (id: string) =>
  (await database.db.selectFrom('events').select('kind').where('subject_id', '=', id).orderBy('id').execute()).map(({ kind }) => kind) // prettier-ignore

describe('a message whose attachment the server replaced', () => {
  it('keeps its id, gets the new content and keeps the earlier content as a version', async () => {
    const placeholder = await storeOne(message(1, PLACEHOLDER))
    clock.advance(5 * 60_000)
    const marks = { protection: { kind: 'smime', what: 'signed' } } as const
    const real = await storeOne({ ...message(2, INVOICE, { sentAt: placeholderTime(), marks }), replaces: 'imap:1:1:INBOX' }) // prettier-ignore

    expect(real).toEqual({ ...placeholder, created: false })
    expect(await namesOf(real.messageId)).toEqual(['invoice.pdf'])
    expect(await conversations.messages.source(real.messageId)).toEqual(Buffer.from('source invoice.pdf'))
    const stored = await conversations.messages.get(real.messageId)
    expect(stored).toMatchObject({ remoteId: 'imap:1:2:INBOX', contentReplacedAt: clock.now(), marks })
    expect(await conversations.messages.versions(real.messageId)).toMatchObject([
      { replacedAt: clock.now(), attachments: [{ name: 'ATP Scan In Progress.eml', sizeBytes: 4096 }] },
    ])
    expect(await eventsOf(real.messageId)).toEqual(['message.received', 'message.content_replaced'])

    await leave(1)
    expect((await conversations.messages.get(real.messageId)).presence).toBe('present')
    const again = await storeOne(message(2, INVOICE, { sentAt: placeholderTime() }))
    expect(again.messageId).toBe(real.messageId)
    expect(await conversations.messages.versions(real.messageId)).toHaveLength(1)
  })

  it.each([
    ['the latest 20 versions', false, 20],
    ['all versions on legal hold', true, 22],
  ])('keeps %s', async (_, isHeld, count) => {
    const { messageId, conversationId } = await storeOne(message(1, PLACEHOLDER))
    const hold = { hold_reason: 'Case', held_by: 'person:anna', held_at: clock.now() }
    if (isHeld) await database.db.updateTable('conversations').set(hold).where('id', '=', conversationId).execute()
    for (let n = 1; n <= 22; n++) {
      const next = message(n + 1, [file(`invoice-${n}.pdf`, 1000 + n)])
      await storeOne({ ...next, replaces: `imap:1:${n}:INBOX` })
    }
    expect(await conversations.messages.versions(messageId)).toHaveLength(count)
  })

  it('is recognized if the earlier version disappears before the later one arrives', async () => {
    const placeholder = await storeOne(message(1, PLACEHOLDER))
    await leave(1)
    const real = await storeOne(message(2, INVOICE))
    expect(real).toEqual({ ...placeholder, created: false })
    expect(await namesOf(real.messageId)).toEqual(['invoice.pdf'])
  })

  it('is recognized next to the earlier version by their trace headers', async () => {
    const traced = (uid: number, attachments: readonly RemoteAttachment[], at: string) =>
      message(uid, attachments, { source: Buffer.from(`Received: by mx; ${at}\r\n\r\n${attachments[0]!.name}`) })
    const placeholder = await storeOne(traced(1, PLACEHOLDER, '10:00:01'))
    expect((await storeOne(traced(2, INVOICE, '10:00:09'))).created).toBe(true)
    const real = await storeOne(traced(3, [file('invoice.docx', 70_000)], '10:00:01'))
    expect(real).toEqual({ ...placeholder, created: false })
    expect(await namesOf(real.messageId)).toEqual(['invoice.docx'])
    await leave(1)
    expect((await conversations.messages.get(real.messageId)).presence).toBe('present')
  })

  it('is recognized when a message that left its folder is looked up on the server', async () => {
    const { messageId } = await storeOne(message(1, PLACEHOLDER))
    await leave(1)
    await database.transaction((tx) =>
      conversations.filing.confirmPresence(tx, account, messageId, message(2, INVOICE)),
    )
    expect(await namesOf(messageId)).toEqual(['invoice.pdf'])
    expect((await conversations.messages.get(messageId)).presence).toBe('present')
  })

  it('keeps its id on Graph, and is compared after a change notice of the server', async () => {
    const graph = (attachments: readonly RemoteAttachment[] | undefined, more: Partial<RemoteMessage> = {}) => {
      const { source: _, attachments: __, ...rest } = message(1, attachments ?? PLACEHOLDER)
      const listed = attachments && { attachments: listedByGraph(attachments), replaces: 'AAMk1' }
      return { ...rest, remoteId: 'AAMk1', ...listed, ...more }
    }
    const { messageId } = await storeOne(graph(undefined))
    await conversations.messages.keepAttachments(messageId, listedByGraph(PLACEHOLDER))
    await storeOne(graph(PLACEHOLDER, { flags: ['seen'] }))
    expect(await conversations.messages.versions(messageId)).toEqual([])

    await storeOne(graph(INVOICE, { flags: ['seen', 'flagged'] }))
    expect(await namesOf(messageId)).toEqual(['invoice.pdf'])
    expect((await conversations.messages.get(messageId)).flags).toEqual(['flagged', 'seen'])
    expect(await conversations.messages.versions(messageId)).toHaveLength(1)

    const body = { type: 'text' as const, content: 'Removed by the administrator' }
    await storeOne(graph([], { body, preview: body.content }))
    expect((await conversations.messages.get(messageId)).body).toEqual(body)
    expect((await conversations.messages.versions(messageId)).map(({ preview }) => preview)).toEqual(['See the file', 'See the file']) // prettier-ignore
  })
})

it('content from Graph is never compared with content read by IMAP', async () => {
  const { messageId } = await storeOne(message(1, INVOICE))
  const { source: _, ...graph } = message(1, [file('invoice.pdf', 99_999)], { remoteId: 'AAMk1' })
  await storeOne({ ...graph, attachments: undefined })
  const again = await storeOne({ ...graph, replaces: 'AAMk1', body: { type: 'html', content: '<p>See the file.</p>' } })
  expect(again.messageId).toBe(messageId)
  expect(await conversations.messages.versions(messageId)).toEqual([])
  expect((await conversations.filing.findContentStates(account.id, ['AAMk1'])).get('AAMk1')?.hasListedAttachments).toBe(
    false,
  )
  // Deleted by retention.
  await database.db.deleteFrom('message_sources').where('message_id', '=', messageId).execute()
  expect((await conversations.filing.findContentStates(account.id, ['AAMk1'])).get('AAMk1')?.hasListedAttachments).toBe(
    false,
  )
  await storeOne({ ...graph, attachments: [file('Rechnung.pdf', 99_999, 'AAMk1-1')], replaces: 'AAMk1' })
  expect(await conversations.messages.versions(messageId)).toEqual([])
})

describe('two messages with one Message-ID', () => {
  const PAGES = [file('page-1.png', 5000, '2'), file('page-2.png', 6000, '3')]

  it.each([
    ['in one page', (one: RemoteMessage, other: RemoteMessage) => store(one, other)],
    ['one after the other', async (one: RemoteMessage, other: RemoteMessage) => [...(await store(one)), ...(await store(other))]], // prettier-ignore
  ])('stay separate if both are on the server with different attachments, %s', async (_, storeBoth) => {
    const [one, other] = [message(1, INVOICE), message(2, PAGES)]
    const [first, second] = await storeBoth(one, other)
    expect(second!.messageId).not.toBe(first!.messageId)
    expect([await namesOf(first!.messageId), await namesOf(second!.messageId)]).toEqual([
      ['invoice.pdf'],
      ['page-1.png', 'page-2.png'],
    ])

    // Each message is recognized again, also under another UID.
    const again = await store(one, other, { ...message(3, PAGES) }, { ...message(4, INVOICE) })
    expect(again.map((each) => each!.messageId)).toEqual([first, second, second, first].map((each) => each!.messageId))
  })

  it('stay separate if the first is deleted and looked up on the server', async () => {
    const [first, second] = await store(message(1, INVOICE), message(2, PAGES))
    await leave(1)
    await database.transaction((tx) =>
      conversations.filing.confirmPresence(tx, account, first!.messageId, message(2, PAGES)),
    )
    expect((await conversations.messages.get(first!.messageId)).presence).toBe('gone')
    expect((await conversations.messages.get(second!.messageId)).presence).toBe('present')
  })

  it('stay separate if their subjects differ by more than a prefix', async () => {
    const body = (n: number) => Buffer.from(`the same length ${n}`)
    const [first, second, marked] = await store(
      message(1, INVOICE, { subject: 'Order 1', source: body(1) }),
      message(2, INVOICE, { subject: 'Order 2', source: body(2) }),
      message(3, INVOICE, { subject: '[EXT] Re: Order 1', source: body(3) }),
    )
    expect(second!.messageId).not.toBe(first!.messageId)
    expect(marked!.messageId).toBe(first!.messageId)
  })

  it('are one if the bytes are equal, even if a later version of Postkey parses them differently', async () => {
    const source = Buffer.from('the same bytes')
    const [first, second] = [
      await storeOne(message(1, INVOICE, { subject: 'GrÃ¼ÃŸe', source })),
      await storeOne(
        message(2, [file('Rechnung.pdf', 81_234)], { subject: 'Grüße', source, folderRemoteId: 'archive' }),
      ),
    ]
    expect(second.messageId).toBe(first.messageId)
    expect(await conversations.messages.versions(first.messageId)).toEqual([])

    const body = { type: 'text' as const, content: 'A text that an earlier version did not find' }
    const third = await storeOne(message(3, [], { source, body, folderRemoteId: 'archive' }))
    expect(third.messageId).toBe(first.messageId)
    const another = await storeOne(message(4, [], { source: Buffer.from('THE same bytes'), body }))
    expect(another.messageId).not.toBe(first.messageId)
  })

  it('are one if nothing differs', async () => {
    const recoded = [file('Invoice.pdf', 81_230)]
    const source = Buffer.from('another encoding of the same message')
    const [first, second] = await store(message(1, INVOICE), message(2, recoded, { folderRemoteId: 'archive', source }))
    expect(second!.messageId).toBe(first!.messageId)
    expect(await conversations.messages.versions(first!.messageId)).toEqual([])
  })

  it('are one if sent from the mailbox, because each server encodes its own copy', async () => {
    const sent = (uid: number, attachments: readonly RemoteAttachment[]) =>
      message(uid, attachments, { folderRemoteId: 'sent', from: { name: '', address: 'support@contoso.example' } })
    const [first, second] = await store(sent(1, INVOICE), sent(2, [file('invoice', 90_000)]))
    expect(second!.messageId).toBe(first!.messageId)

    const toOurselves = { messageId: 'to-ourselves@contoso.example' }
    const [received, copy] = await store(
      { ...sent(3, INVOICE), ...toOurselves, folderRemoteId: 'inbox' },
      { ...sent(4, [file('invoice', 90_000)]), ...toOurselves },
    )
    expect(copy!.messageId).toBe(received!.messageId)
  })
})

describe('the second of two messages with one Message-ID', () => {
  const PAGES = [file('page-1.png', 50_000, '2'), file('page-2.png', 60_000, '3')]
  const RECODED = [file('page-1.png', 50_004, '2'), file('page-2.png', 60_004, '3')]
  const recoded = { folderRemoteId: 'archive', source: Buffer.from('the pages in another encoding') }
  const messageCount = async () =>
    (await database.db.selectFrom('messages').select('id').where('email_account_id', '=', account.id).execute()).length
  let first: Awaited<ReturnType<typeof storeOne>>
  let second: typeof first
  beforeEach(async () => {
    first = await storeOne(message(1, INVOICE))
    second = await storeOne(message(2, PAGES))
  })

  it.each([
    ['after it left its folder', true],
    ['before it left its folder', false],
  ])('is recognized in another folder and encoding %s', async (_, isLeft) => {
    if (isLeft) await leave(2)
    const moved = await storeOne(message(3, RECODED, recoded))
    expect(moved.messageId).toBe(second.messageId)
    expect(await messageCount()).toBe(2)
    expect(await conversations.messages.versions(second.messageId)).toEqual([])
  })

  it('is recognized by equal bytes if this version parses another attachment name', async () => {
    const { source } = message(2, PAGES)
    const again = { ...message(2, [file('Seite-1.png', 50_000, '2'), file('Seite-2.png', 60_000, '3')]), source }
    const moved = await storeOne({ ...again, remoteId: 'imap:2:2:INBOX' })
    expect(moved.messageId).toBe(second.messageId)
    expect(await messageCount()).toBe(2)
  })

  it('does not replace the first one, which is deleted, when it is moved and encoded again', async () => {
    await leave(1)
    await database.transaction((tx) => conversations.filing.confirmPresence(tx, account, first.messageId, undefined))
    expect((await conversations.messages.get(first.messageId)).presence).toBe('gone')
    await leave(2)
    const moved = await storeOne(message(3, RECODED, recoded))
    expect(moved.messageId).toBe(second.messageId)
    expect(await namesOf(first.messageId)).toEqual(['invoice.pdf'])
    expect(await conversations.messages.versions(first.messageId)).toEqual([])
  })

  it.each([
    ['its first UID is gone', { replaces: 'imap:1:2:INBOX' }, false, false],
    ['it left its folder', {}, true, false],
    ['both left, and the first is deleted', {}, true, true],
  ])('gets its own version when its attachment is replaced: %s', async (_, more, isLeft, isFirstGone) => {
    if (isFirstGone) {
      await leave(1)
      await database.transaction((tx) => conversations.filing.confirmPresence(tx, account, first.messageId, undefined))
    }
    if (isLeft) await leave(2)
    const scanned = await storeOne(message(3, [file('scanned.pdf', 90_000)], more))
    expect(scanned.messageId).toBe(second.messageId)
    expect(await messageCount()).toBe(2)
    expect(await namesOf(second.messageId)).toEqual(['scanned.pdf'])
    expect(await namesOf(first.messageId)).toEqual(['invoice.pdf'])
    expect(await conversations.messages.versions(second.messageId)).toHaveLength(1)
  })

  it('is looked up on the server if its attachment may have been replaced', async () => {
    const asked = message(3, [file('scanned.pdf', 90_000)])
    const earlier = await conversations.filing.findEarlierVersions(account, [asked, message(4, RECODED, recoded)])
    expect([...earlier]).toEqual([[asked, [['imap:1:1:INBOX'], ['imap:1:2:INBOX']]]])
  })

  it('never replaces the first one when a lookup of the first finds only the second', async () => {
    await leave(1)
    await leave(2)
    const found = message(3, RECODED, recoded)
    await database.transaction((tx) => conversations.filing.confirmPresence(tx, account, first.messageId, found))
    expect(await namesOf(first.messageId)).toEqual(['invoice.pdf'])
    expect((await conversations.messages.get(first.messageId)).presence).toBe('gone')
  })

  it('is not recognized if its text differs too', async () => {
    await leave(2)
    const body = { type: 'text' as const, content: 'Another text' }
    const other = await storeOne(message(3, RECODED, { ...recoded, body }))
    expect(other.created).toBe(true)
  })
})

describe('a message without a Message-ID', () => {
  const plain = (uid: number, more: Partial<RemoteMessage> = {}) => {
    const source = Buffer.from('Subject: Alarm\r\n\r\nDoor open')
    return message(uid, [], { messageId: undefined, sentAt: undefined, source, ...more })
  }
  const body = { type: 'text' as const, content: 'A text that an earlier version did not find' }

  it('is recognized by bytes and time of receipt if this version extracts another text', async () => {
    const before = await storeOne(plain(1))
    const again = await storeOne(plain(1, { remoteId: 'imap:2:1:INBOX', body }))
    expect(again).toEqual({ ...before, created: false })
  })

  it('is another message if the bytes or the time of receipt differ', async () => {
    const before = await storeOne(plain(1))
    const receivedAt = new Date(clock.now().getTime() + 1000)
    const others = await store(
      plain(2, { body, receivedAt }),
      plain(3, { body, source: Buffer.from('Subject: Alarm\r\n\r\nDoor shut') }),
    )
    expect(new Set([before, ...others].map((each) => each!.messageId)).size).toBe(3)
  })
})

function placeholderTime(): Date {
  return new Date(clock.now().getTime() - 5 * 60_000)
}
