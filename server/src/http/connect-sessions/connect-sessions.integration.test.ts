/** Connect sessions over HTTP with the local Microsoft 365: a program, the owner of a mailbox, and attackers. */
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import {
  type ConnectSessionOfTest,
  createConnectingProgram,
  ANNA,
  BEN,
  DONE,
  SUPPORT,
} from '../../../test/http/connect-sessions/program.ts'
import { read } from '../../../test/http/oauth/result-page.ts'

const DAY_MS = 24 * 60 * 60_000

const {
  ask,
  rooms,
  database,
  clock,
  admin,
  person,
  sandbox,
  newCloudProvider,
  atMicrosoft,
  comeBack,
  walk,
  ...program
} = await createConnectingProgram()
const { shop, provider, secret, key, create, begin, status, verify, eventsOf, audited, removeAccounts } = program

describe('a connect session', () => {
  it('connects the mailbox, and returns the browser with a result that names session and mailbox', async () => {
    const session = await create({ requestedAddress: SUPPORT, kind: 'shared', accountName: 'Help', importDays: 7 })
    expect(session.url).toMatch(/^http:\/\/localhost:8400\/connect#[\w-]{43}$/)
    const preview = await ask('POST /v1/connect-sessions/preview', { body: { token: session.token } })
    expect(preview.body).toMatchObject({ displayName: 'Shop', requestedAddress: SUPPORT, returnsTo: 'shop.example' })
    expect(preview.text).not.toContain(session.id)

    const answer = await walk(await begin(session), BEN)

    expect(answer.status, answer.text).toBe(302)
    const { payload, url } = await verify(answer.headers['location'], session)
    const now = await status(session)
    expect(url).toBe(DONE)
    expect(payload).toMatchObject({ status: 'completed', state: 'order-1', emailAccountId: now.emailAccountId })
    expect(now).toMatchObject({ status: 'completed', userName: BEN })
    const account = await rooms.emailAccounts.get(now.emailAccountId as never)
    expect(account).toMatchObject({ address: SUPPORT, name: 'Help', key: 'SUPPO', kind: 'shared' })
    const [event] = await eventsOf(session)
    expect(event).toMatchObject({ kind: 'connect_session.completed', emailAccountId: account.id })
    expect(event!.payload).toMatchObject({ createdBy: `api-key:${shop.id}`, state: 'order-1', userName: BEN })
    const actions = await audited(session)
    expect(actions[0]).toBe(`api-key:${shop.id} connect_session.created`)
    expect(actions.at(-1)).toBe(`link:${session.id} connect_session.completed`)
    await removeAccounts()
  })

  it('without an address connects the mailbox of the person who signs in', async () => {
    const session = await create({ returnUrl: undefined })
    const answer = await walk(await begin(session), BEN)
    expect(answer.status).toBe(200)
    expect(read(answer).said).toContain('Mailbox connected')
    expect(read(answer).links).toEqual([])
    const [account] = await rooms.emailAccounts.list()
    expect(account).toMatchObject({ address: BEN, kind: 'user', key: 'BEN' })

    // The same owner again, by another session: the account is kept, with its grant renewed.
    const again = await create()
    expect((await walk(await begin(again), BEN)).status).toBe(302)
    expect(await status(again)).toMatchObject({ status: 'completed', emailAccountId: account!.id })
    await removeAccounts()
  })

  it('without an address takes the main address of a user with another user name', async () => {
    const session = await create()
    expect((await walk(await begin(session), 'slind@contoso.example')).status).toBe(302)
    const [account] = await rooms.emailAccounts.list()
    expect(account).toMatchObject({ address: 'sofia.lind@contoso.example', kind: 'user', key: 'SOFIA' })
    await removeAccounts()
  })

  it.each([
    ['its main address, then its user name', undefined, 'slind@contoso.example'],
    ['its user name, then its main address', 'slind@contoso.example', undefined],
    ['its user name, then its main address by name', 'slind@contoso.example', 'sofia.lind@contoso.example'],
  ])('connects a mailbox once, by %s', async (_order, one, other) => {
    const [first, second] = [await create({ requestedAddress: one }), await create({ requestedAddress: other })]
    for (const session of [first, second]) {
      expect((await walk(await begin(session), 'slind@contoso.example')).status).toBe(302)
    }
    const accounts = await rooms.emailAccounts.list()
    expect(accounts).toHaveLength(1)
    expect(await status(second)).toMatchObject({ status: 'completed', emailAccountId: accounts[0]!.id })
    await removeAccounts()
  })

  it('keeps the account that another session of the same owner has added meanwhile', async () => {
    const session = await create({ requestedAddress: BEN })
    const associate = rooms.emailAccounts.associate.bind(rooms.emailAccounts)
    rooms.emailAccounts.associate = async (input, actor) => {
      await associate({ ...input, key: 'OTHER' }, actor)
      return associate(input, actor)
    }
    const answer = await walk(await begin(session), BEN)
    rooms.emailAccounts.associate = associate
    expect(answer.status).toBe(302)
    const [account, ...more] = await rooms.emailAccounts.list()
    expect(more).toEqual([])
    expect(account).toMatchObject({ key: 'OTHER' })
    expect(await status(session)).toMatchObject({ status: 'completed', emailAccountId: account!.id })
    await removeAccounts()
  })

  it('without an address keeps no sign-in of a person without a mailbox', async () => {
    const session = await create()
    const faults = `${sandbox.controlPanel}/api/faults`
    const switched = await fetch(faults, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'mailbox-unlicensed', on: { mailbox: BEN } }),
    })
    expect(switched.ok, await switched.text()).toBe(true)
    const page = read(await walk(await begin(session), BEN))
    await fetch(faults, { method: 'DELETE' })
    expect(page.labels).toEqual(['Sign in with another account', 'Back to Shop'])
    expect(await status(session)).toMatchObject({ status: 'failed', reason: { code: 'tokens.mailbox_not_opened' } })
    expect(await database.db.selectFrom('grants').select('id').execute()).toEqual([])
  })

  it('shows what is wrong, reports it, and can be tried again at once', async () => {
    const session = await create({ requestedAddress: 'carla@contoso.example' })
    const begun = await begin(session)
    const page = read(await walk(begun, BEN))
    expect(page.said).toContain('can’t open the mailbox')
    expect(page.labels).toEqual(['Sign in with another account', 'Back to Shop'])
    expect(await status(session)).toMatchObject({
      ...{ status: 'failed', isFinal: false, reason: { code: 'tokens.mailbox_not_opened' } },
    })
    const { payload } = await verify(page.links[1]!.url, session)
    expect(payload).toMatchObject({ status: 'failed', error: 'tokens.mailbox_not_opened', state: 'order-1' })
    expect(await database.db.selectFrom('grants').select('id').execute()).toEqual([])

    const declined = read(await walk({ ...begun, url: page.links[0]!.url.href }, BEN, 'cancel-at-password'))
    expect(declined.labels).toEqual(['Try again', 'Back to Shop'])
    expect(await status(session)).toMatchObject({ status: 'failed', reason: { code: 'tokens.sign_in_cancelled' } })
    expect((await eventsOf(session)).map(({ kind, payload: data }) => [kind, data])).toMatchObject([
      ['connect_session.failed', { reason: 'tokens.mailbox_not_opened', isFinal: false }],
      ['connect_session.failed', { reason: 'tokens.sign_in_cancelled', isFinal: false }],
    ])
  })

  it('offers another attempt after a refusal that only an admin can lift', async () => {
    const session = await create({ cloudProviderId: await newCloudProvider({ withConsent: false }) })
    const page = read(await walk(await begin(session), BEN, 'cancel-at-needs-admin'))
    expect(page.said).toContain('An Entra admin must approve the application first')
    expect(page.labels).toEqual(['Try again', 'Back to Shop'])
    expect(await status(session)).toMatchObject({ status: 'failed', reason: { code: 'tokens.consent_required' } })
  })

  it('fails for good when another sign-in has the mailbox already, and names the reason', async () => {
    const wanted = { requestedAddress: SUPPORT, kind: 'shared' }
    const users = async () => (await rooms.grants.list()).map(({ userName }) => userName).toSorted()
    await walk(await begin(await create(wanted)), ANNA)
    const second = await create(wanted)
    const page = read(await walk(await begin(second), BEN))
    const now = await status(second)
    expect(now).toMatchObject({ status: 'failed', isFinal: true, reason: { code: 'email_accounts.address_taken' } })
    expect(page.labels).toEqual(['Back to Shop'])
    // A sign-in that connects nothing is not kept. One that existed before is, also if it opens no mailbox now.
    expect(await users()).toEqual([ANNA])
    await walk(await begin(await create()), BEN)
    const own = (await rooms.emailAccounts.list()).find(({ address }) => address === BEN)!
    await rooms.emailAccounts.remove(own.id, 'test')
    clock.advance(60_000)
    const third = await create(wanted)
    await walk(await begin(third), BEN)
    expect(await status(third)).toMatchObject({ reason: { code: 'email_accounts.address_taken' } })
    expect(await users()).toEqual([ANNA, BEN])
    await removeAccounts()
  })

  it('is completed later after a transient error, or when the server stopped after the sign-in', async () => {
    const associate = rooms.emailAccounts.associate.bind(rooms.emailAccounts)
    rooms.emailAccounts.associate = () => Promise.reject(new AppError('database.unavailable'))
    const session = await create()
    const page = await walk(await begin(session), BEN)
    rooms.emailAccounts.associate = associate
    expect(read(page).said).toContain('The mailbox is being connected')
    expect(await status(session)).toMatchObject({ status: 'connecting', userName: BEN })
    expect((await ask(`DELETE /v1/connect-sessions/${session.id}`, { as: shop })).status).toBe(409)

    await rooms.connectSessions.runDue()
    expect(await status(session)).toMatchObject({ status: 'connecting' })
    clock.advance(60_000)
    await rooms.connectSessions.runDue()
    const [account] = await rooms.emailAccounts.list()
    expect(await status(session)).toMatchObject({ status: 'completed', emailAccountId: account!.id })

    // Stopped between the account and the session: the account is found, not connected again.
    await database.db
      .updateTable('connect_sessions')
      .set({ status: 'connecting', email_account_id: null })
      .where('id', '=', session.id as never)
      .execute()
    await rooms.connectSessions.runDue()
    expect(await status(session)).toMatchObject({ status: 'completed', emailAccountId: account!.id })
    expect(await rooms.emailAccounts.list()).toHaveLength(1)
    await removeAccounts()
  })
})

