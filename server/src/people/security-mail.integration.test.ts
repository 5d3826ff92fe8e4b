/** Emails to people about their own accounts, through the rooms as the server composes them. */
import { beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../kernel/secret.ts'
import { createTestApp, createTestClock, TEST_PASSWORD, testDatabase } from '../../test/kit/index.ts'
import type { SecurityNews } from './index.ts'
import { createSecurityMail, MOST_SECURITY_MAILS } from './security-mail.ts'
import { TEXTS } from './texts.ts'

const database = await testDatabase()
const clock = createTestClock()
const { rooms, person, ask, publicUrl } = await createTestApp(database, clock)
const admin = await person('admin')
const agent = await person('agent')
const securityMail = createSecurityMail({ clock, publicUrl, alerts: rooms.alerts })
const HOUR_MS = 60 * 60 * 1000

const tell = (news: SecurityNews) =>
  database.transaction((tx) => securityMail(tx, agent.id, news, { clientAddress: '203.0.113.7' }))

async function storedMails() {
  const { alerts } = await rooms.alerts.list({ limit: 50 })
  return alerts.map(({ subject, text, deliveries }) => ({
    subject,
    text,
    to: deliveries.map(({ channel, recipient }) => `${channel} ${recipient}`),
  }))
}

const signIn = (cookie?: string) =>
  ask('POST /v1/session', { body: { email: agent.email, password: TEST_PASSWORD }, ...(cookie && { as: { cookie } }) })

beforeEach(async () => {
  await database.pool.query('TRUNCATE alerts, alert_relay, webhook_endpoints CASCADE')
  await database.pool.query(`INSERT INTO alert_relay (host, port, security, from_address, changed_at)
    VALUES ('relay.contoso.example', 587, 'tls', 'postkey@contoso.example', now())`)
  await database.pool.query(`INSERT INTO webhook_endpoints (id, purpose, name, url, owner, created_at)
    VALUES (gen_random_uuid(), 'alerts', 'Chat', 'https://chat.contoso.example', 'test', now())`)
  clock.advance(2 * HOUR_MS)
})

describe('a sign-in', () => {
  it('on a new device is emailed to the person, and one on a known device is not', async () => {
    const { status, headers } = await signIn()
    expect(status).toBe(200)
    const cookie = [headers['set-cookie']]
      .flat()
      .map((line) => String(line).split(';')[0])
      .join('; ')
    const expected = {
      subject: '[Postkey] New sign-in to your account',
      text: expect.stringContaining('  From address: 127.0.0.1\n  Postkey: http://localhost:8400\n') as string,
      to: [`email ${agent.email}`],
    }
    expect(await storedMails()).toEqual([expected])
    expect((await signIn(cookie)).status).toBe(200)
    expect(await storedMails()).toEqual([expected])
  })

  it('succeeds even if its email cannot be stored', async () => {
    await database.pool.query('ALTER TABLE alert_relay RENAME TO away')
    const { status } = await signIn()
    await database.pool.query('ALTER TABLE away RENAME TO alert_relay')
    expect(status).toBe(200)
    expect(await storedMails()).toEqual([])
  })
})

it('a password that was set by a link for a new one is emailed, without the link', async () => {
  const other = await person('agent')
  await database.pool.query('TRUNCATE alerts CASCADE')
  const link = await rooms.people.links.reset(other.id, `person:${admin.id}`)
  const token = new URL(link.url.reveal()).hash.slice(1)
  await rooms.people.links.accept(new Secret(token), { password: new Secret('another horse battery') })
  const [mail, ...others] = await storedMails()
  expect(others).toEqual([])
  expect(mail).toMatchObject({ subject: '[Postkey] Your password was reset', to: [`email ${other.email}`] })
  expect(JSON.stringify(mail)).not.toMatch(new RegExp(`${token}|another horse|/join`))
})

describe('emails to a person', () => {
  it.each(Object.keys(TEXTS.securityNews) as SecurityNews['kind'][])('have all values filled in: %s', async (kind) => {
    await tell({ kind, name: 'Key\r\nBcc: eve@evil.example', provider: 'Contoso', account: 'mia', left: 3 })
    const [mail] = await storedMails()
    expect(mail!.text).not.toMatch(/[{}]|undefined|^Bcc/m)
    expect(mail!.text).toMatch(/Time: \d{4}-\d\d-\d\d \d\d:\d\d UTC/)
  })

  it('are limited per kind and hour, so that a flood of sign-ins hides no changed password', async () => {
    for (let sent = 0; sent < 2 * MOST_SECURITY_MAILS; sent++) await tell({ kind: 'new_device' })
    await tell({ kind: 'password_changed' })
    expect(await storedMails()).toHaveLength(MOST_SECURITY_MAILS + 1)
    clock.advance(HOUR_MS)
    await tell({ kind: 'new_device' })
    expect(await storedMails()).toHaveLength(MOST_SECURITY_MAILS + 2)
  })

  it('are not stored without a relay, and not sent later', async () => {
    await database.pool.query('TRUNCATE alert_relay')
    await tell({ kind: 'password_changed' })
    expect(await storedMails()).toEqual([])
  })

  it('are not sent to a removed person', async () => {
    const removed = await person('agent')
    await database.pool.query('TRUNCATE alerts CASCADE')
    await rooms.people.people.remove(removed.id, 'test')
    await database.transaction((tx) => securityMail(tx, removed.id, { kind: 'password_changed' }))
    expect(await storedMails()).toEqual([])
  })
})
