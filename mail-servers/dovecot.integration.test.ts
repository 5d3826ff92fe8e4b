import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectLines, startDovecot, startTokens, type Dovecot, type LineConnection, type Tokens } from './index.ts'
import { isStored } from './dovecot.ts'
import { xoauth2 } from './xoauth2.ts'

const LETTER = 'From: Kim <kim@fabrikam.test>\nSubject: Order 4711\n\n.hidden dot\nWhere is it?\n'

let tokens: Tokens
let dovecot: Dovecot

beforeAll(async () => {
  tokens = await startTokens()
  dovecot = await startDovecot({
    introspectionUrl: tokens.url,
    users: { 'pat@contoso.test': 'with: colon "and quote' },
    tls: true,
  })
})

afterAll(async () => {
  await dovecot.stop()
  await tokens.stop()
})

describe('a private Dovecot', () => {
  it('accepts a message by LMTP and returns it unchanged by IMAP', async () => {
    await dovecot.deliver('anna@contoso.test', LETTER)

    const session = await login('anna@contoso.test', tokens.issue({ user: 'anna@contoso.test', protocols: ['imap'] }))
    session.send('a SELECT INBOX')
    expect(await session.until(/^a /)).toContain('* 1 EXISTS')
    session.send('b FETCH 1 BODY[]')
    const lines = await session.until(/^b /)

    expect(lines).toEqual(expect.arrayContaining(['Subject: Order 4711', '.hidden dot', 'Where is it?']))
    session.close()
  })

  it('finds a stored message by its Message-ID, also in a folded field, and no absent one', async () => {
    const user = 'lookup@contoso.test'
    const letter = (field: string) => `${field}\n${LETTER}`
    const [plain, folded] = [
      letter('Message-ID: <plain@fabrikam.test>'),
      letter('Message-ID:\n <folded@fabrikam.test>'),
    ]
    await dovecot.deliver(user, plain)
    expect(await isStored(dovecot, user, plain)).toBe(true)
    expect(await isStored(dovecot, user, folded)).toBe(false)
    await dovecot.deliver(user, folded)
    expect(await isStored(dovecot, user, folded)).toBe(true)
  })

  it.each([1_500, 2_500, 4_000])('accepts tokens of %i characters', async (length) => {
    const token = tokens.issue({ user: 'long@contoso.test', length })

    expect(token).toHaveLength(length)
    await expect(answerTo('long@contoso.test', token)).resolves.toMatch(/^t OK /)
  })

  it('opens a shared mailbox only with the token of a user who has access', async () => {
    const token = tokens.issue({ user: 'anna@contoso.test', mailboxes: ['anna@contoso.test', 'support@contoso.test'] })

    await expect(answerTo('Support@contoso.test', token)).resolves.toMatch(/^t OK /)
    await expect(answerTo('anna@contoso.test', token)).resolves.toMatch(/^t OK /)
    await expect(answerTo('billing@contoso.test', token)).resolves.toMatch(/^t NO \[AUTHENTICATIONFAILED\]/)
  })

  it('refuses a token that has expired, was revoked, is for another protocol or is unknown', async () => {
    const user = 'ben@contoso.test'
    const revoked = tokens.issue({ user })
    tokens.revoke(revoked)

    for (const token of [tokens.issue({ user, expiresAt: new Date(0) }), revoked, 'nonsense']) {
      await expect(answerTo(user, token)).resolves.toMatch(/^\+ /)
    }
    await expect(answerTo(user, tokens.issue({ user, protocols: ['smtp'] }))).resolves.toMatch(/^\+ /)
  })

  it('keeps a session with an expired token until it is kicked, and refuses the next login', async () => {
    const user = 'kick@contoso.test'
    const token = tokens.issue({ user })
    const session = await login(user, token)
    tokens.revoke(token)
    await session.ask('a SELECT INBOX', /^a OK/)
    await session.ask('b IDLE', /^\+ /)
    await dovecot.deliver(user, LETTER)
    await session.until(/^\* 1 EXISTS/)

    await dovecot.kick(user)

    await session.until(/^\* BYE/)
    await session.closed
    await expect(answerTo(user, token)).resolves.toMatch(/^\+ /)
  })

  it('accepts passwords in addition to tokens and refuses a wrong password', async () => {
    const session = await connectLines(dovecot.imapPort)
    await session.until(/^\* OK/)

    await expect(session.ask('a LOGIN pat@contoso.test wrong', /^a /)).resolves.toMatch(/^a NO/)
    await expect(session.ask('b LOGIN Pat@contoso.test "with: colon \\"and quote"', /^b /)).resolves.toMatch(/^b OK/)
    session.close()
  })

  it('accepts changed passwords while it runs', async () => {
    const own = await startDovecot({ users: { 'pat@contoso.test': 'old' } })
    const login = async (password: string) => {
      const session = await connectLines(own.imapPort)
      await session.until(/^\* OK/)
      const answer = await session.ask(`a LOGIN pat@contoso.test ${password}`, /^a /)
      session.close()
      return answer.slice(0, 4)
    }
    expect(await login('old')).toBe('a OK')
    await own.setPasswords({ 'pat@contoso.test': 'quite-new' })
    expect(await login('old')).toBe('a NO')
    expect(await login('quite-new')).toBe('a OK')
    await own.stop()
  })

  it('offers features that Exchange lacks: QRESYNC, CONDSTORE, special use', async () => {
    const session = await login('caps@contoso.test', tokens.issue({ user: 'caps@contoso.test' }))
    session.send('a CAPABILITY')
    expect((await session.until(/^a OK/)).join()).toMatch(/(?=.*QRESYNC)(?=.*CONDSTORE)(?=.*SPECIAL-USE)/)
    session.send('b LIST "" "*" RETURN (SPECIAL-USE)')
    expect(await session.until(/^b OK/)).toEqual(expect.arrayContaining([expect.stringMatching(/\\Sent\) "\/" Sent$/)]))
    session.close()
  })

  it('keeps mail, ports and UIDs after a restart', async () => {
    const user = 'restart@contoso.test'
    await dovecot.deliver(user, LETTER)
    const before = await uidValidity(user)

    await dovecot.restart()

    expect(await uidValidity(user)).toEqual(before)
  })

  it('changes UIDVALIDITY by a doveadm command', async () => {
    await dovecot.deliver('uid@contoso.test', LETTER)

    await dovecot.doveadm(['mailbox', 'update', '-u', 'uid@contoso.test', '--uid-validity', '4711', 'INBOX'])

    expect(await uidValidity('uid@contoso.test')).toContain('UIDVALIDITY 4711')
  })

  it('provides a certificate that a client can trust', () => {
    expect(dovecot.ca).toContain('BEGIN CERTIFICATE')
  })

  it('reports its own error when it does not start', async () => {
    await expect(startDovecot({ users: {}, extra: 'nonsense = yes' })).rejects.toThrow(/nonsense/)
  })
})

async function greeted(): Promise<LineConnection> {
  const session = await connectLines(dovecot.imapPort)
  await session.until(/^\* OK/)
  return session
}

/** First line of the response to a login: `t OK`, `t NO` or the challenge of a refusal. */
async function answerTo(user: string, token: string): Promise<string> {
  const session = await greeted()
  const answer = await session.ask(`t AUTHENTICATE XOAUTH2 ${xoauth2(user, token)}`, /^(t |\+ )/)
  session.close()
  return answer
}

async function login(user: string, token: string): Promise<LineConnection> {
  const session = await greeted()
  await session.ask(`t AUTHENTICATE XOAUTH2 ${xoauth2(user, token)}`, /^t OK/)
  return session
}

async function uidValidity(user: string): Promise<string> {
  const session = await login(user, tokens.issue({ user }))
  session.send('s STATUS INBOX (UIDVALIDITY UIDNEXT)')
  const [answer] = await session.until(/^\* STATUS/)
  session.close()
  return answer!
}
