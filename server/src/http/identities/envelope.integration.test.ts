/** An address that a real Postfix accepts in From but not as the envelope sender. */
import { afterAll, expect, it } from 'vitest'
import { startDovecot, startPostfix, whyNoPostfix } from '../../../../mail-servers/index.ts'
import { createTestApp, createTestClock, testDatabase } from '../../../test/kit/index.ts'

const why = whyNoPostfix()
const ANNA = 'anna@contoso.test'
const BEN = 'ben@contoso.test'
const SALES = 'sales@contoso.test'
const PASSWORD = 'correct horse battery staple'

const dovecot = await startDovecot({ users: { [ANNA]: PASSWORD, [BEN]: PASSWORD }, tls: true })
const postfix = why
  ? undefined
  : await startPostfix({ dovecot, domains: ['contoso.test'], sendAs: { [ANNA]: [ANNA], [BEN]: [SALES] }, tls: true })
const port = postfix?.port ?? 1
const { ask, person, sendingWorker } = await createTestApp(await testDatabase(), createTestClock(), {
  mailHosts: [`localhost:${dovecot.imapPort}`, `localhost:${port}`],
})
const as = await person('admin')
afterAll(async () => {
  await sendingWorker.stop()
  await postfix?.stop()
  await dovecot.stop()
})

it.skipIf(why)(
  `a test mail detects the refusal, and mail is then sent with the mailbox as envelope sender${why ? ` (skipped: ${why})` : ''}`,
  async () => {
    const servers = {
      imap: { host: 'localhost', port: dovecot.imapPort, tls: 'none' },
      smtp: { host: 'localhost', port, tls: 'starttls' },
      ...{ userName: ANNA, ca: postfix?.ca },
    }
    const about = { address: ANNA, kind: 'user', name: 'Anna', key: 'ANNA', contact: ANNA }
    const { id } = (await ask('POST /v1/email-accounts', { as, body: { ...about, servers, password: PASSWORD } }))
      .body as { id: string }
    const at = `/v1/email-accounts/${id}`
    expect((await ask(`POST ${at}/aliases/read`, { as })).body).toMatchObject({
      code: 'email_accounts.addresses_untold',
    })
    await ask(`POST ${at}/aliases`, { as, body: { address: SALES } })

    const tried = await ask(`POST ${at}/aliases/${SALES}/try`, { as })

    expect(tried.status, tried.text).toBe(200)
    expect(tried.body).toMatchObject({ aliases: [{ address: SALES, trial: { outcome: 'ok', envelope: 'mailbox' } }] })

    const made = await ask(`POST ${at}/identities`, { as, body: { name: 'Contoso Sales', address: SALES } })
    const letter = {
      to: [{ name: '', address: BEN }],
      subject: 'Kettle',
      text: 'It boils.',
      headers: { 'X-Order': '4711' },
    }
    await sendingWorker.start()
    const accepted = await ask('POST /v1/submissions', {
      as,
      body: { emailAccountId: id, identityId: (made.body as { id: string }).id, ...letter },
      headers: { 'idempotency-key': 'kettle' },
    })
    expect(accepted.status, accepted.text).toBe(201)
    const arrived = () => dovecot.doveadm(['fetch', '-u', BEN, 'hdr', 'mailbox', 'INBOX', 'ALL'])
    await expect.poll(arrived).toMatch(/^From: Contoso Sales <sales@contoso\.test>/m)
    expect(await arrived()).toMatch(/^X-Order: 4711$/m)
    expect(await arrived()).toMatch(/^Return-Path: <anna@contoso\.test>/m)
  },
)
