import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { createMovableClock } from '../../kernel/clock.ts'
import { openDatabase } from '../../kernel/database.ts'
import { createDeferred } from '../../kernel/deferred.ts'
import { createDirectory, seedTenants } from '../../tenants/index.ts'
import { createMailStore, type Message } from '../mail-store/index.ts'
import { createTransport, type OutsideServer, type Submission, TransportError } from './index.ts'

const DAY_MS = 24 * 60 * 60 * 1000

describe('a message submitted in a mailbox', () => {
  it("is delivered to a colleague's mailbox, with Exchange's fields above its own", async () => {
    const { send, inbox, mimeOf } = setUp()

    await send({ to: ['ben@contoso.example'] })

    const [message] = inbox('ben@contoso.example')
    const mime = await mimeOf(message)
    expect(message).toMatchObject({ subject: 'Lunch', isRead: false, isDraft: false })
    expect(mime).toMatch(/^Received: from .+\r\n.*by /)
    expect(mime).toContain('X-MS-Exchange-Organization-AuthAs: Internal')
    expect(mime).toContain('with mapi id 15.20.')
    expect(mime).not.toContain('Authentication-Results')
    expect(mime.endsWith('\r\n\r\nAt noon?\r\n')).toBe(true)
  })

  it.each([
    ['a plus address', 'support+orders@contoso.example', 'support@contoso.example'],
    ['another domain of the tenant', 'BEN@contoso.onmicrosoft.example', 'ben@contoso.example'],
    ['a personal account', 'pat@outlook.example', 'pat@outlook.example'],
  ])('reaches the mailbox of %s', async (_what, to, mailbox) => {
    const { send, inbox } = setUp()

    await send({ to: [to] })

    expect(inbox(mailbox)).toHaveLength(1)
  })

  it('is checked like external mail when it reaches another organization', async () => {
    const { send, inbox, mimeOf } = setUp()

    await send({ to: ['carla@fabrikam.example'] })

    const mime = await mimeOf(inbox('carla@fabrikam.example')[0])
    expect(mime).toMatch(/Authentication-Results: spf=pass .*\r\n\s+smtp\.mailfrom=contoso\.example/)
    expect(mime).toContain('X-MS-Exchange-Organization-AuthAs: Anonymous')
  })

  it('is delivered once where two of its addresses have the same mailbox', async () => {
    const { send, inbox } = setUp()

    await send({ to: ['ben@contoso.example', 'ben+a@contoso.example', 'ben@contoso.onmicrosoft.example'] })

    expect(inbox('ben@contoso.example')).toHaveLength(1)
  })

  it('is delivered without its Bcc and without forged Exchange fields', async () => {
    const { send, inbox, mimeOf, left } = setUp()
    const secret = 'Bcc: boss@customer.example,\r\n spy@customer.example\r\nX-MS-Exchange-Organization-SCL: 9\r\n'

    await send({ to: ['ben@contoso.example', 'kim@customer.example'], mime: `${secret}${MIME}` })

    for (const mime of [await mimeOf(inbox('ben@contoso.example')[0]), left[0]!.mime]) {
      expect(mime).not.toMatch(/^bcc:|spy@|SCL: 9/im)
    }
  })

  it('is sent to every external domain, once for each recipient', async () => {
    const { send, left } = setUp()

    await send({ to: ['kim@customer.example', 'lee@elsewhere.example'] })

    expect(left.map(({ from, to }) => ({ from, to }))).toEqual([
      { from: 'anna@contoso.example', to: 'kim@customer.example' },
      { from: 'anna@contoso.example', to: 'lee@elsewhere.example' },
    ])
    expect(left[0]!.mime).toContain('X-OriginatorOrg: contoso.example')
    expect(left[0]!.mime).not.toContain('X-MS-Exchange-Organization')
  })

  it('gets a Message-ID and a date when it lacks them', async () => {
    const { send, left } = setUp()

    await send({ to: ['kim@customer.example'], mime: 'From: anna@contoso.example\r\n\r\nhi' })

    expect(left[0]!.mime).toMatch(/^Message-ID: <.+@.+>\r$/m)
    expect(left[0]!.mime).toMatch(/^Date: \w{3}, \d{2} \w{3} \d{4} [\d:]{8} \+0000\r$/m)
  })

  it('survives a stop between acceptance and delivery', async () => {
    const { world, send, inbox } = setUp()
    await send({ to: ['ben@contoso.example'] }, { deliver: false })
    world.database.run('DELETE FROM deferred_work')

    const restarted = setUp(world)
    await restarted.deferred.runDue()

    expect(inbox('ben@contoso.example')).toHaveLength(1)
    await setUp(world).deferred.runDue()
    expect(inbox('ben@contoso.example')).toHaveLength(1)
  })
})

