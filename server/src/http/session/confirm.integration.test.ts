/** Sensitive actions need a proof of identity in the last ten minutes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  storeEmailAccount,
  TEST_PASSWORD,
  testDatabase,
  type ShownBy,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock, { sessionClock: clock })
const admin = await person('admin')
const agent = await person('agent')
const TEN_MINUTES_MS = 10 * 60_000
beforeEach(() => database.pool.query('DELETE FROM sign_in_attempts'))

async function open({ id }: Pick<typeof admin, 'id'>): Promise<ShownBy> {
  const { setCookies } = await rooms.people.sessions.open(id, { method: 'openid' }, { clientAddress: '127.0.0.1' })
  return { cookie: setCookies.map((line) => line.split(';')[0]).join('; ') }
}

const confirm = (as: ShownBy, password: string) =>
  ask('POST /v1/session/confirm', { as, body: { method: 'password', password } })
const invite = (as: ShownBy) =>
  ask('POST /v1/invitations', { as, body: { email: `${newId()}@contoso.example`, name: 'New', role: 'agent' } })
const CONFIRM = { status: 403, body: { code: 'http.fresh_sign_in_required', remedy: 'admin' } }

const SENSITIVE = [
  'POST /v1/account/authenticator-app',
  'POST /v1/account/authenticator-app/confirm',
  'DELETE /v1/account/authenticator-app',
  'POST /v1/account/recovery-codes',
  'POST /v1/account/passkeys/options',
  'POST /v1/account/passkeys',
  'DELETE /v1/account/passkeys/:id',
  'POST /v1/linked-sign-ins',
  'DELETE /v1/linked-sign-ins/:id',
  'POST /v1/identity-providers',
  'PATCH /v1/identity-providers/:id',
  'DELETE /v1/identity-providers/:id',
  'POST /v1/admission-requests/:id/approve',
  'POST /v1/api-keys',
  'DELETE /v1/api-keys/:id',
  'POST /v1/cloud-providers/:id/credentials',
  'DELETE /v1/cloud-providers/:id/credentials/:credentialId',
  'POST /v1/invitations',
  'DELETE /v1/invitations/:id',
  'PUT /v1/people/:id/role',
  'PUT /v1/people/:id/memberships',
  'POST /v1/people/:id/reset-link',
  'DELETE /v1/people/:id/linked-sign-ins/:linkId',
  'DELETE /v1/people/:id',
  'POST /v1/people/:id/reset-factors',
  'PATCH /v1/sign-in-policy',
  'PUT /v1/alert-settings',
  'POST /v1/alert-webhooks',
  'PATCH /v1/alert-webhooks/:id',
  'DELETE /v1/alert-webhooks/:id',
  'POST /v1/return-urls',
  'DELETE /v1/return-urls/:id',
  'POST /v1/return-urls/:id/secret',
  'POST /v1/webhooks',
  'PATCH /v1/webhooks/:id',
  'POST /v1/webhooks/:id/secret',
  'POST /v1/webhooks/:id/replay',
  'POST /v1/webhooks/:id/deliveries/:deliveryId/replay',
]

const SERVERS = {
  imap: { host: 'imap.contoso.example', port: 993, tls: 'implicit' },
  smtp: { host: 'smtp.contoso.example', port: 465, tls: 'implicit' },
  userName: 'us',
}
const PROVIDER = {
  name: 'Contoso',
  cloud: 'global',
  accountTypes: 'single-tenant',
  tenantId: newId(),
  clientId: newId(),
  contact: 'us@contoso.example',
}

/** Sensitive with some bodies only. Those of the second list are not. */
const PARTLY_SENSITIVE: Record<string, [object[], object[]]> = {
  'POST /v1/email-accounts': [
    [
      {
        address: 'us@contoso.example',
        kind: 'user',
        name: 'Us',
        key: 'US',
        contact: 'us@contoso.example',
        servers: SERVERS,
        password: 'x',
      },
    ],
    [
      {
        address: 'us@contoso.example',
        kind: 'user',
        name: 'Us',
        key: 'US',
        contact: 'us@contoso.example',
        grantId: newId(),
      },
    ],
  ],
  'POST /v1/cloud-providers': [[{ ...PROVIDER, credential: { kind: 'secret', secret: 'x'.repeat(40) } }], [PROVIDER]],
  'PATCH /v1/email-accounts/:id': [[{ servers: SERVERS, password: 'x' }, { password: 'x' }], [{ name: 'Us' }]],
}

