import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSmtpWorld, type SmtpWorld, xoauth2 } from '../../../test/smtp-world.ts'
import { ANNA, BEN, BILLING, SUPPORT } from '../../../test/imap-world.ts'

const APP_ID = '11111111-0000-4000-8000-000000000000'
const MINUTE_MS = 60_000

let world: SmtpWorld
beforeEach(async () => {
  world = await createSmtpWorld()
})
afterEach(() => world.close())

describe('an SMTP session', () => {
  it("has Exchange's replies", async () => {
    const line = await world.raw()
    const greeting = await line.until(/^220 .*\r\n/m)
    expect(greeting).toMatch(/^220 \S+\.outlook\.office365\.com Microsoft ESMTP MAIL Service ready at .+ \+0000 \[08DE/)
    line.send('EHLO client.example\r\n')
    expect((await line.until(/^250 .*\r\n/m)).split('\r\n').slice(1, -1)).toEqual([
      ...['250-SIZE 157286400', '250-PIPELINING', '250-DSN', '250-ENHANCEDSTATUSCODES', '250-STARTTLS'],
      ...['250-AUTH LOGIN XOAUTH2', '250-8BITMIME', '250 SMTPUTF8'],
    ])
    expect(await world.ask(line, 'MAIL FROM:<anna@contoso.example>')).toBe(
      '530 5.7.57 Client not authenticated to send mail',
    )
    expect(await world.ask(line, 'AUTH XOAUTH2')).toBe('334')
    expect(await world.ask(line, xoauth2('anna@contoso.example', world.token()))).toBe(
      '235 2.7.0 Authentication successful',
    )
    expect(await world.ask(line, 'MAIL FROM:<anna@contoso.example>')).toBe('250 2.1.0 Sender OK')
    expect(await world.ask(line, 'RCPT TO:<kim@customer.example>')).toBe('250 2.1.5 Recipient OK')
    expect(await world.ask(line, 'DATA')).toBe('354 Start mail input; end with <CRLF>.<CRLF>')
    expect(await world.ask(line, 'Message-ID: <a@contoso.example>\r\nSubject: Hi\r\n\r\nHi\r\n.')).toMatch(
      /^250 2\.0\.0 OK <a@contoso\.example> \[Hostname=\S+\.outlook\.office365\.com\]$/,
    )
    expect(await world.ask(line, 'QUIT')).toBe('221 2.0.0 Service closing transmission channel')
  })

  it('ends without a reply when the client disconnects during its message', async () => {
    const line = await world.raw()
    await line.until(/^220 .*\r\n/m)
    await world.ask(line, 'EHLO client.example')
    await world.ask(line, `AUTH XOAUTH2 ${xoauth2('anna@contoso.example', world.token())}`)
    await world.ask(line, 'MAIL FROM:<anna@contoso.example>')
    await world.ask(line, 'RCPT TO:<ben@contoso.example>')
    await world.ask(line, 'DATA')
    line.send('Subject: Half\r\n\r\nHal')
    line.socket.destroy()

    // The next client is served.
    await world.mailer().sendMail({ from: 'anna@contoso.example', to: 'ben@contoso.example', subject: 'Whole' })
    expect(await world.subjectsIn('ben@contoso.example', 'inbox')).toContain('Whole')
    expect(await world.subjectsIn('ben@contoso.example', 'inbox')).not.toContain('Half')
    expect(world.reported).toEqual([])
  })

  it('continues after STARTTLS, with a certificate for localhost', async () => {
    const client = world.mailer('anna@contoso.example', world.token(), {
      ...{ ignoreTLS: false, requireTLS: true, tls: { rejectUnauthorized: false } },
    })

    const sent = await client.sendMail({ from: 'anna@contoso.example', to: 'ben@contoso.example', subject: 'TLS' })

    expect(sent.response).toMatch(/^250 2\.0\.0 OK/)
    expect(await world.subjectsIn('ben@contoso.example', 'inbox')).toContain('TLS')
  })

  it('delivers a message to internal and external mailboxes, and stores its copy in Sent Items as read', async () => {
    await world.mailer().sendMail({
      ...{ from: 'Anna <anna@contoso.example>', to: 'ben@contoso.example', bcc: 'kim@customer.example' },
      ...{ subject: 'Grüße', text: '.\r\nBis morgen' },
    })

    expect(await world.subjectsIn('ben@contoso.example', 'inbox')).toContain('Grüße')
    expect(await world.subjectsIn('anna@contoso.example', 'sentitems')).toContain('Grüße')
    const copy = world.messagesOf('anna@contoso.example').find(({ subject }) => subject === 'Grüße')
    expect(copy).toMatchObject({ isRead: true, isDraft: false })
    expect(world.reported).toEqual([])
  })

  it('accepts an unknown recipient and returns a report', async () => {
    await world.mailer().sendMail({ from: 'anna@contoso.example', to: 'nobody@contoso.example', subject: 'Lost' })

    expect(await world.subjectsIn('anna@contoso.example', 'inbox')).toContain('Undeliverable: Lost')
  })
})

describe('a sign-in at Microsoft', () => {
  const auth = async (user: string, accessToken: string) =>
    world.ask(await world.greeted(), `AUTH XOAUTH2 ${xoauth2(user, accessToken)}`)
  const refusal = /^535 5\.7\.3 Authentication unsuccessful \[\S+ \d{4}-\d\d-\d\dT[\d:.]+Z 08DE\w+\]$/

  it.each([
    ['a token of Graph', () => 'graph'],
    ['no token of ours', () => 'nonsense'],
    ['a token that has expired', () => world.token({ expiresAt: 0 })],
    ['a token without SMTP.Send', () => world.token({ scopes: new Set(['IMAP.AccessAsUser.All']) })],
    ['an application’s without SMTP.SendAsApp', () => world.token({ userId: undefined, scopes: new Set() })],
  ])('is rejected with %s', async (_what, tokenOf) => {
    expect(await auth('anna@contoso.example', tokenOf())).toMatch(refusal)
  })

  it('is refused for a mailbox without Full Access, and for an unknown one', async () => {
    expect(await auth('ben@contoso.example', world.token())).toMatch(refusal)
    expect(await auth('nobody@contoso.example', world.token())).toMatch(refusal)
    expect(await auth('support@contoso.example', world.token())).toBe('235 2.7.0 Authentication successful')
  })

  it('refuses a password', async () => {
    const line = await world.greeted()
    const plain = Buffer.from('\0anna@contoso.example\0Sandbox-2026').toString('base64')

    expect(await world.ask(line, `AUTH LOGIN ${Buffer.from('anna@contoso.example').toString('base64')}`)).toMatch(
      /^334/,
    )
    expect(await world.ask(line, Buffer.from('Sandbox-2026').toString('base64'))).toBe(
      '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.',
    )
    expect(await world.ask(line, `AUTH PLAIN ${plain}`)).toMatch(/^5/)
  })

  it('is allowed for an application with access to the mailbox, by its role or by RBAC', async () => {
    const { people, consents } = world.directory
    const byRbac = world.token({ userId: undefined, scopes: new Set(), appId: APP_ID })
    people.setApplicationScope(APP_ID, [SUPPORT], ['Application SMTP.SendAsApp'])
    expect(await auth('support@contoso.example', byRbac)).toMatch(/^235/)
    expect(await auth('billing@contoso.example', byRbac)).toMatch(refusal)

    const byRole = world.token({ userId: undefined, scopes: new Set(), roles: new Set(['SMTP.SendAsApp']) })
    const { id } = consents.addServicePrincipal(people.getUser(ANNA).tenantId, {
      appId: APP_ID,
      displayName: 'Postkey',
    })
    expect(await auth('billing@contoso.example', byRole)).toMatch(refusal)
    people.grantRight(BILLING, id, 'FullAccess')
    expect(await auth('billing@contoso.example', byRole)).toMatch(/^235/)
    const line = await world.signedIn('billing@contoso.example', byRole)
    expect(await world.submit(line, { from: 'billing@contoso.example' })).toMatch(/^250/)
  })

  it("is refused while client submission is disabled: the mailbox's own setting takes precedence", async () => {
    const { people } = world.directory
    const { tenantId } = people.getUser(ANNA)
    const off = (whom: string) =>
      `535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the ${whom}. ` +
      'Visit https://aka.ms/smtp_auth_disabled for more information.'
    const answer = () => auth('anna@contoso.example', world.token())

    people.setTenantSmtpAuth(tenantId, true)
    expect(await answer()).toBe(off('Tenant'))
    people.setMailboxSmtpAuth(ANNA, false)
    expect(await answer()).toMatch(/^235/)
    people.setMailboxSmtpAuth(ANNA, true)
    people.setTenantSmtpAuth(tenantId, false)
    expect(await answer()).toBe(off('Mailbox'))
    people.setMailboxSmtpAuth(ANNA, undefined)
    expect(await answer()).toMatch(/^235/)
  })
})

describe('the sender of a message by SMTP', () => {
  it('leaves no trace with Send As, and the copy stays in the mailbox of the sign-in', async () => {
    const line = await world.signedIn()
    expect(await world.submit(line, { from: 'support@contoso.example', to: 'ben@contoso.example' })).toMatch(/^250/)

    expect(await world.subjectsIn('anna@contoso.example', 'sentitems')).toContain('Offer')
    expect(await world.subjectsIn('support@contoso.example', 'sentitems')).not.toContain('Offer')
    const arrived = world.messagesOf('ben@contoso.example').find(({ subject }) => subject === 'Offer')
    expect(await world.mimeOf(arrived)).not.toMatch(/^Sender:/m)
  })

  it('gets a copy in both mailboxes where an admin enabled it', async () => {
    world.directory.people.setCopyForSentAs(SUPPORT, true)
    await world.submit(await world.signedIn(), { from: 'support@contoso.example' })

    expect(await world.subjectsIn('support@contoso.example', 'sentitems')).toContain('Offer')
    expect(await world.subjectsIn('anna@contoso.example', 'sentitems')).toContain('Offer')
  })

  it('gets a copy in the shared mailbox when that one signed in', async () => {
    const line = await world.signedIn('support@contoso.example')
    expect(await world.submit(line, { from: 'support@contoso.example' })).toMatch(/^250/)

    expect(await world.subjectsIn('support@contoso.example', 'sentitems')).toContain('Offer')
    expect(await world.subjectsIn('anna@contoso.example', 'sentitems')).not.toContain('Offer')
  })

  it('is shown together with the author with Send on Behalf', async () => {
    await world.submit(await world.signedIn(), { from: 'billing@contoso.example', to: 'ben@contoso.example' })
    await world.deferred.runDue()

    const arrived = world.messagesOf('ben@contoso.example').find(({ subject }) => subject === 'Offer')
    expect(await world.mimeOf(arrived)).toMatch(/^Sender: .*<anna@contoso\.example>\r$/m)
  })

  it('is refused in a reverse-path and a From without permission, even with Full Access', async () => {
    const ben = world.token({ userId: BEN })
    const line = await world.signedIn('ben@contoso.example', ben)
    expect(await world.submit(line, { from: 'support@contoso.example' })).toBe(
      '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    )
    expect(await world.submit(line, { from: 'ben@contoso.example', headerFrom: 'support@contoso.example' })).toMatch(
      /^554 5\.2\.252 SendAsDenied; ben@contoso\.example not allowed to send as support@contoso\.example; STOREDRV\.Sub/,
    )
    expect(
      await world.submit(await world.signedIn('support@contoso.example', ben), { from: 'support@contoso.example' }),
    ).toMatch(/^550 5\.7\.60/)
    expect(await world.subjectsIn('support@contoso.example', 'sentitems')).not.toContain('Offer')
  })
})

describe('the limits of SMTP submission', () => {
  it('are three connections for a mailbox, and one more when one has ended', async () => {
    const first = await world.signedIn()
    await world.signedIn()
    await world.signedIn()
    const fourth = await world.greeted()
    const auth = `AUTH XOAUTH2 ${xoauth2('anna@contoso.example', world.token())}`
    expect(await world.ask(fourth, auth)).toMatch(/^432 4\.3\.2 Concurrent connections limit exceeded\. Visit https:/)

    first.send('QUIT\r\n')
    await first.over()
    await expect.poll(() => world.ask(fourth, auth)).toMatch(/^235/)
  })

  it('are 30 messages a minute, by the sandbox’s clock', async () => {
    const line = await world.signedIn()
    for (let i = 0; i < 30; i++) expect(await world.submit(line, { subject: `No ${i}` })).toMatch(/^250/)

    expect(await world.submit(line, { subject: 'No 30' })).toBe(
      '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded',
    )
    world.clock.move(MINUTE_MS)
    expect(await world.submit(line, { subject: 'No 31' })).toMatch(/^250/)
  })

  it('include those of the transport: recipients of a message and of a day, and size', async () => {
    const line = await world.signedIn()
    const many = Array.from({ length: 501 }, (_, i) => `a${i}@x.example`)
    expect(await world.submit(line, { to: many })).toMatch(/^550 5\.5\.3 RESOLVER\.ADR\.RecipLimit/)
    expect(await world.submit(line, { text: `${'x'.repeat(998)}\r\n`.repeat(36_800) })).toMatch(/^552 5\.3\.4/)
    for (let i = 0; i < 20; i++) expect(await world.submit(line, { to: many.slice(0, 500) })).toMatch(/^250/)
    expect(await world.submit(line)).toBe('554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException')
  })
})
