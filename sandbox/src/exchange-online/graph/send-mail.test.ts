import { describe, expect, it } from 'vitest'
import type { AccessTokenClaims } from '../../entra-id/index.ts'
import { TransportError } from '../transport/index.ts'
import { ANNA, BEN, BILLING, createGraphWorld, type GraphWorld, SUPPORT } from './graph-test-world.ts'

const IMMUTABLE = { prefer: 'IdType="ImmutableId"' }
const KIM = { emailAddress: { name: 'Kim', address: 'kim@customer.example' } }

describe('sending a draft', () => {
  it('keeps its immutable id from Drafts through the Outbox into Sent Items, with a delay', async () => {
    const { world, draft } = await withDraft()
    const { get, post, ask } = world
    const sent = await post(`/me/messages/${draft.id}/send`)
    expect([sent.statusCode, sent.text, sent.headers['content-length']]).toEqual([202, '', '0'])
    expect(await subjectsIn(world, 'drafts')).toEqual([])
    expect(await subjectsIn(world, 'sentitems')).toEqual([])
    const meanwhile = await get(`/me/messages/${draft.id}`, { headers: IMMUTABLE })
    expect(meanwhile.body).toMatchObject({ id: draft.id, isDraft: true })
    expect(meanwhile.body['parentFolderId']).toBe(world.mailStore.wellKnownFolder(ANNA, 'outbox').id)

    world.clock.move(1499)
    await world.deferred.runDue()
    expect(await subjectsIn(world, 'sentitems')).toEqual([])
    await later(world, 1)
    expect(await subjectsIn(world, 'sentitems')).toEqual(['Hello'])
    const { body } = await get(`/me/messages/${draft.id}`, { headers: IMMUTABLE })
    expect(body).toMatchObject({ id: draft.id, isDraft: false, isRead: true, sentDateTime: '2026-11-02T08:00:00Z' })
    expect(body['from']).toEqual({ emailAddress: { name: 'Anna Berg', address: 'anna@contoso.example' } })
    expect((await ask('POST', `/me/messages/${draft.id}/send`)).body.error.code).toBe(
      'ErrorInvalidItemForOperationSendItem',
    )
  })

  it('sends once, even for repeated or concurrent requests', async () => {
    const { world, draft } = await withDraft()
    const answers = await Promise.all([1, 2, 3].map(() => world.post(`/me/messages/${draft.id}/send`)))
    await later(world)
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, 400, 400])
    expect(world.transport.submissions).toHaveLength(1)
  })

  it("sends a message without Bcc, with the sending date and the directory's display name", async () => {
    const { world, draft } = await withDraft({
      ccRecipients: [{ emailAddress: { address: 'KIM@customer.example' } }],
      bccRecipients: [{ emailAddress: { address: 'boss@contoso.example' } }],
      internetMessageHeaders: [{ name: 'x-ticket', value: '7' }],
    })
    world.clock.move(60_000)
    await world.post(`/me/messages/${draft.id}/send`)
    const { envelope, text, mailboxId, callerId } = world.transport.submissions[0]!
    expect([mailboxId, callerId]).toEqual([ANNA, ANNA])
    expect(envelope).toEqual({ from: 'anna@contoso.example', to: ['KIM@customer.example', 'boss@contoso.example'] })
    expect(text).not.toContain('boss@')
    expect(text).toMatch(/^From: "Anna Berg" <anna@contoso\.example>\r\nDate: Mon, 02 Nov 2026 08:01:00 \+0000\r\n/)
    expect(text).toMatch(/^x-ticket: 7\r\n/im)
    await later(world)
    const copy = (await world.get(`/me/messages/${draft.id}`)).body
    expect(copy['bccRecipients']).toMatchObject([{ emailAddress: { address: 'boss@contoso.example' } }])
  })

  it("replaces the draft's Message-ID with Exchange's, or keeps it when so configured", async () => {
    const messageId = async (messageIdOnSend: 'rewrite' | 'keep') => {
      const { world, draft } = await withDraft({ internetMessageId: '<mine@contoso.example>' }, { messageIdOnSend })
      await world.post(`/me/messages/${draft.id}/send`)
      await later(world)
      const kept = (await world.get(`/me/messages/${draft.id}`)).body['internetMessageId']
      expect(world.transport.submissions[0]!.text).toContain(`Message-ID: ${String(kept)}\r\n`)
      return kept
    }
    expect(await messageId('keep')).toBe('<mine@contoso.example>')
    expect(await messageId('rewrite')).toMatch(/^<[^@]+@.+\.PROD\.OUTLOOK\.COM>$/)
  })

  it('keeps the MIME of a draft unchanged in the Sent copy, except for the Message-ID', async () => {
    const world = createGraphWorld()
    const mime =
      'X-A: a\n b\nFrom: anna@contoso.example\nTo: kim@customer.example\n' +
      'Message-ID:\r\n <mine@contoso.example>\nSubject: Hello\n\nHi\r\nthere'
    const { body: draft } = await postMime(world, '/me/messages', Buffer.from(mime).toString('base64'))
    await world.post(`/me/messages/${draft['id']}/send`)
    await later(world)

    const copy = (await world.get('/me/mailFolders/sentitems/messages')).body.value[0]!
    const { text } = await world.get(`/me/messages/${copy['id']}/$value`)
    expect(copy['internetMessageId']).toMatch(/OUTLOOK\.COM>$/)
    expect(text).toBe(mime.replace('\r\n <mine@contoso.example>', ` ${String(copy['internetMessageId'])}`))
  })

  it('keeps the draft unchanged when the transport refuses it', async () => {
    const { world, draft } = await withDraft()
    world.transport.refuseNext(new TransportError('message-too-large', '552 5.3.4'))
    expect((await world.post(`/me/messages/${draft.id}/send`)).statusCode).toBe(413)
    expect(await subjectsIn(world, 'drafts')).toEqual(['Hello'])
    expect((await world.post(`/me/messages/${draft.id}/send`)).statusCode).toBe(202)
  })

  it('refuses a draft without recipients, and one with an invalid recipient', async () => {
    const nobody = await withDraft({ toRecipients: [] })
    const refused = await nobody.world.post(`/me/messages/${nobody.draft.id}/send`)
    expect(refused.body.error).toMatchObject({ code: 'ErrorInvalidRecipients' })
    expect(refused.body.error.message).toContain('contains no recipients')
    const wrong = await withDraft({ toRecipients: [{ emailAddress: { address: 'kim' } }] })
    expect((await wrong.world.post(`/me/messages/${wrong.draft.id}/send`)).body.error.message).toContain("'kim'")
  })

  it('sends no copy to Sent Items when the user removed the message from the Outbox', async () => {
    const { world, draft } = await withDraft()
    await world.post(`/me/messages/${draft.id}/send`)
    await world.post(`/me/messages/${draft.id}/move`, { destinationId: 'archive' })
    await later(world)
    expect(await subjectsIn(world, 'sentitems')).toEqual([])
  })
})

