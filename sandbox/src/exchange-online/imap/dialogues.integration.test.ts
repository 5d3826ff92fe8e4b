import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANNA, BILLING, createImapWorld, type ImapWorld, SUPPORT, xoauth2 } from '../../../test/imap-world.ts'

/** Checks Exchange's exact responses. @see docs/reference/microsoft-365.md §E.3 and §E.4 */
let world: ImapWorld
beforeEach(async () => {
  world = await createImapWorld()
})
afterEach(async () => {
  await world.close()
  expect(world.reported).toEqual([])
})

describe('the IMAP server before the sign-in', () => {
  it('sends its greeting, and offers only XOAUTH2', async () => {
    const line = await world.raw()
    expect(await line.until(/\r\n/)).toMatch(
      /^\* OK Microsoft Exchange IMAP4 service ready\. [0-9a-f-]{36} \(tcpproxy\/15\.21\.0406\.000 BACKENDAUTHENTICATE\) \[[A-Za-z0-9+/=]+\]\r\n$/,
    )
    expect(await line.ask('CAPABILITY')).toBe(
      '* CAPABILITY IMAP4 IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+\r\n' +
        'T1 OK CAPABILITY completed.\r\n',
    )
  })

  it.each(['LIST "" "*"', 'SELECT INBOX', 'FETCH 1 FLAGS', 'IDLE', 'NAMESPACE', 'APPEND INBOX {3+}\r\nabc'])(
    'refuses %s',
    async (command) => {
      const line = await world.raw()
      expect(await line.ask(command)).toMatch(/T1 BAD Command received in Invalid state\.\r\n/)
    },
  )

  it('refuses passwords', async () => {
    const line = await world.raw()
    expect(await line.ask('LOGIN anna@contoso.example "Sandbox-2026"')).toMatch(/T1 NO LOGIN failed\.\r\n/)
    expect(await line.ask('AUTHENTICATE PLAIN AGFubmEAU2FuZGJveC0yMDI2')).toMatch(/T2 NO AUTHENTICATE failed\.\r\n/)
  })

  it('answers invalid commands', async () => {
    const line = await world.raw()
    expect(await line.ask('FROBNICATE')).toMatch(/T1 BAD Command Error\. 10\r\n/)
    expect(await line.ask('NOOP now')).toMatch(/T2 BAD Command Argument Error\. 11\r\n/)
    line.send('\r\n')
    expect(await line.until(/BAD.*\r\n/)).toBe('* BAD Command Argument Error. 11\r\n')
  })
})

describe('the IMAP sign-in', () => {
  it('accepts the response with the command or after a continuation', async () => {
    const first = await world.raw()
    const response = xoauth2('anna@contoso.example', world.token())
    expect(await first.ask(`AUTHENTICATE XOAUTH2 ${response}`)).toMatch(/T1 OK AUTHENTICATE completed\.\r\n$/)
    expect(await first.ask('CAPABILITY')).toContain(
      'LITERAL+ CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE\r\n',
    )

    const second = await world.raw()
    await second.until(/\r\n/)
    second.send('A AUTHENTICATE XOAUTH2\r\n')
    expect(await second.until(/\+.*\r\n/)).toBe('+\r\n')
    second.send(`${response}\r\n`)
    expect(await second.until(/A .*\r\n/)).toBe('A OK AUTHENTICATE completed.\r\n')
    expect(await second.ask(`AUTHENTICATE XOAUTH2 ${response}`)).toContain('BAD Command received in Invalid state.')
  })

  it.each<[string, (world: ImapWorld) => string]>([
    ['is no token', () => 'nonsense'],
    ['is for Graph', () => 'graph'],
    ['has no permission for IMAP', (its) => its.token({ scopes: new Set(['SMTP.Send']) })],
    ['is an application’s without the role', (its) => its.token({ userId: undefined, scopes: new Set() })],
    ['has expired', (its) => its.token({ expiresAt: its.clock.now().getTime() - 1 })],
  ])('refuses a value that %s, at once and without a reason', async (_what, tokenOf) => {
    const line = await world.raw()
    await line.until(/\r\n/)
    const said = await line.ask(`AUTHENTICATE XOAUTH2 ${xoauth2('anna@contoso.example', tokenOf(world))}`)
    expect(said).toBe('T1 NO AUTHENTICATE failed.\r\n')
    expect(await line.ask('SELECT INBOX')).toContain('BAD Command received in Invalid state.')
  })

  it.each(['!!!', 'dXNlcj1hbm5h', '', Buffer.from('user=a\x01auth=Basic x\x01\x01').toString('base64')])(
    'refuses a malformed response: “%s”',
    async (response) => {
      const line = await world.raw()
      line.send('A AUTHENTICATE XOAUTH2\r\n')
      await line.until(/\+\r\n/)
      line.send(`${response}\r\n`)
      expect(await line.until(/A .*\r\n/)).toBe('A NO AUTHENTICATE failed.\r\n')
    },
  )

  it.each([
    ['another’s mailbox without a right', 'carla@fabrikam.example', {}],
    ['a mailbox of another in the tenant', 'ada@contoso.example', {}],
    ['a mailbox that there is not', 'nobody@contoso.example', {}],
  ])('to %s succeeds, and every command then fails', async (_what, user) => {
    const line = await world.raw()
    await line.until(/\r\n/)
    const said = await line.ask(`AUTHENTICATE XOAUTH2 ${xoauth2(user, world.token())}`)
    expect(said).toBe('T1 OK AUTHENTICATE completed.\r\n')
    expect(await line.ask('SELECT INBOX')).toBe('T2 BAD User is authenticated but not connected.\r\n')
    await line.over()
    expect(line.text).toBe('* BYE Connection closed. 14\r\n')
  })

  it('opens a shared mailbox with the token of a delegate, whose name is not sent', async () => {
    await world.receive('For support', { mailboxId: SUPPORT })
    const line = await world.rawSignedIn('support@contoso.example')
    expect(await line.ask('SELECT INBOX')).toContain('* 1 EXISTS')
    world.directory.people.revokeRight(SUPPORT, ANNA, 'FullAccess')
    const later = await world.rawSignedIn('support@contoso.example')
    expect(await later.ask('SELECT INBOX')).toContain('BAD User is authenticated but not connected.')
  })

  it('admits an application where its service principal has Full Access, but not by its app registration', async () => {
    const { people, applications, consents } = world.directory
    const { tenantId } = people.getUser(ANNA)
    const application = applications.add(tenantId, { displayName: 'Connector' })
    const principal = consents.addServicePrincipal(tenantId, application)
    const token = () =>
      world.token({
        userId: undefined,
        appId: application.appId,
        scopes: new Set(),
        roles: new Set(['IMAP.AccessAsApp']),
      })
    people.grantRight(BILLING, application.id, 'FullAccess')
    expect(await (await world.rawSignedIn('billing@contoso.example', token())).ask('SELECT INBOX')).toContain(
      'BAD User is authenticated but not connected.',
    )
    people.grantRight(BILLING, principal.id, 'FullAccess')
    expect(await (await world.rawSignedIn('billing@contoso.example', token())).ask('SELECT INBOX')).toContain(
      'OK [READ-WRITE]',
    )
  })

  it('limits the sessions of each mailbox separately', async () => {
    const lines = []
    for (let i = 0; i < 21; i++) lines.push(await world.rawSignedIn())
    expect(await lines[19]!.ask('NAMESPACE')).toContain('OK NAMESPACE')
    expect(await lines[20]!.ask('NAMESPACE')).toContain('BAD User is authenticated but not connected.')
    expect(await (await world.rawSignedIn('support@contoso.example')).ask('NAMESPACE')).toContain('OK NAMESPACE')
  })
})

