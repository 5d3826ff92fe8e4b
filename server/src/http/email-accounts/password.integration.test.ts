/** Mailboxes with a password, at a real Dovecot and a real Postfix. */
import { X509Certificate } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { startDovecot, startPostfix, whyNoPostfix } from '../../../../mail-servers/index.ts'
import { createTestApp, createTestClock, testDatabase } from '../../../test/kit/index.ts'

const why = whyNoPostfix()
const ANNA = 'anna@contoso.test'
const BEN = 'ben@contoso.test'
const CHECKED = 'checked@contoso.test'
const PASSWORD = 'correct horse battery staple'

const dovecot = await startDovecot({ users: { [ANNA]: PASSWORD, [BEN]: PASSWORD, [CHECKED]: PASSWORD }, tls: true })
const postfix = why
  ? undefined
  : await startPostfix({
      dovecot,
      domains: ['contoso.test'],
      sendAs: { [ANNA]: [ANNA], [BEN]: ['somebody@contoso.test'] },
      tls: true,
    })
afterAll(async () => {
  await postfix?.stop()
  await dovecot.stop()
})

const smtpPort = postfix?.port ?? 1
const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock, {
  mailHosts: [`localhost:${dovecot.imapPort}`, `localhost:${dovecot.imapsPort}`, `localhost:${smtpPort}`],
})
const admin = await person('admin')
let keys = 0

const SERVERS = {
  imap: { host: 'localhost', port: dovecot.imapPort, tls: 'none' },
  smtp: { host: 'localhost', port: smtpPort, tls: 'starttls' },
  userName: ANNA,
  ca: postfix?.ca,
}

function post(more: object = {}, password = PASSWORD) {
  const about = { address: ANNA, kind: 'user', name: 'Anna', key: `P${++keys}`, contact: 'ada@contoso.test' }
  return ask('POST /v1/email-accounts', { as: admin, body: { ...about, servers: SERVERS, password, ...more } })
}

function shown(pem: string): string {
  const { fingerprint256, validTo } = new X509Certificate(pem)
  const endsAt = new Date(validTo).toISOString()
  return `It shows a certificate with SHA-256 fingerprint ${fingerprint256}, of CN=localhost, issued by CN=localhost, which ends at ${endsAt}.`
}