describe('sendMail', () => {
  it('sends JSON and keeps a copy, unless the request disables it', async () => {
    const world = createGraphWorld()
    const message = { subject: 'Hello', body: { contentType: 'HTML', content: '<p>Hi</p>' }, toRecipients: [KIM] }
    expect((await world.post('/me/sendMail', { message })).statusCode).toBe(202)
    expect((await world.post('/me/sendMail', { message, saveToSentItems: false })).statusCode).toBe(202)
    await later(world)
    expect(world.transport.submissions).toHaveLength(2)
    expect(await subjectsIn(world, 'sentitems')).toEqual(['Hello'])
    expect(await subjectsIn(world, 'outbox')).toEqual([])
  })

  it("sends MIME unchanged, except for Exchange's own header fields", async () => {
    const world = createGraphWorld()
    const mime =
      'From: "A. Berg" <anna@contoso.example>\r\nTo: kim@customer.example\r\nBcc: boss@contoso.example\r\n' +
      'X-Long: a\r\n b\r\nSubject: Hello\r\nMessage-ID: <mine@contoso.example>\r\n\r\nHi\r\n\xe4\r\n'
    const { statusCode } = await postMime(world, '/me/sendMail', Buffer.from(mime, 'latin1').toString('base64'))
    expect(statusCode).toBe(202)
    const { mime: wire, envelope } = world.transport.submissions[0]!
    const text = Buffer.from(wire).toString('latin1')
    expect(envelope.to).toEqual(['kim@customer.example', 'boss@contoso.example'])
    expect(text).toMatch(/^From: "Anna Berg" <anna@contoso\.example>\r\n/)
    expect(text).toContain('X-Long: a\r\n b\r\nSubject: Hello\r\n\r\nHi\r\n\xe4\r\n')
    expect(text).not.toMatch(/boss|mine@/)
  })

  it.each(['', 'not base64!', 'QQ', '####'])('refuses %j as MIME', async (body) => {
    const { statusCode, body: answer } = await postMime(createGraphWorld(), '/me/sendMail', body)
    expect(statusCode).toBe(400)
    expect(answer.error).toMatchObject({
      code: 'ErrorMimeContentInvalidBase64String',
      message: 'Invalid base64 string for MIME content.',
    })
  })

  it("keeps nothing of a message that can't be sent", async () => {
    const world = createGraphWorld()
    world.transport.refuseNext(new TransportError('invalid-recipients', '501 5.1.3', ['x']))
    expect((await world.post('/me/sendMail', { message: { toRecipients: [KIM] } })).statusCode).toBe(400)
    expect(await subjectsIn(world, 'outbox')).toEqual([])
    expect((await world.post('/me/sendMail', { massage: {} })).body.error.code).toBe('RequestBodyRead')
  })
})

