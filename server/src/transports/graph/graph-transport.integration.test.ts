import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Secret } from '../../kernel/secret.ts'
import {
  bodyText,
  newMessageId,
  type OutgoingMessage,
  type RemoteMessage,
  type SparseMessage,
} from '../../mail/index.ts'
import { emailAccountsForTest } from '../../../test/kit/index.ts'
import type { ChangePage, Cursor, ReadingTransport } from '../mail-transport.ts'

const ANNA = 'anna@contoso.example'
const BEN = 'ben@contoso.example'
const SUPPORT = 'support@contoso.example'
const SINCE = new Date('2020-01-01T00:00:00Z')
const MEGABYTE = 1024 * 1024

const mailboxes = await emailAccountsForTest()
const { requests } = mailboxes

describe('a Graph mailbox', () => {
  it('lists folders and subfolders with their roles, in any display language', async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const inboxId = (await ben.listFolders()).find(({ role }) => role === 'inbox')!.remoteId
    await mailboxes.ask(BEN, 'POST', `/me/mailFolders/${inboxId}/childFolders`, { displayName: 'Projekte' })

    const folders = await ben.listFolders()

    expect(new Set(folders.map(({ role }) => role))).toEqual(
      new Set(['inbox', 'sent', 'drafts', 'archive', 'junk', 'trash', undefined]),
    )
    const inbox = folders.find(({ role }) => role === 'inbox')!
    expect(folders.find(({ name }) => name === 'Projekte')).toMatchObject({
      parentRemoteId: inbox.remoteId,
      path: [inbox.name, 'Projekte'],
    })
    expect(folders.indexOf(inbox)).toBeLessThan(folders.findIndex(({ name }) => name === 'Projekte'))
  })

  it('returns all messages of a folder, newest first, and then only changes', async () => {
    const support = await mailboxes.open(BEN, SUPPORT)
    const inbox = await folderOf(support, 'inbox')

    const first = await all(support, inbox)
    expect(first.messages.length).toBeGreaterThan(5)
    expect(first.messages.every(({ partial }) => !partial)).toBe(true)
    const times = (first.messages as RemoteMessage[]).map(({ receivedAt }) => receivedAt.getTime())
    expect(times).toEqual([...times].sort((a, b) => b - a))
    expect(first.pages.every(({ firstRound }) => firstRound)).toBe(true)

    expect((await all(support, inbox, first.cursor)).messages).toEqual([])

    await mailboxes.write({ from: 'kim@customer.example', to: SUPPORT, subject: 'A new question', text: 'Hello' })
    const second = await untilChanged(support, inbox, first.cursor)
    expect(second.messages).toMatchObject([
      { partial: false, subject: 'A new question', from: { address: 'kim@customer.example' }, flags: [] },
    ])

    const { remoteId } = second.messages[0]!
    await mailboxes.ask(BEN, 'PATCH', `/users/${SUPPORT}/messages/${remoteId}`, { isRead: true })
    const third = await untilChanged(support, inbox, second.cursor)
    expect(third.messages).toMatchObject([{ partial: true, remoteId, flagsAdded: ['seen'], flagsRemoved: [] }])
    expect(third.messages[0]).not.toHaveProperty('subject')
    expect(third.messages[0]).not.toHaveProperty('hasAttachments')

    const archive = await folderOf(support, 'archive')
    await mailboxes.ask(BEN, 'POST', `/users/${SUPPORT}/messages/${remoteId}/move`, { destinationId: archive })
    expect((await untilChanged(support, inbox, third.cursor)).removed).toEqual([remoteId])
    expect(await support.fetchMessage(remoteId)).toMatchObject({ remoteId, folderRemoteId: archive })
  })

  it('lists the newest messages of a folder without the cursor and without drafts, in one request', async () => {
    const support = await mailboxes.open(BEN, SUPPORT)
    const inbox = await folderOf(support, 'inbox')
    const told = (await all(support, inbox)).messages as RemoteMessage[]
    const before = requests.length
    const listed = await support.newest(inbox, 3)
    expect(requests.length - before).toBe(1)
    expect(listed).toEqual(told.slice(0, 3).map(({ remoteId, receivedAt }) => ({ remoteId, receivedAt })))

    const drafts = await folderOf(support, 'drafts')
    await mailboxes.ask(BEN, 'POST', `/users/${SUPPORT}/messages`, { subject: 'Not yet' })
    expect(await support.newest(drafts, 3)).toEqual([])
  })

  it('takes inventory of a folder: one request for the count, another for the list, and fetches of existing messages', async () => {
    const support = await mailboxes.open(BEN, SUPPORT)
    const inbox = await folderOf(support, 'inbox')
    const told = (await all(support, inbox)).messages as RemoteMessage[]
    const [newest, second, third] = told
    await mailboxes.ask(BEN, 'POST', `/users/${SUPPORT}/mailFolders/${inbox}/messages`, { subject: 'Not yet' })
    const before = requests.length
    const inventory = await support.inventory(inbox, third!.receivedAt)
    expect([inventory.count, requests.length - before]).toEqual([3, 1])
    const listed = await inventory.list()
    expect([listed, requests.length - before]).toEqual([new Set([newest, second, third].map((m) => m!.remoteId)), 2])
    const { threads } = await support.newestThreads!(inbox, { since: third!.receivedAt, limit: 2 })
    expect(threads).toMatchObject([newest, second].map((m) => ({ remoteConversationId: m!.remoteConversationId })))
    const whole = []
    for await (const each of inventory.fetch([second!.remoteId, told.at(-1)!.remoteId])) whole.push(each.subject)
    expect(whole).toEqual([second!.subject])
  })

  it('returns a thousand messages in fifteen requests', { timeout: 120_000 }, async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const folder = await mailboxes.ask<{ id: string }>(BEN, 'POST', '/me/mailFolders', { displayName: 'Thousand' })
    await fill(folder.id, 1000)
    const before = requests.length
    const { messages } = await all(ben, folder.id)

    expect(new Set(messages.map(({ remoteId }) => remoteId)).size).toBe(1000)
    expect(requests.length - before).toBeLessThanOrEqual(15)
  })

  it('continues after the last stored page, as after a crash', async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const folder = (await ben.listFolders()).find(({ name }) => name === 'Thousand')!
    const seen = new Set<string>()
    let cursor: Cursor | undefined
    for (let crashes = 0; crashes < 100; crashes++) {
      const page = await firstPage(ben, folder.remoteId, cursor)
      cursor = JSON.parse(JSON.stringify(page.cursor)) as Cursor
      for (const { remoteId } of page.upserts) seen.add(remoteId)
      if (page.done) break
    }

    expect(seen.size).toBe(1000)
  })

  it("reports the original message of a bounce, and Exchange's verdict on a sender", async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const inbox = await folderOf(ben, 'inbox')
    const before = await all(ben, inbox)
    const lost = letter(BEN, 'To somebody who left', {
      to: [{ name: '', address: 'somebody-who-left@contoso.example' }],
    })
    const { remoteId } = await ben.createDraft(lost)
    await ben.sendDraft(remoteId)
    const sent = await until(() => ben.findSent(remoteId))
    const { messages } = await untilChanged(ben, inbox, before.cursor)
    expect(messages).toMatchObject([
      {
        marks: {
          automatic: { kind: 'report' },
          deliveryReport: {
            originalMessageId: sent.messageId,
            recipients: [{ address: 'somebody-who-left@contoso.example', action: 'failed' }],
          },
        },
      },
    ])

    await mailboxes.write({ from: 'kim@customer.example', to: BEN, subject: 'From outside', text: 'Hello' })
    const outside = await until(async () =>
      (await all(ben, inbox)).messages.find(({ subject }) => subject === 'From outside'),
    )
    // Exchange guesses for domains without DMARC (`bestguesspass`), which does not confirm a sender.
    expect(outside).toMatchObject({ marks: { authentication: { verdict: 'none', fromDomain: 'customer.example' } } })
  })

  it("sends a reply with its headers, and finds the Sent copy with Exchange's Message-ID under the same id", async () => {
    const support = await mailboxes.open(ANNA, SUPPORT)
    const message = letter(SUPPORT, 'Re: Where is my order', {
      inReplyTo: ['question@customer.example'],
      references: ['first@customer.example', 'question@customer.example'],
    })

    const { remoteId, toAttach } = await support.createDraft(message)
    expect(toAttach).toEqual([])
    expect(await support.whatBecameOf(remoteId)).toBe('draft')
    expect(await support.findSent(remoteId)).toBeUndefined()
    expect(await support.findByMessageId(message.messageId)).toMatchObject([{ remoteId, flags: ['seen', 'draft'] }])

    await support.sendDraft(remoteId)
    expect(['underway', 'sent']).toContain(await support.whatBecameOf(remoteId))
    await expect(support.deleteDraft(remoteId)).rejects.toMatchObject({ code: 'transports.not_a_draft' })

    const sent = await until(() => support.findSent(remoteId))
    expect(await support.whatBecameOf(remoteId)).toBe('sent')
    expect(sent).toMatchObject({
      remoteId,
      folderRemoteId: await folderOf(support, 'sent'),
      subject: 'Re: Where is my order',
      from: { address: SUPPORT },
      inReplyTo: message.inReplyTo,
      references: message.references,
    })
    // As Exchange may do, the sandbox replaces the Message-ID.
    expect(sent.messageId).not.toBe(message.messageId)
    await expect(support.sendDraft(remoteId)).rejects.toMatchObject({ code: 'transports.not_a_draft' })

    const arrived = await outside('kim@customer.example', 'Re: Where is my order')
    expect(arrived).toContain(`Message-ID: <${sent.messageId!}>`)
    expect(arrived).toMatch(/In-Reply-To: <question@customer\.example>/i)
    expect(arrived).not.toMatch(/^bcc:/im)
  })

  it('keeps a draft whose sender address is not permitted', async () => {
    // Ben has Full Access but not Send As.
    const support = await mailboxes.open(BEN, SUPPORT)
    const { remoteId } = await support.createDraft(letter(SUPPORT, 'Not as support'))

    await expect(support.sendDraft(remoteId)).rejects.toMatchObject({
      code: 'transports.send_as_denied',
      remedy: 'admin',
      upstream: { status: 403, code: 'ErrorSendAsDenied', requestId: expect.any(String) as string },
    })
    expect(await support.whatBecameOf(remoteId)).toBe('draft')
  })

  it('reports a deleted draft as gone', async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const { remoteId } = await ben.createDraft(letter(BEN, 'Never sent'))
    await mailboxes.ask(BEN, 'POST', `/me/messages/${remoteId}/permanentDelete`)

    expect(await ben.whatBecameOf(remoteId)).toBe('gone')
    expect(await ben.findSent(remoteId)).toBeUndefined()
    await ben.deleteDraft(remoteId)
    await expect(ben.sendDraft(remoteId)).rejects.toMatchObject({ code: 'transports.item_gone' })
  })

  it('moves an abandoned draft to Deleted Items', async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const { remoteId } = await ben.createDraft(letter(BEN, 'Given up'))

    await ben.deleteDraft(remoteId)

    expect(await ben.fetchMessage(remoteId)).toMatchObject({ folderRemoteId: await folderOf(ben, 'trash') })
  })

  it.each([2.9, 3.1, 10])(
    'sends an attachment of %f MB completely and sends no token to the upload URL',
    async (size) => {
      const ben = await mailboxes.open(BEN, 'me')
      const content = Buffer.alloc(Math.round(size * MEGABYTE), `${size} `)
      const message = letter(BEN, `Plans ${size}`, {
        attachments: [
          { name: 'plans.bin', contentType: 'application/octet-stream', isInline: false, content },
          { name: 'note.txt', contentType: 'text/plain', isInline: false, content: Buffer.from('small') },
        ],
      })

      const { remoteId, toAttach } = await ben.createDraft(message)
      expect(toAttach.map(({ name }) => name)).toEqual(['plans.bin'])
      for (const attachment of toAttach) await ben.attach(remoteId, attachment)
      const listed = await ben.listAttachments(remoteId)
      expect(new Set(listed.map(({ name }) => name))).toEqual(new Set(['plans.bin', 'note.txt']))
      const plans = listed.find(({ name }) => name === 'plans.bin')!
      expect(Buffer.concat(await bytesOf(ben, remoteId, plans.remoteId, content.length)).equals(content)).toBe(true)
      await expect(bytesOf(ben, remoteId, plans.remoteId, content.length - 1)).rejects.toMatchObject({
        code: 'transports.attachment_too_large',
      })
      await ben.sendDraft(remoteId)
      expect((await until(() => ben.findSent(remoteId))).hasAttachments).toBe(true)

      const graph = new URL(mailboxes.sandbox.graph).origin
      expect(requests.filter(({ url, authorization }) => url.origin !== graph && authorization !== undefined)).toEqual(
        [],
      )
      if (size > 3) expect(requests.some(({ method }) => method === 'PUT')).toBe(true)
    },
  )

  it('reports the reason and the limit for a large file in a shared mailbox', async () => {
    const support = await mailboxes.open(BEN, SUPPORT)
    const large = {
      name: 'large.bin',
      contentType: 'application/octet-stream',
      isInline: false,
      content: Buffer.alloc(support.limits.attachmentBytes + 1),
    }
    const { remoteId } = await support.createDraft(letter(SUPPORT, 'Large'))

    await expect(support.attach(remoteId, large)).rejects.toMatchObject({ code: 'transports.large_file_at_shared' })
    await support.attach(remoteId, { ...large, content: large.content.subarray(1) })
    expect(await support.listAttachments(remoteId)).toHaveLength(1)
  })

  it('returns the Content-ID of an image in the text', async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const image = {
      name: 'logo.png',
      contentType: 'image/png',
      contentId: 'logo@contoso.example',
      isInline: true,
      content: Buffer.from('89504e470d0a1a0a', 'hex'),
    }
    const { remoteId } = await ben.createDraft(
      letter(BEN, 'With a logo', { html: '<p>Hi <img src="cid:logo@contoso.example"></p>', attachments: [image] }),
    )

    expect(await ben.listAttachments(remoteId)).toMatchObject([
      { name: 'logo.png', contentId: 'logo@contoso.example', isInline: true, kind: 'file' },
    ])
    expect(await ben.fetchMessage(remoteId)).toMatchObject({ hasAttachments: true })
  })

  it('stores a composed message unchanged, for any text', { timeout: 120_000 }, async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const words = fc.stringMatching(/^[\p{L}\p{N}!?()'"#&%+=€😀-]+( [\p{L}\p{N}!?()'"#&%+=€😀-]+){0,12}$/u)
    await fc.assert(
      fc.asyncProperty(words, words, words, fc.uint8Array({ maxLength: 3000 }), async (subject, name, text, bytes) => {
        const message = letter(BEN, subject, {
          to: [{ name, address: 'kim@customer.example' }],
          text,
          inReplyTo: ['b@customer.example'],
          references: ['a@customer.example', 'b@customer.example'],
          attachments: [{ name: `${name}.bin`, contentType: 'application/octet-stream', isInline: false, content: Buffer.from(bytes) }], // prettier-ignore
        })
        const { remoteId } = await ben.createDraft(message)

        const stored = (await ben.fetchMessage(remoteId))!
        const { messageId, inReplyTo, references, to } = message
        expect(stored).toMatchObject({ messageId, inReplyTo, references, subject, to, bcc: message.bcc })
        expect(bodyText(stored.body).trim()).toBe(text)
        const [attachment] = await ben.listAttachments(remoteId)
        expect(attachment!.name).toBe(`${name}.bin`)
        const content = Buffer.concat(await bytesOf(ben, remoteId, attachment!.remoteId, bytes.length))
        expect(content.equals(Buffer.from(bytes))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('returns the source of a message', async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const message = letter(BEN, 'Source')
    const { remoteId } = await ben.createDraft(message)

    expect((await ben.fetchSource(remoteId))!.toString()).toContain(`<${message.messageId}>`)
  })
})

describe('the preflight', () => {
  it("succeeds except for sending, which can't be checked without a message, and leaves the mailbox unchanged", async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const before = await ben.listFolders()

    expect((await ben.preflight()).checks).toEqual([
      { what: 'exists', outcome: 'ok' },
      { what: 'reads', outcome: 'ok' },
      { what: 'writes', outcome: 'ok' },
      { what: 'sends', outcome: 'not-tried' },
    ])
    expect(await ben.listFolders()).toEqual(before)
  })

  it.each([
    ['a mailbox that does not exist', 'nobody@contoso.example', undefined, 'exists', 'transports.mailbox_not_found'],
    ['a mailbox without the right', 'billing@contoso.example', undefined, 'reads', 'transports.access_denied'],
    ['a sign-in that may only read', 'me', ['Mail.Read'], 'writes', 'transports.access_denied'],
    ['a sign-in that may not see texts', 'me', ['Mail.ReadBasic'], 'reads', 'transports.access_denied'],
  ])('reports the fault of %s', async (_what, address, scopes, what, code) => {
    const transport = await mailboxes.open(BEN, address, scopes ? { scopes } : {})

    const { checks } = await transport.preflight()

    expect(checks.find((check) => check.what === what)).toMatchObject({ outcome: 'wrong', code })
    expect(checks.filter(({ outcome }) => outcome === 'wrong')).toHaveLength(1)
  })
})

describe('change notifications', () => {
  it('are subscribed, renewed and ended; an unknown subscription is reported for a new one', async () => {
    const ben = await mailboxes.open(BEN, 'me')
    const heard: string[] = []
    const endpoint = createServer((request, response) => {
      const token = new URL(request.url!, 'http://localhost').searchParams.get('validationToken')
      heard.push(token === null ? 'notification' : 'validation')
      response.writeHead(token === null ? 202 : 200, { 'content-type': 'text/plain' }).end(token ?? '')
    })
    endpoint.listen(0, 'localhost')
    await once(endpoint, 'listening')
    afterAll(() => endpoint.close())
    const url = `http://localhost:${(endpoint.address() as AddressInfo).port}/notifications`

    const made = await ben.subscribe({
      notificationUrl: url,
      lifecycleNotificationUrl: `${url}/lifecycle`,
      clientState: new Secret('known to both'),
      folderRemoteId: await folderOf(ben, 'inbox'),
    })
    expect(heard).toEqual(['validation', 'validation'])
    const days = (made.expiresAt.getTime() - Date.parse(new Date().toISOString())) / 86_400_000
    expect(days).toBeGreaterThan(6.9)
    expect(days).toBeLessThan(7)

    expect(await ben.renew(made.remoteId)).toMatchObject({ remoteId: made.remoteId })
    await ben.reauthorize(made.remoteId)
    await ben.unsubscribe(made.remoteId)
    expect(await ben.renew(made.remoteId)).toBeUndefined()
    await ben.unsubscribe(made.remoteId)
  })

  it('are refused for a shared mailbox opened by a person', async () => {
    const support = await mailboxes.open(BEN, SUPPORT)

    await expect(
      support.subscribe({
        notificationUrl: 'http://localhost:1/notifications',
        lifecycleNotificationUrl: 'http://localhost:1/lifecycle',
        clientState: new Secret('known to both'),
      }),
    ).rejects.toMatchObject({ code: 'transports.access_denied', remedy: 'admin' })
  })
})

it('every Graph request asks for immutable ids', () => {
  const graph = new URL(mailboxes.sandbox.graph).origin
  const calls = requests.filter(({ url }) => url.origin === graph)

  expect(calls.length).toBeGreaterThan(50)
  expect(calls.filter(({ prefer }) => !prefer?.includes('IdType="ImmutableId"'))).toEqual([])
})

function letter(from: string, subject: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    messageId: newMessageId(from),
    sentAt: new Date('2026-11-24T10:00:00Z'),
    from: { name: 'Contoso', address: from },
    to: [{ name: 'Kim', address: 'kim@customer.example' }],
    cc: [],
    bcc: [{ name: '', address: 'quiet@customer.example' }],
    subject,
    text: 'Hello Kim',
    inReplyTo: [],
    references: [],
    attachments: [],
    ...more,
  }
}

async function folderOf(transport: ReadingTransport, role: string): Promise<string> {
  return (await transport.listFolders()).find((folder) => folder.role === role)!.remoteId
}

async function all(transport: ReadingTransport, folder: string, from?: Cursor) {
  const pages: ChangePage[] = []
  for await (const page of transport.changes(folder, from, { since: SINCE })) pages.push(page)
  const messages: (RemoteMessage | SparseMessage)[] = pages.flatMap(({ upserts }) => upserts)
  return { pages, messages, removed: pages.flatMap(({ removed }) => removed), cursor: pages.at(-1)!.cursor }
}

async function firstPage(transport: ReadingTransport, folder: string, cursor: Cursor | undefined): Promise<ChangePage> {
  for await (const page of transport.changes(folder, cursor, { since: SINCE })) return page
  throw new Error('no page')
}

function untilChanged(transport: ReadingTransport, folder: string, cursor: Cursor) {
  return until(async () => {
    const told = await all(transport, folder, cursor)
    return told.messages.length + told.removed.length > 0 ? told : undefined
  })
}

async function bytesOf(transport: ReadingTransport, remoteId: string, attachmentRemoteId: string, maxBytes: number) {
  const pieces: Uint8Array[] = []
  for await (const piece of transport.downloadAttachment(remoteId, attachmentRemoteId, { maxBytes })) pieces.push(piece)
  return pieces
}

/** Adds received messages to a folder of Ben's mailbox, four at a time as the limit allows. */
async function fill(folder: string, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, number) => number)
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
        await mailboxes.ask(BEN, 'POST', `/me/mailFolders/${folder}/messages`, {
          subject: `Number ${number}`,
          body: { contentType: 'text', content: 'Hello' },
          singleValueExtendedProperties: [{ id: 'Integer 0x0E07', value: '1' }],
        })
      }
    }),
  )
}

async function outside(to: string, subject: string): Promise<string> {
  const api = `${mailboxes.sandbox.controlPanel}/api/outside/messages`
  return until(async () => {
    const answer = await fetch(`${api}?to=${encodeURIComponent(to)}`)
    const { messages } = (await answer.json()) as { messages: { id: string; subject: string }[] }
    const found = messages.find((message) => message.subject === subject)
    return found && (await fetch(`${api}/${found.id}/raw`)).text()
  })
}

async function until<T>(question: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await question()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('no answer within thirty seconds')
}