describe('the end of a session', () => {
  it('comes after 24 hours, with an event', async () => {
    const before = clock.now()
    const session = await create()
    clock.advance(DAY_MS - 1000)
    await rooms.connectSessions.runDue()
    expect(await status(session)).toMatchObject({ status: 'open' })
    clock.advance(1000)
    for (const at of ['preview', 'begin', 'leave']) {
      const answer = await ask(`POST /v1/connect-sessions/${at}`, { body: { token: session.token } })
      expect(answer).toMatchObject({ status: 410, body: { code: 'tokens.sign_in_link_over' } })
    }
    await rooms.connectSessions.runDue()
    await rooms.connectSessions.runDue()
    expect(await status(session)).toMatchObject({ status: 'expired' })
    expect(await eventsOf(session)).toMatchObject([{ kind: 'connect_session.expired', payload: { state: 'order-1' } }])
    expect((await ask(`DELETE /v1/connect-sessions/${session.id}`, { as: shop })).status).toBe(409)
    clock.set(before)
  })

  it('keeps no sign-in that comes back after it', async () => {
    const [canceled, expired] = [await create(), await create()]
    const [first, second] = [await begin(canceled), await begin(expired)]
    const [one, two] = [await atMicrosoft(first, BEN), await atMicrosoft(second, BEN)]
    expect((await ask(`DELETE /v1/connect-sessions/${canceled.id}`, { as: shop })).status).toBe(204)
    await database.db
      .updateTable('connect_sessions')
      .set({ expires_at: clock.now() })
      .where('id', '=', expired.id as never)
      .execute()
    for (const [callback, begun] of [
      [one, first],
      [two, second],
    ] as const) {
      const page = await comeBack(callback, begun.browser)
      expect(page.status).toBe(410)
    }
    expect(await database.db.selectFrom('grants').select('id').execute()).toEqual([])
    expect(await status(canceled)).toMatchObject({ status: 'canceled' })
    expect(await audited(canceled)).toContain(`api-key:${shop.id} connect_session.canceled`)
  })

  it('comes with the revocation of its key', async () => {
    const program = await key(['connect'])
    const session = await create({}, program)
    const begun = await begin(session)
    const callback = await atMicrosoft(begun, BEN)
    await rooms.people.apiKeys.revoke(program.id, 'test')
    expect((await comeBack(callback, begun.browser)).status).toBe(410)
    expect(await database.db.selectFrom('grants').select('id').execute()).toEqual([])
    expect((await ask('POST /v1/connect-sessions/preview', { body: { token: session.token } })).status).toBe(410)
    expect(await status(session, admin)).toMatchObject({ status: 'canceled' })
  })
})