describe('sending in another name', () => {
  const from = (address: string) => ({ from: { emailAddress: { address } } })

  it.each([
    // Anna has SendAs on support@, SendOnBehalf on billing@, and no permission on ben@.
    ['support@contoso.example', 202, undefined],
    ['billing@contoso.example', 202, 'anna@contoso.example'],
    ['ben@contoso.example', 403, undefined],
    ['boss@elsewhere.example', 403, undefined],
  ])('through /me as %s gets status %i', async (address, status, sender) => {
    const world = createGraphWorld()
    const as = world.person(ANNA, 'Mail.Send.Shared', 'Mail.Read')
    const message = { subject: 'Hello', toRecipients: [KIM], ...from(address) }
    const { statusCode, body } = await world.post('/me/sendMail', { message }, { as })
    expect(statusCode).toBe(status)
    if (status === 403) {
      expect(body.error.code).toBe('ErrorSendAsDenied')
      return
    }
    const { text, envelope } = world.transport.submissions[0]!
    expect(envelope.from).toBe(address)
    expect(/^From: .*<(.*)>\r$/m.exec(text)![1]).toBe(address)
    expect(/^Sender: .*<(.*)>\r$/m.exec(text)?.[1]).toBe(sender)
    await later(world)
    const copy = (await world.get('/me/mailFolders/sentitems/messages', { as })).body.value[0]!
    expect(copy['from']).toMatchObject({ emailAddress: { address } })
    expect(copy['sender']).toMatchObject({ emailAddress: { address: sender ?? address } })
  })

  it('keeps the MIME of a draft sent on behalf, and adds the sender', async () => {
    const world = createGraphWorld()
    const as = world.person(ANNA, 'Mail.Send.Shared', 'Mail.ReadWrite')
    const mime =
      'X-A: a\r\n b\r\nFrom: billing@contoso.example\r\nTo: kim@customer.example\r\nSubject: Hello\r\n' +
      'Content-Type: multipart/mixed; boundary=mine\r\n\r\n--mine\r\n\r\nHi\r\n--mine--\r\n'
    const { body: draft } = await postMime(world, '/me/messages', Buffer.from(mime).toString('base64'), as)
    expect((await world.post(`/me/messages/${draft['id']}/send`, undefined, { as })).statusCode).toBe(202)
    await later(world)

    const copy = (await world.get('/me/mailFolders/sentitems/messages', { as })).body.value[0]!
    const { text } = await world.get(`/me/messages/${copy['id']}/$value`, { as })
    expect(text).toMatch(/^X-A: a\r\n b\r\nFrom: .*<billing@contoso\.example>\r\n/m)
    expect(text).toMatch(/^Sender: "Anna Berg" <anna@contoso\.example>\r\n/m)
    const [header = ''] = mime.slice(mime.indexOf('To: kim')).split('\r\n\r\n')
    expect(text).toContain(`\r\n${header}\r\n`)
    expect(text.endsWith(mime.slice(mime.indexOf('\r\n\r\n')))).toBe(true)
  })

  it('stores the copy in the mailbox of the address: a shared mailbox keeps mail sent through it', async () => {
    const world = createGraphWorld()
    const as = world.person(ANNA, 'Mail.Send.Shared', 'Mail.Read.Shared')
    const send = (mailbox: string) =>
      world.post(`/users/${mailbox}/sendMail`, { message: { subject: 'Hello', toRecipients: [KIM] } }, { as })
    expect((await send(SUPPORT)).statusCode).toBe(202)
    expect((await send(BILLING)).statusCode).toBe(202)
    await later(world)
    expect(await subjectsIn(world, 'sentitems')).toEqual([])
    for (const mailbox of [SUPPORT, BILLING]) {
      expect(await subjectsIn(world, 'sentitems', mailbox)).toEqual(['Hello'])
    }
    expect(world.transport.submissions.map(({ mailboxId }) => mailboxId)).toEqual([SUPPORT, BILLING])
    expect(world.transport.submissions.map(({ text }) => /^Sender:/m.test(text))).toEqual([false, true])
    // Ben can read support@, but not send as it.
    const ofBen = world.person(BEN, 'Mail.Send.Shared')
    const refused = await world.post(`/users/${SUPPORT}/sendMail`, { message: { toRecipients: [KIM] } }, { as: ofBen })
    expect(refused.body.error.code).toBe('ErrorSendAsDenied')
  })

  it('requires Mail.Send.Shared of users, but not of an application', async () => {
    const world = createGraphWorld()
    const message = { toRecipients: [KIM], ...from('support@contoso.example') }
    const plain = await world.post('/me/sendMail', { message }, { as: world.person(ANNA, 'Mail.Send') })
    expect(plain.body.error.code).toBe('ErrorAccessDenied')

    const as = world.application('Mail.Send')
    const own = await world.post(`/users/${SUPPORT}/sendMail`, { message }, { as })
    expect(own.statusCode).toBe(202)
    expect(world.transport.submissions[0]!.callerId).toBeUndefined()
    const other = await world.post(`/users/${BEN}/sendMail`, { message }, { as })
    expect(other.body.error.code).toBe('ErrorSendAsDenied')
  })
})

async function withDraft(more: object = {}, habits = {}) {
  const world = createGraphWorld({ habits })
  const body = { subject: 'Hello', body: { contentType: 'text', content: 'Hi' }, toRecipients: [KIM], ...more }
  const { body: draft, statusCode } = await world.post('/me/messages', body, { headers: IMMUTABLE })
  expect(statusCode).toBe(201)
  return { world, draft }
}

async function later({ clock, deferred }: GraphWorld, ms = 1500): Promise<void> {
  clock.move(ms)
  await deferred.runDue()
}

async function subjectsIn({ get, application }: GraphWorld, folder: string, mailbox = ANNA): Promise<unknown[]> {
  const { body } = await get(`/users/${mailbox}/mailFolders/${folder}/messages`, { as: application('Mail.Read') })
  return body.value.map(({ subject }) => subject)
}

function postMime({ post }: GraphWorld, url: string, body: string, as?: AccessTokenClaims) {
  return post(url, body, { headers: { 'content-type': 'text/plain' }, ...(as === undefined ? {} : { as }) })
}
