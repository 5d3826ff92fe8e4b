import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createEvents } from '../events/index.ts'
import { createDialGuard } from '../kernel/dial-guard.ts'
import { createEgress } from '../kernel/egress.ts'
import { createKeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'
import { createTestClock, silentLog, storeEmailAccount, testDatabase } from '../../test/kit/index.ts'
import { createAlerts, type NewAlert } from './index.ts'
import { startStrictRelay } from '../../test/alerts/strict-relay.ts'
import { createWebhooks, signDelivery } from '../webhooks/index.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const LOGIN = { user: 'alerts', password: 'horse battery' }

const database = await testDatabase()
const clock = createTestClock()
const relay = await startStrictRelay(LOGIN)
const hooks: { headers: IncomingMessage['headers']; body: string; url: string | undefined }[] = []
let hookAnswers = 200
const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    hooks.push({ headers: request.headers, body, url: request.url })
    response
      .writeHead(hookAnswers, hookAnswers === 302 ? { location: '/elsewhere' } : {})
      .end('a secret of the intranet')
  })
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const hookPort = (receiver.address() as AddressInfo).port
const hookUrl = `http://localhost:${hookPort}/hook`

const declared = new Set([`localhost:${relay.port}`, `localhost:${hookPort}`, 'localhost:1'])
const dialGuard = createDialGuard({ declared, lookUp: () => Promise.resolve(['127.0.0.1']) })
const egress = createEgress({
  allowPrivate: () => false,
  ownNetwork: (origin) => dialGuard.isDeclaredOrigin(origin),
  lookUp: () => Promise.resolve(['127.0.0.1']),
})
const events = createEvents(database)
const deeds: { action: string; detail?: unknown }[] = []
const audit = {
  record: (_tx: unknown, deed: { action: string; detail?: unknown }) => {
    deeds.push(deed)
    return Promise.resolve()
  },
}
const keyRing = createKeyRing([{ id: 'stored', key: Buffer.alloc(32, 7) }], 'stored')
const publicUrl = 'https://postkey.contoso.example'
const base = { database, clock, events, audit, keyRing, dialGuard, log: silentLog, publicUrl, random: () => 1 }
const webhooks = createWebhooks({ ...base, egress })
webhooks.connect({
  present: () => Promise.resolve([]),
  readableBy: () => Promise.resolve(new Map()),
  mark: () => Promise.resolve(true),
  incident: { open: () => Promise.resolve(), end: () => Promise.resolve() },
})
const deps = { ...base, webhooks }
const alerts = createAlerts(deps)

afterAll(async () => {
  await relay.close()
  receiver.closeAllConnections()
  receiver.close()
  await egress.close()
  await events.close()
})

beforeEach(async () => {
  await database.pool.query(`TRUNCATE alerts, alert_relay, webhook_endpoints, email_accounts CASCADE`)
  await database.pool.query(
    `INSERT INTO encryption_keys (key_id, check_value, created_at) VALUES ('stored', '', now()) ON CONFLICT DO NOTHING`,
  )
  relay.mood = 'well'
  relay.taken.length = 0
  hooks.length = 0
  hookAnswers = 200
})

const RELAY = () => ({
  host: 'localhost',
  port: relay.port,
  security: 'none' as const,
  userName: LOGIN.user,
  password: new Secret(LOGIN.password),
  from: 'postkey@contoso.example',
})

const ALERT: NewAlert = {
  key: 'incident:1:opened',
  kind: 'incident.opened',
  to: ['Ada@contoso.example'],
  subject: '[Postkey] The client secret is past its end date',
  text: 'Make a new one.',
  payload: { code: 'cloud_providers.secret_expired' },
}

const enqueue = (alert: Partial<NewAlert> = {}) =>
  database.transaction((tx) => alerts.enqueue(tx, { ...ALERT, ...alert }))

async function deliveries() {
  const { alerts: list } = await alerts.list({ limit: 50 })
  return list.flatMap((alert) => alert.deliveries)
}