describe('a return URL', () => {
  it('must be in the list', async () => {
    const body = { cloudProviderId: provider, displayName: 'Shop' }
    for (const returnUrl of [
      'https://evil.example/done',
      'https://shop.example.evil.example/done',
      'https://shop.example/done/more',
      'https://shop.example@evil.example/done',
      'javascript:alert(1)//shop.example/done',
      'http://shop.example/done',
    ]) {
      const answer = await ask('POST /v1/connect-sessions', { as: shop, body: { ...body, returnUrl } })
      expect(answer).toMatchObject({ status: 422, body: { code: 'connect_sessions.return_url_not_allowed' } })
    }
  })

  it('is no longer used once it is removed from the list', async () => {
    const { body } = await ask('POST /v1/return-urls', {
      ...{ as: admin, body: { url: 'https://other.example/', match: 'prefix' } },
    })
    const session = await create({ returnUrl: 'https://other.example/a?b=c' })
    const { body: left } = await ask('POST /v1/connect-sessions/leave', { body: { token: session.token } })
    const { url } = await verify((left as { url: string }).url, session, (body as { secret: string }).secret)
    expect(url).toBe('https://other.example/a?b=c')
    expect((await ask(`DELETE /v1/return-urls/${(body as { id: string }).id}`, { as: admin })).status).toBe(204)
    const after = await ask('POST /v1/connect-sessions/leave', { body: { token: session.token } })
    expect(after.body).toEqual({})
    const preview = await ask('POST /v1/connect-sessions/preview', { body: { token: session.token } })
    expect(preview.status).toBe(200)
    expect(preview.text).not.toContain('other.example')
    const page = await walk(await begin(session), BEN)
    expect(page.status).toBe(200)
    expect(page.text).not.toContain('other.example')
    await removeAccounts()
  })

  it('can be added by admins in person only, and its secret is shown once', async () => {
    for (const url of ['http://shop.example/', 'https://a:b@shop.example/', 'https://shop.example/#x', 'nonsense']) {
      const answer = await ask('POST /v1/return-urls', { as: admin, body: { url } })
      expect(answer).toMatchObject({ status: 422, body: { code: 'connect_sessions.return_url_invalid' } })
    }
    const { text } = await ask('GET /v1/return-urls', { as: admin })
    expect(text).toContain(DONE)
    expect(text).not.toContain('rsec_')
    const stored = await database.db.selectFrom('return_url_secrets').selectAll().execute()
    expect(JSON.stringify(stored.map(({ sealed }) => sealed.toString('latin1')))).not.toContain(secret)
  })
})

