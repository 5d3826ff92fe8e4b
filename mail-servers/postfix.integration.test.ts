import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  connectLines,
  startDovecot,
  startPostfix,
  startTokens,
  whyNoPostfix,
  type Dovecot,
  type LineConnection,
  type Postfix,
  type Tokens,
} from './index.ts'
import { plain, xoauth2 } from './xoauth2.ts'

const ANNA = 'anna@contoso.test'
const SUPPORT = 'support@contoso.test'

const why = whyNoPostfix()

let tokens: Tokens
let dovecot: Dovecot
let postfix: Postfix

beforeAll(async () => {
  if (why) return
  tokens = await startTokens()
  dovecot = await startDovecot({ introspectionUrl: tokens.url, users: { [ANNA]: 'secret' } })
  postfix = await startPostfix({
    dovecot,
    domains: ['contoso.test'],
    sendAs: { [ANNA]: [ANNA], [SUPPORT]: [ANNA, SUPPORT], 'billing@contoso.test': ['bob@contoso.test'] },
    recipients: { 'busy@fabrikam.test': '450 4.2.1 Mailbox busy' },
    sizeLimitBytes: 100_000,
  })
})

afterAll(async () => {
  if (why) return
  await postfix.stop()
  await dovecot.stop()
  await tokens.stop()
})

describe.skipIf(why)(`a private Postfix${why ? ` (skipped: ${why})` : ''}`, () => {
  it('relays mail of authenticated users and delivers local mail by LMTP', async () => {
    const session = await signedIn(ANNA)
    await submit(session, ANNA, ['kim@fabrikam.test', 'ben@contoso.test'], 'Subject: out and in\r\n\r\n.dot\r\n')

    const { from, to, raw } = await postfix.sink.waitFor(({ to }) => to.includes('kim@fabrikam.test'))
    expect({ from, to }).toEqual({ from: ANNA, to: ['kim@fabrikam.test'] })
    expect(raw).toMatch(/Subject: out and in\r\n/)
    expect(raw).toMatch(/\r\n\.dot\r\n$/)
    await expect(mailOf('ben@contoso.test')).resolves.toContain('Subject: out and in')
    session.close()
  })

  it.each([1_500, 2_500, 9_000])('accepts tokens of %i characters in one line', async (length) => {
    const session = await greeted()

    await expect(
      session.ask(`AUTH XOAUTH2 ${xoauth2(ANNA, tokens.issue({ user: ANNA, length }))}`, /^\d{3} /),
    ).resolves.toMatch(/^235 2\.7\.0/)
    session.close()
  })

  it('accepts a password', async () => {
    const session = await greeted()

    await expect(session.ask(`AUTH PLAIN ${plain(ANNA, 'wrong')}`, /^\d{3} /)).resolves.toMatch(/^535 5\.7\.8/)
    await expect(session.ask(`AUTH PLAIN ${plain(ANNA, 'secret')}`, /^\d{3} /)).resolves.toMatch(/^235 2\.7\.0/)
    session.close()
  })

  it('refuses a token that has expired', async () => {
    const session = await greeted()
    const expired = tokens.issue({ user: ANNA, expiresAt: new Date(0) })
    await session.ask(`AUTH XOAUTH2 ${xoauth2(ANNA, expired)}`, /^334 /)

    await expect(session.ask('AQ==', /^\d{3} /)).resolves.toMatch(/^535 5\.7\.8/)
    session.close()
  })

  it('lets a delegate send as the shared mailbox and refuses the address of another user', async () => {
    const session = await signedIn(ANNA)
    await expect(session.ask(`MAIL FROM:<${SUPPORT}>`, /^\d{3} /)).resolves.toMatch(/^250 /)
    await session.ask('RCPT TO:<kim@fabrikam.test>', /^250 /)
    await session.ask('RSET', /^250 /)

    await session.ask('MAIL FROM:<billing@contoso.test>', /^250 /)
    await expect(session.ask('RCPT TO:<kim@fabrikam.test>', /^\d{3} /)).resolves.toMatch(
      /^553 5\.7\.1 .*not owned by user/,
    )
    session.close()
  })

  it('refuses mail of unauthenticated clients', async () => {
    const session = await greeted()
    await session.ask('MAIL FROM:<x@elsewhere.test>', /^250 /)

    await expect(session.ask('RCPT TO:<kim@fabrikam.test>', /^\d{3} /)).resolves.toMatch(/^5/)
    session.close()
  })

  it('refuses one of two recipients when configured so, and a message that is too large', async () => {
    const session = await signedIn(ANNA)
    await session.ask(`MAIL FROM:<${ANNA}>`, /^250 /)
    await expect(session.ask('RCPT TO:<busy@fabrikam.test>', /^\d{3} /)).resolves.toMatch(/^450 4\.2\.1/)
    await session.ask('RCPT TO:<kim@fabrikam.test>', /^250 /)
    await session.ask('RSET', /^250 /)

    await expect(session.ask(`MAIL FROM:<${ANNA}> SIZE=100001`, /^\d{3} /)).resolves.toMatch(/^552 5\.3\.4/)
    session.close()
  })

  it('sends a real bounce when the receiving server refuses the recipient', async () => {
    postfix.sink.refuse('gone@fabrikam.test', '550 5.1.1 No such user')
    const session = await signedIn(ANNA)
    await submit(
      session,
      ANNA,
      ['gone@fabrikam.test'],
      'Message-ID: <bounce-1@contoso.test>\r\nSubject: lost\r\n\r\nx\r\n',
    )

    const report = await mailOf(ANNA)
    expect(report).toContain('Content-Type: message/delivery-status')
    expect(report).toContain('Final-Recipient: rfc822; gone@fabrikam.test')
    expect(report).toContain('<bounce-1@contoso.test>')
    session.close()
  })
})

async function greeted(): Promise<LineConnection> {
  const session = await connectLines(postfix.port)
  await session.until(/^220 /)
  await session.ask('EHLO client.test', /^250 /)
  return session
}

async function signedIn(user: string): Promise<LineConnection> {
  const session = await greeted()
  await session.ask(`AUTH XOAUTH2 ${xoauth2(user, tokens.issue({ user, protocols: ['smtp'] }))}`, /^235 /)
  return session
}

async function submit(session: LineConnection, from: string, to: readonly string[], message: string): Promise<void> {
  await session.ask(`MAIL FROM:<${from}>`, /^250 /)
  for (const recipient of to) await session.ask(`RCPT TO:<${recipient}>`, /^250 /)
  await session.ask('DATA', /^354 /)
  session.write(message.replace(/^\./gm, '..'))
  await session.ask('.', /^250 /)
}

/** First message in the INBOX of `user`; waits for it with IDLE. */
async function mailOf(user: string): Promise<string> {
  const session = await connectLines(dovecot.imapPort)
  await session.until(/^\* OK/)
  await session.ask(`t AUTHENTICATE XOAUTH2 ${xoauth2(user, tokens.issue({ user }))}`, /^t OK/)
  session.send('a SELECT INBOX')
  const selected = await session.until(/^a OK/)
  if (!selected.some((line) => /^\* [1-9]\d* EXISTS/.test(line))) {
    await session.ask('i IDLE', /^\+ /)
    await session.until(/^\* [1-9]\d* EXISTS/)
    await session.ask('DONE', /^i OK/)
  }
  session.send('f FETCH 1 BODY[]')
  const lines = await session.until(/^f OK/)
  session.close()
  return lines.join('\n')
}