describe('an alert', () => {
  it('is stored once per key, for any number of concurrent callers', async () => {
    await alerts.setRelay(RELAY(), 'test')
    const news = await Promise.all([enqueue(), enqueue(), enqueue()])
    await Promise.all([alerts.deliver(), createAlerts(deps).deliver(), createAlerts(deps).deliver()])

    expect(news.filter(Boolean)).toHaveLength(1)
    expect(relay.taken).toHaveLength(1)
    expect(await enqueue()).toBe(false)
    await alerts.deliver()
    expect(relay.taken).toHaveLength(1)
  })

  it('is not stored when the transaction of its cause is rolled back', async () => {
    await alerts.setRelay(RELAY(), 'test')
    await expect(
      database.transaction(async (tx) => {
        await alerts.enqueue(tx, ALERT)
        throw new TypeError('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await alerts.deliver()
    expect(relay.taken).toEqual([])
  })

  it('reaches each person once, for any spelling of the address', async () => {
    await alerts.setRelay(RELAY(), 'test')
    await enqueue({ to: ['ada@contoso.example', ' ADA@contoso.example', 'bo@contoso.example', 'no address'] })
    await alerts.deliver()
    expect(relay.taken.map(({ to }) => to).sort()).toEqual(['ada@contoso.example', 'bo@contoso.example'])
  })

  it('is a mail with its text from the configured address, marked against automatic replies', async () => {
    await alerts.setRelay(RELAY(), 'test')
    await enqueue({ subject: 'Broken\r\nBcc: eve@evil.example', text: '.\n.hidden dot\n' })
    await alerts.deliver()
    const [mail] = relay.taken
    expect(mail).toMatchObject({ from: 'postkey@contoso.example', to: 'ada@contoso.example', user: 'alerts' })
    expect(mail!.source).toMatch(/^Auto-Submitted: auto-generated$/m)
    expect(mail!.source).toMatch(/^Subject: Broken Bcc: eve@evil.example$/m)
    expect(mail!.source).not.toMatch(/^Bcc:/m)
    expect(mail!.source).toMatch(/^Message-ID: <alert\./im)
  })

  it('records that no mail was sent without a relay, and is sent once a relay is configured and tested', async () => {
    await enqueue()
    await alerts.deliver()
    expect(await deliveries()).toMatchObject([{ state: 'not-sent', reason: { code: 'alerts.relay_missing' } }])
    expect(await alerts.warnings()).toMatchObject([{ code: 'alerts.relay_missing' }])

    await alerts.setRelay(RELAY(), 'test')
    expect(await alerts.warnings()).toMatchObject([{ code: 'alerts.relay_untested' }])
    await alerts.testRelay('ada@contoso.example', 'test')
    await alerts.deliver()
    expect(relay.taken.map(({ source }) => /^Subject: (.+?)(?:: \d+)?$/m.exec(source)?.[1])).toEqual([
      'Postkey test',
      expect.stringContaining('[Postkey]') as string,
    ])
    expect(await alerts.warnings()).toEqual([])
  })
})

describe('a delivery by mail', () => {
  beforeEach(async () => {
    await alerts.setRelay(RELAY(), 'test')
  })

  it.each(['defers', 'hangs up at the greeting', 'hangs up before the message', 'refuses the login'] as const)(
    'is retried with backoff when the relay %s, and arrives once',
    async (mood) => {
      relay.mood = mood
      await enqueue()
      await alerts.deliver()
      expect(relay.taken).toEqual([])
      const [first] = await deliveries()
      expect(first).toMatchObject({ state: 'waiting', attempts: 1 })
      const firstPause = first!.dueAt!.getTime() - clock.now().getTime()
      clock.advance(firstPause - 1)
      await alerts.deliver()
      expect((await deliveries())[0]!.attempts).toBe(1)
      clock.advance(1)
      await alerts.deliver()
      const [second] = await deliveries()
      expect(second!.dueAt!.getTime() - clock.now().getTime()).toBeGreaterThan(firstPause)

      relay.mood = 'well'
      clock.advance(HOUR_MS)
      await alerts.deliver()
      expect(relay.taken).toHaveLength(1)
      expect(await deliveries()).toMatchObject([{ state: 'delivered', answer: '250 2.0.0 Queued as 4711' }])
    },
  )

  it.each(['refuses recipients', 'refuses the message'] as const)(
    'fails with the response of a relay that %s permanently',
    async (mood) => {
      relay.mood = mood
      await enqueue()
      await alerts.deliver()
      expect(await deliveries()).toMatchObject([
        {
          state: 'failed',
          reason: { code: 'alerts.relay_refused' },
          answer: expect.stringMatching(/^55[04] /) as string,
        },
      ])
      relay.mood = 'well'
      clock.advance(HOUR_MS)
      await alerts.deliver()
      expect(relay.taken).toEqual([])
    },
  )

  it('is unclear, and never sent again, when the connection fails after the message', async () => {
    relay.mood = 'hangs up after the message'
    await enqueue()
    await alerts.deliver()
    relay.mood = 'well'
    clock.advance(HOUR_MS)
    await alerts.deliver()
    expect(await deliveries()).toMatchObject([{ state: 'unclear', reason: { code: 'alerts.relay_outcome_unclear' } }])
    expect(relay.taken).toHaveLength(1)
    expect(relay.doubles()).toEqual([])
  })

  it('is not sent again when the relay accepted it and the result could not be stored', async () => {
    await enqueue()
    let writes = 0
    const append: typeof events.append = (tx, event) =>
      ++writes === 1 ? Promise.reject(new Error('the database is away')) : events.append(tx, event)
    const forgetful = createAlerts({ ...deps, events: { ...events, append } })
    await expect(forgetful.deliver()).rejects.toThrow('away')
    clock.advance(HOUR_MS)
    await forgetful.deliver()
    expect(relay.taken).toHaveLength(1)
    expect(await deliveries()).toMatchObject([{ state: 'unclear' }])
  })

  it('is resumed by another process when the first one died before handing it over', async () => {
    await enqueue()
    // State left by a process that claimed it and died.
    await database.pool.query(`UPDATE alert_deliveries SET attempts = 1, due_at = $1`, [
      new Date(clock.now().getTime() + 3 * MINUTE_MS),
    ])
    await alerts.deliver()
    expect(relay.taken).toEqual([])
    clock.advance(3 * MINUTE_MS)
    await alerts.deliver()
    expect(relay.taken).toHaveLength(1)
  })

  it('is unclear when a process died while handing it over', async () => {
    await enqueue()
    await database.pool.query(`UPDATE alert_deliveries SET state = 'handing-over', attempts = 1, due_at = $1`, [
      new Date(clock.now().getTime() + 3 * MINUTE_MS),
    ])
    clock.advance(3 * MINUTE_MS)
    await alerts.deliver()
    expect(await deliveries()).toMatchObject([{ state: 'unclear' }])
    expect(relay.taken).toEqual([])
  })

  it('fails after one day', async () => {
    relay.mood = 'defers'
    await enqueue()
    for (let hour = 0; hour < 26; hour++) {
      await alerts.deliver()
      clock.advance(HOUR_MS)
    }
    expect(await deliveries()).toMatchObject([
      { state: 'failed', reason: { code: 'alerts.given_up' }, answer: '451 4.7.1 Come back later' },
    ])
  })

  it('never goes through a mailbox connected in the meantime, because that mailbox may be the failing part', async () => {
    await storeEmailAccount(database, clock, { address: 'POSTKEY@contoso.example' })
    await enqueue()
    await alerts.deliver()
    expect(relay.taken).toEqual([])
    expect(await deliveries()).toMatchObject([{ state: 'waiting', reason: { code: 'alerts.relay_is_watched' } }])
    expect(await alerts.warnings()).toContainEqual(expect.objectContaining({ code: 'alerts.relay_is_watched' }))
  })
})

describe('a round of deliveries', () => {
  it('takes no further batch after half its time and leaves the rest to the next round', async () => {
    await alerts.setRelay(RELAY(), 'test')
    const late = new AbortController()
    let opened = 0
    const addressOf: typeof dialGuard.addressOf = (host, port) => {
      opened++
      late.abort()
      return dialGuard.addressOf(host, port)
    }
    const slow = createAlerts({ ...deps, dialGuard: { ...dialGuard, addressOf } })
    for (let count = 0; count < 25; count++) await enqueue({ key: `incident:${count}:opened` })

    await slow.deliver(new AbortController().signal, late.signal)
    expect(opened).toBe(20)
    await slow.deliver()
    expect(opened).toBe(25)
  })
})

describe('the relay', () => {
  it('is refused when it would send as a monitored mailbox', async () => {
    await storeEmailAccount(database, clock, { address: 'support@contoso.example' })
    for (const changes of [{ from: 'Support@contoso.example' }, { userName: 'support@contoso.example' }]) {
      await expect(alerts.setRelay({ ...RELAY(), ...changes }, 'test')).rejects.toMatchObject({
        code: 'alerts.relay_is_watched',
      })
    }
    expect(await alerts.relay()).toBeUndefined()
  })

  it('is verified by the code of its test mail and becomes unverified with any change', async () => {
    await alerts.setRelay(RELAY(), 'test')
    const accepted = await alerts.testRelay('ada@contoso.example', 'test')
    expect(accepted.test).toMatchObject({ how: 'accepted', to: 'ada@contoso.example' })
    expect(relay.taken[0]!.source).toContain('/settings#alerts')
    const code = /The code is (\d{6})/.exec(relay.taken[0]!.source)![1]!
    const wrong = code === '000000' ? '000001' : '000000'
    await expect(alerts.confirmTest(wrong, 'test')).rejects.toMatchObject({ code: 'alerts.test_code_wrong' })
    expect((await alerts.confirmTest(code, 'test')).test).toMatchObject({ how: 'confirmed' })
    await expect(alerts.confirmTest(code, 'test')).rejects.toMatchObject({ code: 'alerts.test_code_wrong' })

    await alerts.setRelay({ ...RELAY(), from: 'other@contoso.example' }, 'test')
    expect((await alerts.relay())!.test).toBeUndefined()
  })

  it('accepts no code after five wrong ones, nor after an hour', async () => {
    await alerts.setRelay(RELAY(), 'test')
    const codeOf = () => /The code is (\d{6})/.exec(relay.taken.at(-1)!.source)![1]!
    await alerts.testRelay('ada@contoso.example', 'test')
    for (let n = 0; n < 5; n++) await alerts.confirmTest('x', 'test').catch(() => undefined)
    await expect(alerts.confirmTest(codeOf(), 'test')).rejects.toMatchObject({ code: 'alerts.test_code_wrong' })
    await alerts.testRelay('ada@contoso.example', 'test')
    clock.advance(HOUR_MS + 1)
    await expect(alerts.confirmTest(codeOf(), 'test')).rejects.toMatchObject({ code: 'alerts.test_code_wrong' })
  })

  it('shows its response to a failed test', async () => {
    await alerts.setRelay({ ...RELAY(), password: new Secret('wrong') }, 'test')
    expect((await alerts.testRelay('ada@contoso.example', 'test')).test).toMatchObject({
      testedAt: undefined,
      reason: { code: 'alerts.relay_login_refused' },
      answer: '535 5.7.8 No',
    })
    await alerts.setRelay({ ...RELAY(), port: 1 }, 'test')
    expect((await alerts.testRelay('ada@contoso.example', 'test')).test).toMatchObject({
      reason: { code: 'alerts.relay_unreachable' },
    })
    await alerts.setRelay({ ...RELAY(), security: 'starttls' }, 'test')
    expect((await alerts.testRelay('ada@contoso.example', 'test')).test).toMatchObject({
      reason: { code: 'alerts.relay_not_trusted' },
    })
    expect(relay.taken).toEqual([])
  })

  it('keeps its password secret: never returned or logged, encrypted at rest, and required again for another host', async () => {
    await alerts.setRelay(RELAY(), 'test')
    const { rows } = await database.pool.query<{ row: string }>(
      'SELECT row_to_json(alert_relay)::text AS row FROM alert_relay',
    )
    expect(JSON.stringify([await alerts.relay(), deeds, rows])).not.toContain(LOGIN.password)

    const { password: _password, ...same } = RELAY()
    await alerts.setRelay({ ...same, from: 'other@contoso.example' }, 'test')
    await alerts.testRelay('ada@contoso.example', 'test')
    expect(relay.taken).toHaveLength(1)
    await expect(
      alerts.setRelay({ ...same, host: 'evil.example', port: 587, security: 'tls' }, 'test'),
    ).rejects.toMatchObject({
      code: 'alerts.settings_invalid',
      field: 'relay.password',
    })
  })

  it('requires a public address unless the server configuration allows private ones', async () => {
    await expect(alerts.setRelay({ ...RELAY(), host: 'intranet', port: 587 }, 'test')).rejects.toMatchObject({
      field: 'relay.security',
    })
    await expect(
      alerts.setRelay({ ...RELAY(), host: 'intranet', port: 22, security: 'tls' }, 'test'),
    ).rejects.toMatchObject({
      field: 'relay.port',
    })
    await alerts.setRelay({ ...RELAY(), host: 'intranet', port: 587, security: 'tls' }, 'test')
    expect((await alerts.testRelay('ada@contoso.example', 'test')).test).toMatchObject({
      reason: { code: 'egress.address_refused' },
    })
  })
})

describe('a webhook', () => {
  it('receives the alert once, signed over id, time and body', async () => {
    const { secret } = await alerts.addWebhook({ name: 'Chat', url: hookUrl }, 'test')
    await enqueue({ to: [] })
    await webhooks.service.deliver()
    await webhooks.service.deliver()
    expect(hooks).toHaveLength(1)
    const [{ headers, body }] = hooks as [(typeof hooks)[number]]
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers
    expect(signature).toBe(signDelivery(secret, String(id), String(timestamp), body))
    expect(signature).not.toBe(signDelivery(secret, String(id), String(timestamp), `${body} `))
    expect(Number(timestamp)).toBe(Math.floor(clock.now().getTime() / 1000))
    expect(JSON.parse(body)).toMatchObject({ id, kind: ALERT.kind, subject: ALERT.subject, payload: ALERT.payload })
  })

  it('is retried under the same id, and its response is not stored', async () => {
    await alerts.addWebhook({ name: 'Chat', url: hookUrl }, 'test')
    hookAnswers = 500
    await enqueue({ to: [] })
    await webhooks.service.deliver()
    const [failed] = await deliveries()
    expect(failed).toMatchObject({ recipient: 'Chat', state: 'waiting', reason: { code: 'webhooks.refused' } })
    expect(failed!.answer).toBe('HTTP 500')
    hookAnswers = 204
    clock.advance(HOUR_MS)
    await webhooks.service.deliver()
    expect(hooks.map(({ headers }) => headers['webhook-id'])).toEqual([
      hooks[0]!.headers['webhook-id'],
      hooks[0]!.headers['webhook-id'],
    ])
    expect(await deliveries()).toMatchObject([{ state: 'delivered', answer: 'HTTP 204' }])
  })

  it('follows no redirect', async () => {
    const { id } = await alerts.addWebhook({ name: 'Chat', url: hookUrl }, 'test')
    hookAnswers = 302
    expect(await alerts.testWebhook(id)).toMatchObject({ delivered: false, answer: 'HTTP 302' })
    expect(hooks.map(({ url }) => url)).toEqual(['/hook'])
  })

  it('requires a public https address unless the server configuration allows others', async () => {
    for (const url of ['http://chat.example/x', 'https://user:pass@chat.example/', 'file:///etc/passwd', 'chat']) {
      await expect(alerts.addWebhook({ name: 'Chat', url }, 'test')).rejects.toMatchObject({ field: 'url' })
    }
    await expect(alerts.addWebhook({ name: 'Chat', url: 'https://10.0.0.7/' }, 'test')).rejects.toMatchObject({
      code: 'egress.address_refused',
      field: 'url',
    })
    // The address behind a name is known only after a lookup.
    const { id } = await alerts.addWebhook({ name: 'Chat', url: 'https://intranet.localhost/' }, 'test')
    expect(await alerts.testWebhook(id)).toMatchObject({ delivered: false, reason: { code: 'egress.address_refused' } })
  })

  it('returns its secret once, and receives nothing after its removal', async () => {
    const { id, secret } = await alerts.addWebhook({ name: 'Chat', url: hookUrl }, 'test')
    const { rows } = await database.pool.query<{ row: string }>(
      'SELECT row_to_json(webhook_secrets)::text || row_to_json(webhook_endpoints) AS row FROM webhook_secrets, webhook_endpoints',
    )
    expect(JSON.stringify([await alerts.webhooks(), deeds, rows])).not.toContain(secret.reveal().slice(6))
    await enqueue({ to: [] })
    await alerts.removeWebhook(id, 'test')
    await webhooks.service.deliver()
    expect(hooks).toEqual([])
    expect(await alerts.webhooks()).toEqual([])
    await expect(alerts.removeWebhook(id, 'test')).rejects.toMatchObject({ code: 'webhooks.not_found' })
  })

  it('appears in the audit list with its host, without the parts of the URL that allow posting', async () => {
    deeds.length = 0
    const { id } = await alerts.addWebhook({ name: 'Chat', url: 'https://chat.example/hooks/T0K3N?key=S3CR3T' }, 'test')
    await alerts.changeWebhook(id, { url: 'https://other.example/hooks/T0K3N' }, 'test')
    expect(JSON.stringify(deeds)).not.toMatch(/T0K3N|S3CR3T/)
    expect(JSON.stringify(deeds)).toMatch(/"https:\/\/chat\.example".*"https:\/\/other\.example"/)
  })

  it('is not delayed by a relay that hangs', async () => {
    relay.mood = 'hangs'
    await alerts.setRelay(RELAY(), 'test')
    await alerts.addWebhook({ name: 'Chat', url: hookUrl }, 'test')
    await enqueue()
    const delivering = alerts.deliver()
    await webhooks.service.deliver()
    expect(hooks).toHaveLength(1)
    await relay.close().catch(() => undefined)
    await delivering
  })
})