describe('a signed result', () => {
  it('is refused when it is changed, signed by another secret, of another session, or old', async () => {
    const [session, other] = [await create(), await create()]
    const { body } = await ask('POST /v1/connect-sessions/leave', { body: { token: session.token } })
    const location = (body as { url: string }).url
    const { token, payload } = await verify(location, session)
    expect(payload).toMatchObject({ status: 'open', state: 'order-1' })

    const [head, data, signature] = token.split('.') as [string, string, string]
    const forged = Buffer.from(JSON.stringify({ ...payload, status: 'completed' })).toString('base64url')
    const at = (text: string) => `${DONE}?postkey_result=${text}`
    await expect(verify(at(`${head}.${forged}.${signature}`), session)).rejects.toThrow('signature')
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    await expect(verify(at(`${none}.${forged}.`), session)).rejects.toThrow()
    const guess = createHmac('sha256', 'guess').update(`${head}.${data}`).digest('base64url')
    await expect(verify(at(`${head}.${data}.${guess}`), session)).rejects.toThrow('signature')
    await expect(verify(location, other)).rejects.toThrow('sub')
    clock.advance(16 * 60_000)
    await expect(verify(location, session)).rejects.toThrow('exp')
    clock.advance(-16 * 60_000)
  })
})

describe('the sign-in of a session', () => {
  it('is bound to its browser, once, and a foreign state changes no session', async () => {
    const session = await create()
    const begun = await begin(session)
    const callback = await atMicrosoft(begun, BEN)
    const stranger = await begin(await create())
    for (const browser of [{}, stranger.browser]) {
      const page = await comeBack(callback, browser)
      expect(page.status).toBe(409)
      expect(read(page).said).toContain('started in another browser')
      // No result for a browser that didn't begin: it would prove a session that isn't its own.
      expect(page.text).not.toContain('postkey_result')
    }
    expect(await status(session)).toMatchObject({ status: 'open' })
    expect((await comeBack(callback, begun.browser)).status).toBe(302)
    const made = await comeBack(new URL('http://localhost/oauth/callback?state=made-up&code=x'), begun.browser)
    expect(made.status).toBe(409)
    await removeAccounts()
  })

  it('begins only at its own routes', async () => {
    const session = await create()
    for (const at of ['preview', 'begin', 'begin-device']) {
      const answer = await ask(`POST /v1/sign-in-links/${at}`, { body: { token: session.token } })
      expect(answer).toMatchObject({ status: 410, body: { code: 'tokens.sign_in_link_over' } })
    }
    expect((await ask(`DELETE /v1/sign-in-links/${session.id}`, { as: admin })).status).toBe(204)
    expect(await status(session)).toMatchObject({ status: 'open' })
    expect((await ask('POST /v1/connect-sessions/preview', { body: { token: session.token } })).status).toBe(200)
    expect((await ask('GET /v1/sign-in-links', { as: admin })).text).not.toContain(session.id)
    const link = await ask('POST /v1/sign-in-links', {
      as: admin,
      body: { cloudProviderId: provider, kind: 'sign-in', requestedAddress: SUPPORT },
    })
    const token = new URL((link.body as { url: string }).url).hash.slice(1)
    expect((await ask('POST /v1/connect-sessions/preview', { body: { token } })).status).toBe(410)
  })

  it('leaves no token in database, log and list', async () => {
    const session = await create()
    const { rows } = await database.pool.query<{ row: string }>(
      `SELECT row_to_json(connect_sessions)::text || row_to_json(sign_in_links) AS row
       FROM connect_sessions JOIN sign_in_links USING (id)`,
    )
    expect(rows.map(({ row }) => row).join()).toContain(session.id)
    expect(rows.map(({ row }) => row).join()).not.toContain(session.token)
    expect((await ask('GET /v1/connect-sessions', { as: shop })).text).not.toContain(session.token)
  })
})