describe.skipIf(why)(`a mailbox with a password${why ? ` (skipped: ${why})` : ''}`, () => {
  it('distinguishes a wrong password from a missing server, and stores nothing in either case', async () => {
    expect((await post({}, 'wrong')).body).toMatchObject({ code: 'transports.imap_login_refused' })
    const nowhere = { ...SERVERS, imap: { host: 'imap.invalid', port: 993, tls: 'implicit' } }
    expect((await post({ servers: nowhere })).body).toMatchObject({
      code: expect.stringMatching(/^egress\.name_/) as string,
    })
    expect((await ask('GET /v1/email-accounts', { as: admin })).body).toMatchObject({ emailAccounts: [] })
  })

  it('is never opened without a verified certificate, and names the reason', async () => {
    const { ca: _ours, ...withoutAuthority } = SERVERS
    const refused = await post({ servers: withoutAuthority })
    expect(refused.body).toMatchObject({ code: 'transports.smtp_tls_refused' })
    expect((refused.body as { detail: string }).detail).toBe(shown(postfix!.ca!))

    const byImap = { ...withoutAuthority, imap: { host: 'localhost', port: dovecot.imapsPort, tls: 'implicit' } }
    const { detail } = (await post({ servers: byImap })).body as { detail: string }
    expect(detail).toBe(shown(dovecot.ca!))
    const looked = { address: ANNA, kind: 'user', servers: byImap, password: PASSWORD }
    const { body } = await ask('POST /v1/email-accounts/preflight', { as: admin, body: looked })
    expect((body as { checks: object[] }).checks).toEqual([
      expect.objectContaining({ what: 'exists', outcome: 'not-tried' }),
      expect.objectContaining({ what: 'reads', code: 'transports.imap_tls_refused', detail: shown(dovecot.ca!) }),
      expect.objectContaining({ what: 'writes', outcome: 'not-tried' }),
      expect.objectContaining({ what: 'sends', code: 'transports.smtp_tls_refused', detail: shown(postfix!.ca!) }),
    ])

    const malformed = await post({ servers: { ...SERVERS, ca: 'trust me' } })
    expect(malformed.body).toMatchObject({ code: 'email_accounts.ca_malformed' })
  })

  it.each([
    [
      'Microsoft',
      { host: 'outlook.office365.com', port: 993, tls: 'implicit' },
      'email_accounts.microsoft_needs_sign_in',
    ],
    [
      'Microsoft by another name',
      { host: 'imap-mail.outlook.com', port: 993, tls: 'implicit' },
      'email_accounts.microsoft_needs_sign_in',
    ],
    ['a server without TLS', { host: 'imap.example.com', port: 143, tls: 'none' }, 'email_accounts.tls_needed'],
    ['an open port inside', { host: '127.0.0.1', port: smtpPort, tls: 'starttls' }, 'egress.address_refused'],
    ['a closed port inside', { host: '127.0.0.1', port: 1, tls: 'starttls' }, 'egress.address_refused'],
    ['the network of the cloud', { host: '169.254.169.254', port: 80, tls: 'implicit' }, 'egress.address_refused'],
  ])('hides its password from %s', async (_whom, imap, code) => {
    expect((await post({ servers: { ...SERVERS, imap } })).body).toMatchObject({ code })
  })

  it('stores sent mail in the folder that an admin chose, and refuses one that is missing or has another role', async () => {
    await dovecot.doveadm(['mailbox', 'create', '-u', CHECKED, 'Expédiés'])
    const made = await post({ address: CHECKED, servers: { ...SERVERS, userName: CHECKED } })
    expect(made.status, made.text).toBe(201)
    const { id } = made.body as { id: string }
    const at = `/v1/email-accounts/${id}`
    const sentOf = async () => {
      const { body } = await ask(`GET ${at}/folders`, { as: admin })
      const { folders } = body as { folders: { remoteId: string; role?: string }[] }
      return folders.filter(({ role }) => role === 'sent').map(({ remoteId }) => remoteId)
    }
    const choose = (sentFolderRemoteId: string | null) =>
      ask(`PATCH ${at}`, { as: admin, body: { sentFolderRemoteId } })
    expect(await sentOf()).toEqual(['Sent'])

    expect((await choose('Nowhere')).body).toMatchObject({ code: 'email_accounts.no_such_folder' })
    for (const remoteId of ['INBOX', 'Drafts', 'Junk', 'Trash', 'Archive']) {
      expect((await choose(remoteId)).body, remoteId).toMatchObject({
        code: 'email_accounts.sent_folder_has_role',
        faults: [{ field: 'body.sentFolderRemoteId', expected: expect.stringContaining(`(${remoteId})`) as string }],
      })
    }
    expect(await sentOf()).toEqual(['Sent'])
    expect((await choose('Expédiés')).body).toMatchObject({ sentFolderRemoteId: 'Expédiés' })
    expect(await sentOf()).toEqual(['Expédiés'])

    expect((await choose(null)).body).not.toHaveProperty('sentFolderRemoteId')
    expect(await sentOf()).toEqual(['Sent'])
    await ask(`DELETE ${at}`, { as: admin })
  })

  it('receives, sends, and hides its password', async () => {
    const made = await post()
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject({
      principal: { kind: 'password' },
      receivesBy: 'imap',
      sendsBy: 'smtp',
      servers: { userName: ANNA },
      protocolReasons: { receives: { kind: 'only' }, sends: { kind: 'only' } },
    })
    expect(made.body).not.toHaveProperty('cloudProviderId')
    const { id } = made.body as { id: string }

    const tested = await ask(`POST /v1/email-accounts/${id}/send-test`, { as: admin })
    expect(tested.status, tested.text).toBe(200)
    expect((tested.body as { preflight: { checks: unknown[] } }).preflight.checks).toContainEqual({
      what: 'sends',
      outcome: 'ok',
    })
    await expect
      .poll(() => dovecot.doveadm(['fetch', '-u', ANNA, 'hdr.subject', 'mailbox', 'INBOX', 'ALL']))
      .toContain('this mailbox can send')

    for (const url of [`/v1/email-accounts/${id}`, '/v1/email-accounts', '/v1/audit']) {
      expect((await ask(`GET ${url}`, { as: admin })).text).not.toContain(PASSWORD)
    }
    const kept = await database.db.selectFrom('mail_passwords').select('sealed').execute()
    expect(kept).toHaveLength(1)
    expect(kept[0]!.sealed.includes(PASSWORD)).toBe(false)
  })

  it('requires its password again for another port, TLS mode, authority or user name', async () => {
    const [{ id }] = ((await ask('GET /v1/email-accounts', { as: admin })).body as { emailAccounts: { id: string }[] })
      .emailAccounts as [{ id: string }]
    const path = `PATCH /v1/email-accounts/${id}`
    const others = [
      { ...SERVERS, imap: { ...SERVERS.imap, port: dovecot.imapsPort, tls: 'implicit' } },
      { ...SERVERS, smtp: { ...SERVERS.smtp, tls: 'none' } },
      { ...SERVERS, userName: BEN },
      { ...SERVERS, ca: undefined },
    ]
    for (const servers of others) {
      expect((await ask(path, { as: admin, body: { servers } })).body).toMatchObject({
        code: 'email_accounts.password_needed',
      })
    }
    expect((await ask(path, { as: admin, body: { password: 'wrong' } })).body).toMatchObject({
      code: 'transports.imap_login_refused',
    })
    expect((await ask(path, { as: admin, body: { password: PASSWORD } })).status).toBe(200)

    // A direct change of the row must not reveal the password either.
    await database.db
      .updateTable('email_accounts')
      .set({ servers: JSON.stringify({ ...SERVERS, imap: { ...SERVERS.imap, host: 'thief.example' } }) })
      .where('id', '=', id as never)
      .execute()
    const account = await rooms.emailAccounts.get(id as never)
    const { reading } = await rooms.emailAccounts.transportOf(account)
    await expect(reading.listFolders()).rejects.toMatchObject({
      code: expect.stringMatching(/password_needed|address_refused|egress\.name_/) as string,
    })
  })

  it.each([{ receivesBy: 'graph' }, { sendsBy: 'graph' }])(
    'supports no other protocol: %j is refused',
    async (protocol) => {
      const [{ id }] = (
        (await ask('GET /v1/email-accounts', { as: admin })).body as { emailAccounts: { id: string }[] }
      ).emailAccounts as [{ id: string }]
      const refused = await ask(`PATCH /v1/email-accounts/${id}`, { as: admin, body: { ...protocol, name: 'Another' } })

      expect(refused.body).toMatchObject({ code: 'email_accounts.protocol_needs_person' })
      expect((await ask(`GET /v1/email-accounts/${id}`, { as: admin })).body).toMatchObject({
        name: 'Anna',
        receivesBy: 'imap',
        sendsBy: 'smtp',
      })
    },
  )

  it('trusts sender checks only of the server that an admin named', async () => {
    const made = await post({ address: CHECKED, servers: { ...SERVERS, userName: CHECKED } })
    expect(made.status, made.text).toBe(201)
    const { id } = made.body as { id: string }
    const says = 'Authentication-Results: mx.contoso.test; dmarc=pass header.from=customer.example'
    for (let n = 1; n <= 5; n++) {
      await dovecot.deliver(CHECKED, `${says}\r\nFrom: kim@customer.example\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`)
    }
    async function read() {
      const account = await rooms.emailAccounts.get(id as never)
      const { reading } = await rooms.emailAccounts.transportOf(account)
      const found = []
      for (const { remoteId } of await reading.newest('INBOX', 5)) found.push((await reading.fetchMessage(remoteId))!)
      return { account, found }
    }
    const { account, found } = await read()
    expect(found.map(({ marks }) => marks?.authentication?.verdict)).toEqual(Array(5).fill(undefined))
    await database.transaction((tx) => rooms.conversations.filing.fileMany(tx, account, found))

    const checks = await ask(`GET /v1/email-accounts/${id}/sender-checks`, { as: admin })
    expect(checks.body).toEqual({ checked: 5, proposed: { name: 'mx.contoso.test', count: 5 } })
    const patch = (trustedAuthServId: string | null) =>
      ask(`PATCH /v1/email-accounts/${id}`, { as: admin, body: { trustedAuthServId } })
    expect((await patch('mx.contoso.test; dmarc=pass')).body).toMatchObject({ code: 'http.invalid_request' })
    expect((await patch('MX.Contoso.Test')).body).toMatchObject({ trustedAuthServId: 'MX.Contoso.Test' })
    const after = (await read()).found
    expect(after.map(({ marks }) => marks?.authentication?.verdict)).toEqual(Array(5).fill('pass'))
    expect((await patch(null)).body).not.toHaveProperty('trustedAuthServId')
    expect((await read()).found[0]!.marks?.authentication).toBeUndefined()
    // A message filed without its source, for example because it is too large, is forwarded from the server.
    const { source: _kept, ...withoutSource } = { ...found[4]!, remoteId: after[4]!.remoteId, messageId: 'large@x' }
    const large = {
      ...withoutSource,
      subject: 'Large',
      preview: 'Large',
      body: { type: 'text', content: 'L' } as const,
    }
    await database.pool.query('DELETE FROM messages WHERE email_account_id = $1', [id])
    const filed = await database.transaction((tx) => rooms.conversations.filing.file(tx, account, large))
    const source = await ask(`GET /v1/messages/${filed!.messageId}/source`, { as: admin })
    expect(source.text).toContain(`${says}\r\n`)
    await dovecot.doveadm(['expunge', '-u', CHECKED, 'mailbox', 'INBOX', 'all'])
    expect((await ask(`GET /v1/messages/${filed!.messageId}/source`, { as: admin })).body).toMatchObject({
      code: 'conversations.source_gone',
    })

    const audit = await ask(`GET /v1/audit`, { as: admin })
    expect(audit.text).toContain('"trustedAuthServId":"MX.Contoso.Test"')
  })

  it('reports in the test mail that it cannot send as that address', async () => {
    const made = await post({ address: BEN, servers: { ...SERVERS, userName: BEN } })
    const { id } = made.body as { id: string }

    const tested = await ask(`POST /v1/email-accounts/${id}/send-test`, { as: admin })

    expect((tested.body as { preflight: { checks: object[] } }).preflight.checks).toContainEqual(
      expect.objectContaining({ what: 'sends', outcome: 'wrong', code: 'transports.send_as_denied' }),
    )
  })
})