describe('an IMAP session', () => {
  it("selects a folder with Exchange's responses, in its order", async () => {
    await world.receive('One')
    const line = await world.rawSignedIn()
    expect(await line.ask('SELECT INBOX')).toMatch(
      new RegExp(
        [
          '\\* 1 EXISTS',
          '\\* 0 RECENT',
          '\\* FLAGS \\(\\\\Seen \\\\Answered \\\\Flagged \\\\Deleted \\\\Draft \\$MDNSent\\)',
          '\\* OK \\[PERMANENTFLAGS \\(\\\\Seen \\\\Answered \\\\Flagged \\\\Deleted \\\\Draft \\$MDNSent\\)\\] Permanent flags',
          '\\* OK \\[UNSEEN 1\\] Is the first unseen message',
          '\\* OK \\[UIDVALIDITY \\d+\\] UIDVALIDITY value',
          '\\* OK \\[UIDNEXT 2\\] The next unique identifier value',
          'T2 OK \\[READ-WRITE\\] SELECT completed\\.',
          '$',
        ].join('\\r\\n'),
      ),
    )
    expect(await line.ask('EXAMINE "Sent Items"')).toContain('T3 OK [READ-ONLY] EXAMINE completed.')
  })

  it('answers NAMESPACE, IDLE and LOGOUT', async () => {
    const line = await world.rawSignedIn()
    expect(await line.ask('NAMESPACE')).toBe('* NAMESPACE (("" "/")) NIL NIL\r\nT2 OK NAMESPACE completed.\r\n')
    line.send('A IDLE\r\n')
    expect(await line.until(/\r\n/)).toBe('+ IDLE accepted, awaiting DONE command.\r\n')
    line.send('DONE\r\n')
    expect(await line.until(/\r\n/)).toBe('A OK IDLE completed.\r\n')
    expect(await line.ask('LOGOUT')).toBe(
      '* BYE Microsoft Exchange Server IMAP4 server signing off.\r\nT3 OK LOGOUT completed.\r\n',
    )
    await line.over()
  })

  it('ends when its token expires, even during IDLE', async () => {
    const soon = world.token({ expiresAt: world.clock.now().getTime() + 20 * 60_000 })
    const line = await world.rawSignedIn('anna@contoso.example', soon)
    await line.ask('SELECT INBOX')
    line.send('A IDLE\r\n')
    await line.until(/\+ .*\r\n/)
    world.clock.move(19 * 60_000)
    line.send('DONE\r\nB IDLE\r\n')
    await line.until(/\+ .*\r\n/)
    world.clock.move(60_000)
    await line.over()
    expect(line.text).toBe('* BYE Session invalidated - AccessTokenExpired\r\n')
  })

  it('ends after half an hour without a command', async () => {
    const line = await world.rawSignedIn()
    world.clock.move(1_799_000)
    expect(line.isOver).toBe(false)
    world.clock.move(1000)
    await line.over()
    expect(line.text).toBe('* BYE Connection is closed. 13\r\n')
  })

  it('refuses invalid SEARCH arguments, as Exchange does', async () => {
    const line = await world.rawSignedIn()
    await line.ask('SELECT INBOX')
    expect(await line.ask('SEARCH FROBNICATE')).toContain('BAD Command Argument Error. 12')
    expect(await line.ask('UID FETCH 1 ()')).toContain('BAD Command Argument Error. 11')
    expect(await line.ask(`SEARCH ${'OR SEEN '.repeat(6)}SEEN`)).toContain('BAD Command Argument Error. 12')
  })
})