describe('an undeliverable message', () => {
  it('is returned as a machine-readable report', async () => {
    const { send, inbox, mimeOf } = setUp()

    await send({ to: ['nobody@contoso.example'] })

    const [report] = inbox('anna@contoso.example')
    const mime = await mimeOf(report)
    expect(report).toMatchObject({
      subject: 'Undeliverable: Lunch',
      from: {
        name: 'Microsoft Outlook',
        address: 'MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.example',
      },
      inReplyTo: ['<lunch@contoso.example>'],
    })
    expect(mime).toMatch(/^Content-Type: multipart\/report; report-type=delivery-status;/m)
    expect(mime).toMatch(/^X-MS-Exchange-Message-Is-Ndr:/m)
    expect(mime).toMatch(/^Final-Recipient: rfc822;nobody@contoso\.example\r\nAction: failed\r\nStatus: 5\.1\.10\r$/m)
    expect(mime).toMatch(
      /^Diagnostic-Code: smtp;550 5\.1\.10 RESOLVER\.ADR\.RecipientNotFound; Recipient\s+not found by SMTP address lookup\r$/m,
    )
    const parsed = await simpleParser(mime, { keepDeliveryStatus: true })
    expect(parsed.text).toContain("nobody wasn't found at contoso.example.")
    expect(parsed.attachments.map(({ contentType }) => contentType)).toEqual([
      'message/delivery-status',
      'message/rfc822',
    ])
    expect(parsed.attachments[1]!.content.toString()).toContain('At noon?')
  })

  it('is reported once for all failed recipients, and reaches the others', async () => {
    const { send, inbox, mimeOf } = setUp()

    await send({ to: ['no1@contoso.example', 'ben@contoso.example', 'no2@bounce.example'] })

    expect(inbox('ben@contoso.example')).toHaveLength(1)
    expect(inbox('anna@contoso.example')).toHaveLength(1)
    const mime = await mimeOf(inbox('anna@contoso.example')[0])
    expect(mime.match(/^Final-Recipient: .*/gm)).toHaveLength(2)
    expect(mime).toContain('Remote-MTA: dns;mail.bounce.example')
    expect(mime).toContain('Status: 5.1.1\r\n')
  })

  it('is reported with only its header when it is over 10 MB', async () => {
    const { send, inbox, world } = setUp()

    await send({ to: ['nobody@contoso.example'], mime: MIME + `${'x'.repeat(998)}\r\n`.repeat(11_000) })

    const [report] = inbox('anna@contoso.example')
    const mime = Buffer.from(await world.mailStore.mime(report!)).toString('latin1')
    expect(mime).toContain('Content-Type: text/rfc822-headers')
    expect(mime.length).toBeLessThan(10_000)
  })

  it.each([
    ['a report', { from: '' }, MIME],
    ['an automatic answer', {}, `Auto-Submitted: auto-replied\r\n${MIME}`],
  ])('causes no report when it is %s', async (_what, envelope, mime) => {
    const { send, inbox } = setUp()

    await send({ to: ['nobody@contoso.example'], mime, ...envelope })

    expect(inbox('anna@contoso.example')).toEqual([])
  })

  it('is reported when a program sent it on its own initiative', async () => {
    const { send, inbox } = setUp()

    await send({ to: ['nobody@contoso.example'], mime: `Auto-Submitted: auto-generated\r\n${MIME}` })

    expect(inbox('anna@contoso.example')).toHaveLength(1)
  })

  it('is treated as a loop after more than 60 servers', async () => {
    const { send, inbox, mimeOf } = setUp()

    await send({ to: ['ben@contoso.example'], mime: 'Received: from a by b\r\n'.repeat(60) + MIME })

    expect(inbox('ben@contoso.example')).toEqual([])
    expect(await mimeOf(inbox('anna@contoso.example')[0])).toContain('554 5.4.14 Hop count exceeded')
  })

  it('causes no response when it goes to the sender of reports', async () => {
    const { send, inbox } = setUp()

    await send({ to: ['MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.example'] })

    expect(inbox('anna@contoso.example')).toEqual([])
  })

  it('is reported for unknown domains while no external server is connected', async () => {
    const { send, inbox, mimeOf } = setUp({ ...createWorld(), connected: false })

    await send({ to: ['kim@customer.example'] })

    expect(await mimeOf(inbox('anna@contoso.example')[0])).toContain('SMTPSEND.DNS.NonExistentDomain')
  })
})

