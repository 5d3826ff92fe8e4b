import { describe, expect, it } from 'vitest'
import { ANNA, BEN, openEmptyStore, someContent, someFile } from './empty-store.ts'

const LETTER = Buffer.from(
  [
    'From: Maria <maria@kunden.example>',
    'Subject: Hi',
    'Message-ID: <1@kunden.example>',
    'X-A: 1',
    '',
    'words',
    '',
  ].join('\n'),
)

describe('a message received as MIME', () => {
  it('is returned unchanged, including bare line feeds', async () => {
    const { store } = openEmptyStore()

    const message = await store.appendMime(ANNA, 'inbox', LETTER)

    expect(Buffer.from(await store.mime(message))).toEqual(LETTER)
    expect(message).toMatchObject({ hasMime: true, subject: 'Hi', body: { contentType: 'text', content: 'words\n' } })
  })

  it('is composed from its parts after a change of its content, with custom fields', async () => {
    const { store } = openEmptyStore()
    const { key } = await store.appendMime(ANNA, 'drafts', LETTER)

    const changed = store.updateContent(key, { subject: 'Other' })

    expect(changed.hasMime).toBe(false)
    const mime = Buffer.from(await store.mime(changed)).toString()
    expect(mime).toContain('Subject: Other\r\n')
    expect(mime).toContain('X-A: 1\r\n')
    expect(mime.match(/^Message-ID:/gim)).toHaveLength(1)
  })

  it('is composed from its parts after a file was added', async () => {
    const { store } = openEmptyStore()
    const message = await store.appendMime(ANNA, 'drafts', LETTER)

    store.addAttachment(message.key, someFile({ name: 'offer.pdf' }))

    expect(Buffer.from(await store.mime(message)).toString()).toContain('offer.pdf')
  })

  it('has the time of arrival as its date when it lacks one', async () => {
    const { store, clock } = openEmptyStore()

    expect(await store.appendMime(ANNA, 'inbox', LETTER)).toMatchObject({ sentAt: clock.at, receivedAt: clock.at })
    expect(await store.appendMime(ANNA, 'inbox', LETTER, { receivedAt: 5000 })).toMatchObject({ sentAt: 5000 })
  })

  it('gets a unique Message-ID when it lacks one', async () => {
    const { store } = openEmptyStore()

    const [one, other] = await Promise.all(
      [1000, 2000].map((receivedAt) => store.appendMime(ANNA, 'inbox', Buffer.from('\n'), { receivedAt })),
    )

    expect(one!.internetMessageId).toMatch(/^<[^<>\s]+@[^<>\s]+>$/)
    expect(one!.internetMessageId).not.toBe(other!.internetMessageId)
  })

  it('is refused above 36 MB', async () => {
    const { store } = openEmptyStore()

    await expect(store.appendMime(ANNA, 'inbox', Buffer.alloc(36 * 1024 * 1024 + 1))).rejects.toMatchObject({
      refusal: 'message-too-large',
    })
  })

  it('is refused by a folder of another mailbox', async () => {
    const { store } = openEmptyStore()
    const { id } = store.wellKnownFolder(BEN, 'inbox')

    await expect(store.appendMime(ANNA, id, LETTER)).rejects.toMatchObject({ refusal: 'not-found' })
  })

  it('keeps the first 250 attachments', async () => {
    const { store } = openEmptyStore()
    const part = '--b\nContent-Type: application/pdf; name=a.pdf\n\nx\n'
    const mime = Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n${part.repeat(300)}--b--\n`)

    const { key } = await store.appendMime(ANNA, 'inbox', mime)

    expect(store.attachments(key)).toHaveLength(250)
  })
})

describe('a message', () => {
  it("has ids in Exchange's format", () => {
    const { store } = openEmptyStore()
    const { restId, immutableId, conversationId, changeKey } = store.append(ANNA, 'inbox', someContent(), [])

    expect(restId).toMatch(/^AAMkA[\w-]{146}=$/)
    expect(immutableId).toMatch(/^AAkAL[\w-]{63}$/)
    expect(conversationId).toMatch(/^AAQkA[\w-]{74}=$/)
    expect(changeKey).toMatch(/^CQAAABYAAA[\w+/]{30}$/)
  })

  it('is found in its mailbox by either case-sensitive id', () => {
    const { store } = openEmptyStore()
    const { key, restId, immutableId } = store.append(ANNA, 'inbox', someContent(), [])

    expect(store.message(ANNA, restId)?.key).toBe(key)
    expect(store.message(ANNA, immutableId)?.key).toBe(key)
    expect(store.message(ANNA, restId.toLowerCase())).toBeUndefined()
    expect(store.message(BEN, immutableId)).toBeUndefined()
  })

  it('keeps its immutable id in a move and gets a new REST id each time', () => {
    const { store } = openEmptyStore()
    const first = store.append(ANNA, 'inbox', someContent(), [])

    const second = store.move(first.key, store.wellKnownFolder(ANNA, 'archive').id)
    const third = store.move(first.key, store.wellKnownFolder(ANNA, 'inbox').id)

    expect(new Set([first, second, third].map(({ immutableId }) => immutableId)).size).toBe(1)
    expect(new Set([first, second, third].map(({ restId }) => restId)).size).toBe(3)
    expect(store.message(ANNA, first.restId)).toBeUndefined()
  })

  it("can't be moved to another mailbox", () => {
    const { store } = openEmptyStore()
    const { key } = store.append(ANNA, 'inbox', someContent(), [])

    expect(() => store.move(key, store.wellKnownFolder(BEN, 'inbox').id)).toThrow(
      expect.objectContaining({ refusal: 'not-found' }),
    )
  })

  it('is copied with all its data, as a separate message', async () => {
    const { store } = openEmptyStore()
    const original = store.append(ANNA, 'inbox', someContent({ headers: [{ name: 'X-A', value: '1' }] }), [someFile()])

    const copy = store.copy(original.key, store.wellKnownFolder(ANNA, 'archive').id)
    store.remove(original.key)

    expect(copy.immutableId).not.toBe(original.immutableId)
    expect(store.messageByKey(copy.key)).toMatchObject({ subject: 'Hello', headers: original.headers })
    expect(store.attachments(copy.key)).toMatchObject([{ name: 'a.bin', content: new Uint8Array([1, 2, 3]) }])
    expect(Buffer.from(await store.mime(copy)).toString()).toContain('a.bin')
  })

  it('is removed with its attachments and MIME', async () => {
    const { store, database } = openEmptyStore()
    const { key } = await store.appendMime(ANNA, 'inbox', LETTER)
    store.addAttachment(key, someFile())

    store.remove(key)

    for (const table of ['messages', 'message_contents', 'message_mimes', 'attachments', 'attachment_contents']) {
      expect(database.get(`SELECT COUNT(*) AS rows FROM ${table}`)).toEqual({ rows: 0 })
    }
  })

  it('counts only attachments other than inline images', () => {
    const { store } = openEmptyStore()
    const { key, hasAttachments } = store.append(ANNA, 'drafts', someContent(), [someFile({ isInline: true })])
    expect(hasAttachments).toBe(false)

    const { id } = store.addAttachment(key, someFile())
    expect(store.messageByKey(key)?.hasAttachments).toBe(true)

    store.removeAttachment(key, id)
    expect(store.messageByKey(key)?.hasAttachments).toBe(false)
  })

  it('accepts 250 attachments with 150 MB in total', () => {
    const { store } = openEmptyStore()
    const { key } = store.append(
      ANNA,
      'drafts',
      someContent(),
      Array.from({ length: 250 }, () => someFile()),
    )

    expect(() => store.addAttachment(key, someFile())).toThrow(
      expect.objectContaining({ refusal: 'too-many-attachments' }),
    )
    expect(() =>
      store.append(ANNA, 'drafts', someContent(), [someFile({ content: new Uint8Array(150 * 1024 * 1024 + 1) })]),
    ).toThrow(expect.objectContaining({ refusal: 'message-too-large' }))
  })

  it('gets a new change key with each change, and none when nothing changes', () => {
    const { store } = openEmptyStore()
    const first = store.append(ANNA, 'inbox', someContent(), [])

    const read = store.updateFlags(first.key, { isRead: true })
    const again = store.updateFlags(first.key, { isRead: true })

    expect(read.changeKey).not.toBe(first.changeKey)
    expect(again.changeKey).toBe(read.changeKey)
  })

  it('is sent with its immutable id and MIME, as read and no longer a draft', async () => {
    const { store } = openEmptyStore()
    const draft = await store.appendMime(ANNA, 'drafts', LETTER, { flags: { isDraft: true } })

    const sent = store.markSent(draft.key, {
      folderId: store.wellKnownFolder(ANNA, 'sentitems').id,
      sentAt: 77_000,
      internetMessageId: '<new@contoso.example>',
    })

    expect(sent).toMatchObject({
      immutableId: draft.immutableId,
      isDraft: false,
      isRead: true,
      sentAt: 77_000,
      receivedAt: 77_000,
      internetMessageId: '<new@contoso.example>',
    })
    expect(Buffer.from(await store.mime(sent)).toString()).toBe(
      LETTER.toString().replace('<1@kunden.example>', '<new@contoso.example>'),
    )
  })

  it('accepts the removal of its sender and a new one', () => {
    const { store } = openEmptyStore()
    const { key } = store.append(ANNA, 'drafts', someContent(), [])

    expect(store.updateContent(key, { from: undefined }).from).toBeUndefined()
    expect(store.updateContent(key, { from: { name: 'A', address: 'a@x.example' } }).from?.name).toBe('A')
  })

  it('lists attachments without their bytes on request', () => {
    const { store } = openEmptyStore()
    const { key } = store.append(ANNA, 'inbox', someContent(), [someFile()])

    expect(store.attachments(key, { withContent: false })).toMatchObject([{ sizeBytes: 3, content: new Uint8Array() }])
  })
})
