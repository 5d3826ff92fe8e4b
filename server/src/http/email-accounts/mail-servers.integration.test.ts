/** A mailbox with a password, from its connection to the copy in Sent, on every real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailProgram, type ImapServer, type MailProgram, type SmtpServer } from '../../../../mail-servers/index.ts'
import {
  createTestApp,
  createTestClock,
  MAIL_SERVER_PAIRS,
  testDatabase,
  type MailServerPair,
  type TestApp,
  type TestClock,
} from '../../../test/kit/index.ts'

const ANNA = 'anna@contoso.test'
const BEN = 'ben@contoso.test'
const CUSTOMER = 'kim@fabrikam.test'
const GONE = 'gone@fabrikam.test'
const FULL = 'full@fabrikam.test'
const PASSWORD = 'correct horse: "battery" \\staple'
const MINUTE_MS = 60_000

for (const pair of MAIL_SERVER_PAIRS) {
  const why = pair.missing
  describe.skipIf(why)(`a mailbox at ${pair.name}${why ? ` (skipped: ${why})` : ''}`, () => scenariosAt(pair))
}

function scenariosAt({ start, folder }: MailServerPair) {
  let servers: { imap: ImapServer; smtp: SmtpServer; stop: () => Promise<void> }
  let clock: TestClock
  let app: TestApp
  let database: Awaited<ReturnType<typeof testDatabase>>
  let as: Awaited<ReturnType<TestApp['person']>>
  let program: MailProgram | undefined
  let id: string
  let keys = 0

  beforeAll(async () => {
    servers = await start({
      domain: 'contoso.test',
      passwords: { [ANNA]: PASSWORD, [BEN]: PASSWORD },
      sendAs: { [ANNA]: [ANNA], [BEN]: ['other@contoso.test'] },
      recipients: { [GONE]: '550 5.1.1 No such user', [FULL]: '452 4.2.2 Mailbox full' },
    })
    clock = createTestClock()
    database = await testDatabase()
    app = await createTestApp(database, clock, {
      mailHosts: [servers.imap.imapPort, servers.imap.imapsPort, servers.smtp.port].map((port) => `localhost:${port}`),
    })
    as = await app.person('admin')
    await app.sendingWorker.start()
  })
  afterAll(async () => {
    program?.close()
    await app.sendingWorker.stop()
    await servers.stop()
  })

  const serversOf = (userName: string, tls: 'implicit' | 'starttls') => ({
    imap: { host: 'localhost', port: tls === 'implicit' ? servers.imap.imapsPort : servers.imap.imapPort, tls },
    smtp: { host: 'localhost', port: servers.smtp.port, tls: 'starttls' },
    userName,
    ca: `${servers.imap.ca!}\n${servers.smtp.ca!}`,
  })
  const connect = (address: string, password = PASSWORD, tls: 'implicit' | 'starttls' = 'implicit') => {
    const about = { address, kind: 'user', name: address, key: `P${++keys}`, contact: 'ada@contoso.test' }
    return app.ask('POST /v1/email-accounts', { as, body: { ...about, servers: serversOf(address, tls), password } })
  }
  async function submit(more: object, key: string): Promise<string> {
    const letter = { emailAccountId: id, subject: 'Kettle', text: 'It boils.', ...more }
    const accepted = await app.ask('POST /v1/submissions', { as, body: letter, headers: { 'idempotency-key': key } })
    expect(accepted.status, accepted.text).toBe(201)
    return (accepted.body as { id: string }).id
  }
  const submission = async (which: string) =>
    (await app.ask(`GET /v1/submissions/${which}`, { as })).body as {
      state: string
      reason?: string
      messageId: string
    }

  it('is refused with a wrong password and connected with the right one, by TLS and by STARTTLS', async () => {
    expect((await connect(ANNA, 'wrong')).body).toMatchObject({ code: 'transports.imap_login_refused' })
    for (const tls of ['implicit', 'starttls'] as const) {
      const tried = { address: ANNA, kind: 'user', servers: serversOf(ANNA, tls), password: PASSWORD }
      const { body } = await app.ask('POST /v1/email-accounts/preflight', { as, body: tried })
      expect((body as { checks: object[] }).checks).toEqual([
        expect.objectContaining({ what: 'exists', outcome: 'ok' }),
        expect.objectContaining({ what: 'reads', outcome: 'ok' }),
        expect.objectContaining({ what: 'writes' }),
        expect.objectContaining({ what: 'sends', outcome: expect.not.stringMatching('wrong') as string }),
      ])
    }
    const made = await connect(ANNA)
    expect(made.status, made.text).toBe(201)
    ;({ id } = made.body as { id: string })
    program = await openMailProgram(servers.imap.imapPort, ANNA, PASSWORD)
  })

  it('sends a reply, and keeps one copy of it in Sent', async () => {
    await servers.imap.deliver(
      ANNA,
      `From: Kim <${CUSTOMER}>\r\nTo: ${ANNA}\r\nSubject: Order\r\nMessage-ID: <order@fabrikam.test>\r\n\r\nWhere is it?\r\n`,
    )
    const account = await app.rooms.emailAccounts.get(id as never)
    const { reading } = await app.rooms.emailAccounts.transportOf(account)
    const [newest] = await reading.newest('INBOX', 1)
    const message = (await reading.fetchMessage(newest!.remoteId))!
    await database.transaction((tx) => app.rooms.conversations.filing.fileMany(tx, account, [message]))
    const listed = await app.ask('GET /v1/conversations', { as })
    const [conversation] = (listed.body as { conversations: { id: string }[] }).conversations

    const to = [{ name: 'Kim', address: CUSTOMER }]
    const sent = await submit({ conversationId: conversation!.id, to, subject: 'Re: Order' }, 'answer')

    const { raw, from } = await servers.smtp.sink.waitFor(({ to: whom }) => whom.includes(CUSTOMER))
    expect(from).toBe(ANNA)
    expect(raw).toMatch(/^In-Reply-To: <order@fabrikam\.test>/m)
    await expect.poll(async () => (await submission(sent)).state).toMatch(/handed-over|sent/)
    // Waits for a possible copy by the server, because no capability announces it.
    await expect
      .poll(async () => {
        clock.advance(MINUTE_MS)
        return (await submission(sent)).state
      })
      .toBe('sent')
    const { messageId } = await submission(sent)
    const copies = await program!.fetch(folder('Sent'), 'FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]')
    expect(copies.split('\n').filter((line) => line.includes(`<${messageId}>`))).toHaveLength(1)
    expect(copies).toMatch(/FLAGS \([^)]*\\Seen/)
  })

  it('reports a recipient that the server refuses, and retries a postponed one', async () => {
    const refused = await submit({ to: [{ name: '', address: GONE }] }, 'gone')
    await expect
      .poll(() => submission(refused))
      .toMatchObject({ state: 'failed', reason: 'transports.recipient_refused' })
    const postponed = await submit({ to: [{ name: '', address: FULL }] }, 'full')
    await expect
      .poll(() => submission(postponed))
      .toMatchObject({ state: 'queued', reason: 'transports.smtp_unavailable' })
  })

  it('reports that the login must not send as its address', async () => {
    const made = await connect(BEN)
    expect(made.status, made.text).toBe(201)
    const tested = await app.ask(`POST /v1/email-accounts/${(made.body as { id: string }).id}/send-test`, { as })

    expect((tested.body as { preflight: { checks: object[] } }).preflight.checks).toContainEqual(
      expect.objectContaining({ what: 'sends', outcome: 'wrong', code: 'transports.send_as_denied' }),
    )
  })
}