describe('a submission is refused', () => {
  it.each([
    ['without recipients', { to: [] }, 'no-recipients'],
    ['with more than 500', { to: Array.from({ length: 501 }, (_, i) => `a${i}@x.example`) }, 'too-many-recipients'],
    ['to what is no address', { to: ['ben@contoso.example', 'not an address'] }, 'invalid-recipients'],
    ['over 35 MB', { to: ['ben@contoso.example'], mime: 'x'.repeat(35 * 1024 * 1024 + 1) }, 'message-too-large'],
  ])('%s, and nothing is delivered', async (_what, submission, refusal) => {
    const { send, inbox } = setUp()

    await expect(send(submission)).rejects.toMatchObject({ name: 'TransportError', refusal })
    expect(inbox('ben@contoso.example')).toEqual([])
  })

  it('above 10,000 recipients in any 24 hours, per mailbox', async () => {
    const { send, world, left } = setUp()
    const to = Array.from({ length: 500 }, (_, i) => `a${i}@x.example`)
    for (let i = 0; i < 20; i++) await send({ to }, { deliver: false })

    await expect(send({ to: ['kim@customer.example'] })).rejects.toMatchObject({ refusal: 'recipient-rate-exceeded' })
    await send({ to: ['kim@customer.example'], mailbox: 'ben@contoso.example' })
    world.clock.move(DAY_MS)
    await send({ to: ['kim@customer.example'] })

    expect(left).toHaveLength(10_002)
  })
})

