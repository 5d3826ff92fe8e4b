/** Mailboxes addressed by the object ID of their user, and one whose user name differs from its address. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { Secret } from '../../kernel/secret.ts'
import { newMessageId, type OutgoingMessage } from '../../mail/index.ts'
import { emailAccountsForTest } from '../../../test/kit/index.ts'
import type { ReadingTransport } from '../mail-transport.ts'

const ANNA = 'anna@contoso.example'
const SUPPORT = { address: 'support@contoso.example', id: '00000000-0000-4000-8000-000000000007' }
const SOFIA = {
  userName: 'slind@contoso.example',
  address: 'sofia.lind@contoso.example',
  id: '00000000-0000-4000-8000-000000000009',
}
const SINCE = new Date('2020-01-01T00:00:00Z')
const mailboxes = await emailAccountsForTest()
const endpoint = await startEndpoint()

describe.each([
  ['the own one by object ID', SOFIA.userName, SOFIA.id, SOFIA.address],
  ['the own one by user name', SOFIA.userName, SOFIA.userName, SOFIA.address],
  ['the own one as me', SOFIA.userName, 'me', SOFIA.address],
  ['that of a team by object ID', ANNA, SUPPORT.id, SUPPORT.address],
])('a Graph mailbox, %s', (_which, signsIn, named, address) => {
  it('can be read: folders, new mail, one message and its source', async () => {
    const account = await mailboxes.open(signsIn, named)
    const inbox = (await account.listFolders()).find(({ role }) => role === 'inbox')!.remoteId
    const before = mailboxes.requests.length
    const subject = `For ${named}`
    await mailboxes.write({ from: 'kim@customer.example', to: address, subject, text: 'Hello' })

    await expect.poll(async () => (await subjectsIn(account, inbox)).includes(subject)).toBe(true)
    const [newest] = await account.newest(inbox, 1)
    expect(await account.fetchMessage(newest!.remoteId)).toMatchObject({ subject, to: [{ address }] })
    expect((await account.fetchSource(newest!.remoteId))!.toString()).toContain(`Subject: ${subject}`)
    const below = named === 'me' ? '/v1.0/me/' : `/v1.0/users/${encodeURIComponent(named)}/`
    for (const { url } of mailboxes.requests.slice(before)) expect(url.pathname).toContain(below)
  })

  it('can send, and its Sent copy is found', async () => {
    const account = await mailboxes.open(signsIn, named)
    const draft = await account.createDraft(letter(address))
    await account.sendDraft(draft.remoteId)

    await expect.poll(() => account.findSent(draft.remoteId)).toMatchObject({ from: { address } })
  })
})

it.each([SOFIA.id, SOFIA.userName, 'me'])(
  'a notification arrives for the own mailbox addressed as %s',
  async (named) => {
    const account = await mailboxes.open(SOFIA.userName, named)
    const made = await account.subscribe({
      notificationUrl: endpoint.url,
      lifecycleNotificationUrl: `${endpoint.url}/lifecycle`,
      clientState: new Secret('known to both'),
    })
    const before = endpoint.heard.notifications
    await mailboxes.write({ from: 'kim@customer.example', to: SOFIA.address, subject: 'News', text: 'Hello' })

    await expect.poll(() => endpoint.heard.notifications).toBeGreaterThan(before)
    await account.unsubscribe(made.remoteId)
  },
)

it.each([SOFIA.address, SOFIA.userName])('a mailbox can be read by IMAP as %s', async (userName) => {
  const { reading } = await mailboxes.openByImap(SOFIA.userName, userName)

  expect((await reading.listFolders()).map(({ role }) => role)).toContain('inbox')
})

async function subjectsIn(account: ReadingTransport, folder: string): Promise<string[]> {
  const subjects: string[] = []
  for await (const { upserts } of account.changes(folder, undefined, { since: SINCE })) {
    for (const each of upserts) if (!each.partial) subjects.push(each.subject)
  }
  return subjects
}

function letter(from: string): OutgoingMessage {
  return {
    messageId: newMessageId(from),
    sentAt: new Date('2026-11-24T10:00:00Z'),
    from: { name: '', address: from },
    to: [{ name: '', address: 'kim@customer.example' }],
    cc: [],
    bcc: [],
    subject: 'Kettle',
    text: 'It boils.',
    inReplyTo: [],
    references: [],
    attachments: [],
  }
}

/** Starts an endpoint that receives change notifications and answers Graph's validation request. */
async function startEndpoint() {
  const heard = { notifications: 0 }
  const server = createServer((request, response) => {
    const token = new URL(request.url!, 'http://localhost').searchParams.get('validationToken')
    if (token === null) heard.notifications++
    response.writeHead(token === null ? 202 : 200, { 'content-type': 'text/plain' }).end(token ?? '')
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })
  return { heard, url: `http://localhost:${(server.address() as AddressInfo).port}/notifications` }
}
