/** Validation of alert channels, and the parts of them that each caller receives. */
import { rootCertificates } from 'node:tls'
import { beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase, type Answer, type ShownBy } from '../../../test/kit/index.ts'

const database = await testDatabase()
const { ask, person } = await createTestApp(database, createTestClock())
const RELAY = { host: 'relay.example', port: 465, security: 'tls', from: 'postkey@relay.example' }
const HOOK = 'https://hooks.example/services/T0/B0/a-secret-of-its-own?token=another'

let admin: ShownBy
beforeAll(async () => void (admin = await person('admin')))

const setRelay = (changes: object) =>
  ask('PUT /v1/alert-settings', { as: admin, body: { relay: { ...RELAY, ...changes } } })
const addWebhook = (url: string) => ask('POST /v1/alert-webhooks', { as: admin, body: { name: 'Pager', url } })
const faultOf = ({ status, body }: Answer) => {
  const { code, faults } = body as { code: string; faults?: { field: string }[] }
  return { status, code, field: faults?.[0]?.field }
}

describe('the certificate authority of a relay', () => {
  it.each([
    ['words', 'our own authority'],
    ['a frame with nothing in it', '-----BEGIN CERTIFICATE-----\nour own\n-----END CERTIFICATE-----'],
    ['a certificate that was cut', rootCertificates[0]!.slice(0, 300)],
  ])('is refused when it is %s', async (_what, ca) => {
    expect(faultOf(await setRelay({ ca }))).toEqual({
      status: 422,
      code: 'alerts.settings_invalid',
      field: 'body.relay.ca',
    })
  })

  it('is accepted when it is a certificate', async () => {
    expect((await setRelay({ ca: rootCertificates[0] })).status).toBe(200)
  })
})

describe('an alert channel in a private network', () => {
  it.each([
    'https://127.0.0.1/hook',
    'https://10.1.2.3/hook',
    'https://[::1]/hook',
    'https://[fd00::1]/',
    'https://169.254.169.254/latest',
    'https://0x7f.1/',
  ])('is refused as a webhook when it is saved, not only when it is used: %s', async (url) => {
    expect(faultOf(await addWebhook(url))).toMatchObject({ code: 'egress.address_refused', field: 'body.url' })
  })

  it.each(['127.0.0.1', '10.1.2.3', '::1'])('is refused as a relay: %s', async (host) => {
    expect(faultOf(await setRelay({ host }))).toMatchObject({
      code: 'egress.address_refused',
      field: 'body.relay.host',
    })
  })

  it('is refused as the new address of a webhook', async () => {
    const { body } = await addWebhook('https://hooks.example/one')
    const changed = await ask(`PATCH /v1/alert-webhooks/${(body as { id: string }).id}`, {
      as: admin,
      body: { url: 'https://192.168.0.1/' },
    })
    expect(faultOf(changed)).toMatchObject({ code: 'egress.address_refused' })
  })
})

describe('the address of a webhook', () => {
  it('is returned in full to admins, and without path and query to programs, because these parts often contain the secret', async () => {
    await addWebhook(HOOK)
    const made = await ask('POST /v1/api-keys', {
      as: admin,
      body: { name: 'Watch', scopes: ['admin:read', 'admin:write'], emailAccountIds: 'all' },
    })
    const key = { authorization: `Bearer ${(made.body as { key: string }).key}` }
    const seenBy = async (as: ShownBy) => (await ask('GET /v1/alert-settings', { as })).text

    expect(await seenBy(admin)).toContain(HOOK)
    expect(await seenBy(key)).toContain('"https://hooks.example"')
    expect(await seenBy(key)).not.toContain('secret-of-its-own')
    const set = await ask('PUT /v1/alert-settings', { as: key, body: { relay: null } })
    expect(set).toMatchObject({ status: 403, body: { code: 'http.person_required' } })
  })
})