describe('an action that grants access', () => {
  it.each(SENSITIVE)('needs a fresh session: %s', async (at) => {
    const as = await open(admin)
    const send = () =>
      ask(
        at.replaceAll(/:\w+/g, () => newId()),
        { as },
      )
    // Refused for its missing body or object, after the permission.
    expect((await send()).status).not.toBe(403)
    clock.advance(TEN_MINUTES_MS)
    expect(await send()).toMatchObject(CONFIRM)
  })

  it.each(Object.entries(PARTLY_SENSITIVE))(
    'needs a fresh session with some bodies: %s',
    async (at, [some, others]) => {
      const as = await open(admin)
      const { id } = await storeEmailAccount(database, clock)
      const send = (body: object) => ask(at.replace(':id', id), { as, body })
      for (const body of some) expect((await send(body)).status).not.toBe(403)
      clock.advance(TEN_MINUTES_MS)
      for (const body of some) expect(await send(body)).toMatchObject(CONFIRM)
      for (const body of others) expect((await send(body)).status).not.toBe(403)
    },
  )

  it('is exactly one that the list of routes marks', () => {
    const list = readFileSync(join(import.meta.dirname, '../../../../docs/routes.md'), 'utf8')
    const marked = (as: string) =>
      [...list.matchAll(/^\| (\w+) +\| `(\S+)` +\| (\w+ in person, [a-z ]+)/gm)].flatMap(([, method, url, who]) =>
        who!.trimEnd().endsWith(`, ${as}`) ? `${method!} ${url!}` : [],
      )
    expect(marked('fresh').sort()).toEqual(SENSITIVE.toSorted())
    expect(marked('partly fresh').sort()).toEqual(Object.keys(PARTLY_SENSITIVE).sort())
  })

  it('stays refused for agents, whose confirmation gives no rights', async () => {
    const as = await open(agent)
    clock.advance(TEN_MINUTES_MS)
    expect(await invite(as)).toMatchObject({ status: 403, body: { code: 'http.not_permitted' } })
  })
})

describe('a confirmation', () => {
  it('by the password makes this session fresh for ten minutes, and no other', async () => {
    const [here, elsewhere] = [await open(admin), await open(admin)]
    clock.advance(TEN_MINUTES_MS)
    expect((await ask('GET /v1/session/confirm', { as: here })).body).toEqual({ methods: ['password'], codes: [] })
    expect((await confirm(here, TEST_PASSWORD)).status).toBe(204)
    expect([(await invite(here)).status, (await invite(elsewhere)).status]).toEqual([201, 403])
    clock.advance(TEN_MINUTES_MS - 1)
    expect((await invite(here)).status).toBe(201)
    clock.advance(1)
    expect(await invite(here)).toMatchObject(CONFIRM)
  })

  it('by a wrong password is refused without a sign-out, counts, and is recorded for the person', async () => {
    const as = await open(admin)
    clock.advance(TEN_MINUTES_MS)
    for (let n = 0; n < 10; n++) {
      const wrong = { code: 'people.current_password_wrong', faults: [{ field: 'body.password' }] }
      expect(await confirm(as, `wrong ${n}`)).toMatchObject({ status: 422, body: wrong })
    }
    expect(await confirm(as, TEST_PASSWORD)).toMatchObject({ status: 429, body: { code: 'people.too_many_tries' } })
    expect(await invite(as)).toMatchObject(CONFIRM)
    expect((await ask('GET /v1/session', { as })).status).toBe(200)
    const [, entry] = await rooms.people.audit.list({ subject: admin.id, limit: 2 })
    expect(entry).toMatchObject({
      ...{ actor: `person:${admin.id}`, action: 'sign_in.failed', detail: { use: 'confirmation' } },
    })
  })

  it('has no method for a person without a password', async () => {
    const without = await person('agent')
    await database.db.deleteFrom('sign_in_methods').where('user_id', '=', without.id).execute()
    const as = await open(without)
    expect((await ask('GET /v1/session/confirm', { as })).body).toEqual({ methods: [], codes: [] })
    expect(await confirm(as, TEST_PASSWORD)).toMatchObject({ status: 422 })
  })
})