describe('a message from an external server', () => {
  it('is in the mailbox when the server has accepted it, with the results of its checks', async () => {
    const { receive, inbox, mimeOf } = setUp()

    const arrivals = await receive({ to: ['support@contoso.example'] })

    const [message] = inbox('support@contoso.example')
    expect(arrivals).toMatchObject([
      { recipient: 'support@contoso.example', folder: 'inbox', messageKey: message?.key },
    ])
    const mime = await mimeOf(message)
    expect(mime).toMatch(/Authentication-Results: spf=pass/)
    expect(mime).toContain('Return-Path: kim@customer.example')
    expect(mime).toMatch(/^X-MS-Exchange-Organization-AuthAs: Anonymous\r$/m)
  })

  it('cannot pretend to be internal', async () => {
    const { receive, inbox, folder, mimeOf } = setUp()
    const forged = 'X-MS-Exchange-Organization-AuthAs: Internal\r\nFrom: Ada <ada@contoso.example>\r\n\r\nPay now.'

    await receive({ to: ['ben@contoso.example'], mime: forged })

    expect(inbox('ben@contoso.example')).toEqual([])
    const mime = await mimeOf(folder('ben@contoso.example', 'junkemail')[0])
    expect(mime).not.toContain('AuthAs: Internal')
    expect(mime).toContain('compauth=fail')
  })

  it.each([
    [
      'an unknown recipient',
      { to: ['ben@contoso.example', 'nobody@contoso.example'] },
      'unknown-recipients',
      '550 5.4.1',
    ],
    ['a domain that is not ours', { to: ['ben@contoso.example', 'x@other.example'] }, 'relay-denied', '550 5.7.54'],
    [
      'too many servers',
      { to: ['ben@contoso.example'], mime: 'Received: x\r\n'.repeat(61) },
      'mail-loop',
      '554 5.4.14',
    ],
    [
      '36 MB with the fields on top',
      { to: ['ben@contoso.example'], mime: `\r\n${'x'.repeat(36 * 1024 * 1024 - 200)}` },
      'message-too-large',
      '552 5.3.4',
    ],
  ])('is refused for all recipients because of %s', async (_what, mail, refusal, smtpReply) => {
    const { receive, inbox } = setUp()

    const error = await receive(mail).catch((thrown: unknown) => thrown)

    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({ refusal, smtpReply: expect.stringContaining(smtpReply) as string })
    expect(inbox('ben@contoso.example')).toEqual([])
  })
})

const MIME = [
  'From: Anna Berg <anna@contoso.example>',
  'To: Ben <ben@contoso.example>',
  'Subject: Lunch',
  'Message-ID: <lunch@contoso.example>',
  'Date: Tue, 24 Nov 2026 10:00:00 +0000',
  '',
  'At noon?',
  '',
].join('\r\n')

function createWorld() {
  const database = openDatabase(':memory:')
  const clock = createMovableClock(database)
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  return { database, clock, directory, mailStore: createMailStore({ database, clock, directory }), connected: true }
}

function setUp(world: ReturnType<typeof createWorld> = createWorld()) {
  const { database, clock, directory, mailStore } = world
  const report = (error: unknown) => {
    throw error
  }
  const deferred = createDeferred(database, clock, report)
  const transport = createTransport({ database, clock, deferred, directory, mailStore, report })
  const left: { from: string; to: string; mime: string }[] = []
  const outside: OutsideServer = {
    accept({ from, to, mime }) {
      if (to.endsWith('@bounce.example')) return { refusedWith: `550 5.1.1 <${to}>: User unknown` }
      left.push({ from, to, mime: Buffer.from(mime).toString() })
      return undefined
    },
  }
  if (world.connected) transport.connectOutside(outside)

  const idOf = (address: string) => transport.findMailboxId(address)!
  const folder = (address: string, name: 'inbox' | 'junkemail'): Message[] =>
    mailStore.listMessages({
      mailboxId: idOf(address),
      folderId: mailStore.wellKnownFolder(idOf(address), name).id,
      limit: 100,
    })

  return {
    world,
    deferred,
    left,
    folder,
    inbox: (address: string) => folder(address, 'inbox'),
    mimeOf: async (message: Message | undefined) => Buffer.from(await mailStore.mime(message!)).toString(),
    receive: ({ to, mime = MIME.replaceAll('anna@contoso', 'kim@customer') }: { to: string[]; mime?: string }) =>
      transport.receiveFromOutside({ envelope: { from: 'kim@customer.example', to }, mime: Buffer.from(mime) }),
    send: async (
      mail: { to: string[]; mime?: string; from?: string; mailbox?: string },
      { deliver = true }: { deliver?: boolean } = {},
    ) => {
      const { to, mime = MIME, mailbox = 'anna@contoso.example', from = mailbox } = mail
      const submission: Submission = {
        mailboxId: idOf(mailbox),
        callerId: undefined,
        envelope: { from, to },
        mime: Buffer.from(mime),
      }
      await transport.submit(submission)
      if (deliver) await deferred.runDue()
    },
  }
}