describe('a key with connect', () => {
  it('sees and cancels its own sessions only, and an admin all', async () => {
    const foreign = await key(['connect'])
    const session = await create()
    for (const at of [`GET /v1/connect-sessions/${session.id}`, `DELETE /v1/connect-sessions/${session.id}`]) {
      const answer = await ask(at, { as: foreign })
      const missing = await ask(at.replace(session.id, newId()), { as: foreign })
      expect(answer).toMatchObject({ status: 404, body: { code: 'connect_sessions.not_found' } })
      expect(missing).toMatchObject({ status: 404, body: { code: 'connect_sessions.not_found' } })
    }
    expect((await ask('GET /v1/connect-sessions', { as: foreign })).body).toEqual({ sessions: [] })
    expect(await status(session, admin)).toMatchObject({ id: session.id })
    expect((await ask(`DELETE /v1/connect-sessions/${session.id}`, { as: admin })).status).toBe(204)
  })

  it('reads neither mail nor settings, and the refusal names the missing scope', async () => {
    for (const [at, scope] of [
      ['GET /v1/conversations', 'mail:read'],
      ['GET /v1/email-accounts', 'mail:read'],
      ['GET /v1/events', 'mail:read'],
      ['GET /v1/return-urls', 'admin:read'],
      ['GET /v1/cloud-providers', 'admin:read'],
    ] as const) {
      const answer = await ask(at, { as: shop })
      expect(answer).toMatchObject({
        status: 403,
        body: { code: 'http.scope_missing', detail: `Missing scope: ${scope}.` },
      })
    }
    const other = await ask('GET /v1/connect-sessions', { as: await key(['mail:read', 'admin:read', 'admin:write']) })
    expect(other).toMatchObject({ status: 403, body: { detail: 'Missing scope: connect.' } })
    const agent = await person('agent')
    expect((await ask('GET /v1/connect-sessions', { as: agent })).status).toBe(403)
  })

  it('creates one session per Idempotency-Key, with the same address', async () => {
    const headers = { 'idempotency-key': 'order-1' }
    const [first, second] = await Promise.all([create({}, shop, headers), create({}, shop, headers)])
    expect(second).toEqual(first)
    expect((await create({}, await key(['connect']), headers)).id).not.toBe(first.id)
    const body = { cloudProviderId: provider, displayName: 'Another' }
    const changed = await ask('POST /v1/connect-sessions', { as: shop, body, headers })
    expect(changed).toMatchObject({ status: 422, body: { code: 'connect_sessions.key_reused' } })
    await ask(`DELETE /v1/connect-sessions/${first.id}`, { as: shop })
    const over = await ask('POST /v1/connect-sessions', {
      ...{ as: shop, headers },
      body: { cloudProviderId: provider, displayName: 'Shop', returnUrl: DONE, state: 'order-1' },
    })
    expect(over).toMatchObject({ status: 201, body: { id: first.id, status: 'canceled' } })
    expect(over.body).not.toHaveProperty('url')
  })

  it('needs an address for a shared mailbox, a known provider and a PNG', async () => {
    const refused = async (body: object) => {
      const all = { cloudProviderId: provider, displayName: 'Shop', ...body }
      const answer = await ask('POST /v1/connect-sessions', { as: shop, body: all })
      return [answer.status, (answer.body as { code: string }).code]
    }
    expect(await refused({ kind: 'shared' })).toEqual([422, 'connect_sessions.address_missing'])
    expect(await refused({ cloudProviderId: newId() })).toEqual([404, 'cloud_providers.not_found'])
    expect(await refused({ logo: Buffer.from('<svg/>').toString('base64') })).toEqual([
      422,
      'connect_sessions.logo_invalid',
    ])
    expect(await refused({ displayName: 'a\u202Eb' })).toEqual([400, 'http.invalid_request'])
  })

  it('lists its sessions in pages, newest first', async () => {
    const program = await key(['connect'])
    const ids = [await create({}, program), await create({}, program), await create({}, program)].map(({ id }) => id)
    const page = async (query: string) =>
      (await ask(`GET /v1/connect-sessions?limit=2${query}`, { as: program })).body as {
        sessions: ConnectSessionOfTest[]
        next?: string
      }
    const first = await page('')
    expect(first.sessions.map(({ id }) => id)).toEqual([ids[2], ids[1]])
    const last = await page(`&before=${first.next ?? ''}`)
    expect(last.sessions.map(({ id }) => id)).toEqual([ids[0]])
    expect(last.next).toBeUndefined()
  })
})
