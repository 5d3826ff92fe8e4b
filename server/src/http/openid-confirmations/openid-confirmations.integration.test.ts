/** Freshness of sessions that were opened or confirmed at a provider. */
import { beforeAll, describe, expect, it } from 'vitest'
import { createOpenIdStage } from '../../../test/http/openid-stage.ts'
import type { ShownBy } from '../../../test/kit/index.ts'

const { ask, database, clock, oidc, id, admin, change, addUser, walk, comeBack, signIn, link, person, rooms } =
  await createOpenIdStage()
const MINUTE_MS = 60_000
/** The person of the account, signed in by a password. */
const owner = await person('admin')
const CONFIRM = 'POST /v1/openid-confirmations'

beforeAll(async () => {
  for (const sub of ['ada', 'other']) addUser(sub)
  await link('ada', owner)
})

/** A sensitive action, refused before its body is read. */
const isFresh = async (as: ShownBy) => (await ask('POST /v1/invitations', { as, body: {} })).status !== 403
const age = () => database.pool.query(`UPDATE sessions SET fresh_at = now() - interval '11 minutes'`)
const authenticated = (sub: string, agoMs: number) => {
  oidc.users.get(sub)!.authenticatedAt = new Date(clock.now().getTime() - agoMs)
}

async function signedIn(): Promise<ShownBy> {
  const { code, cookie } = await signIn('ada')
  expect(code).toBeUndefined()
  return { cookie }
}

describe('a session that is opened at a provider', () => {
  it('is fresh if the user has authenticated in the last minutes, and never longer', async () => {
    delete oidc.users.get('ada')!.authenticatedAt
    expect(await isFresh(await signedIn())).toBe(true)
    authenticated('ada', 9 * MINUTE_MS)
    const almost = await signedIn()
    expect(await isFresh(almost)).toBe(true)
    await database.pool.query(`UPDATE sessions SET fresh_at = fresh_at - interval '2 minutes'`)
    expect(await isFresh(almost)).toBe(false)
    authenticated('ada', 11 * MINUTE_MS)
    expect(await isFresh(await signedIn())).toBe(false)
  })

  it('isn’t fresh if the provider doesn’t say when', async () => {
    delete oidc.users.get('ada')!.authenticatedAt
    const { url, browser } = await walk('ada')
    expect(url.searchParams.get('max_age')).toBe(String(30 * 24 * 60 * 60))
    url.searchParams.delete('max_age')
    const { cookie } = await comeBack(await oidc.signIn(url.href, 'ada'), browser)
    expect((await ask('GET /v1/session', { as: { cookie } })).status).toBe(200)
    expect(await isFresh({ cookie })).toBe(false)
  })
})

describe('a confirmation at a provider', () => {
  it('asks for a new sign-in, returns to the page, and makes this session fresh', async () => {
    delete oidc.users.get('ada')!.authenticatedAt
    const as = await signedIn()
    await age()
    expect((await ask('GET /v1/openid-confirmations', { as })).body).toEqual({
      identityProviders: [{ id, name: 'Contoso login', kind: 'openid' }],
    })
    const { url, redirect, browser } = await walk('ada', { at: CONFIRM, as, body: { returnTo: '/people#row' } })
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ prompt: 'login', max_age: '0' })
    const { answer } = await comeBack(redirect, browser)
    expect([answer.status, answer.headers.location]).toEqual([302, 'http://localhost:8400/people#row'])
    expect(await isFresh(as)).toBe(true)
    expect(await isFresh(admin)).toBe(false)
    const [entry] = await rooms.people.audit.list({ actions: ['session.confirmed'], limit: 1 })
    expect(entry).toMatchObject({ actor: `person:${owner.id}`, detail: { method: 'openid', address: '127.0.0.1' } })
  })

  it('makes the session as fresh as the authentication, within the difference of clocks', async () => {
    const as = await signedIn()
    await age()
    const { url, browser } = await walk('ada', { at: CONFIRM, as })
    url.searchParams.delete('prompt')
    url.searchParams.set('max_age', '86400')
    authenticated('ada', 4 * MINUTE_MS)
    expect((await comeBack(await oidc.signIn(url.href, 'ada'), browser)).code).toBeUndefined()
    delete oidc.users.get('ada')!.authenticatedAt
    expect(await isFresh(as)).toBe(true)
    await database.pool.query(`UPDATE sessions SET fresh_at = fresh_at - interval '7 minutes'`)
    expect(await isFresh(as)).toBe(false)
  })

  it('follows the claim that admitted the person', async () => {
    addUser('ines', ['mail-agents'])
    const { cookie } = await (async () => {
      await database.pool.query('UPDATE sessions SET fresh_at = now()')
      await change({ admission: { kind: 'claim', claim: 'groups', adminValues: [], agentValues: ['mail-agents'] } })
      return signIn('ines')
    })()
    addUser('ines', [])
    expect((await signIn('ines', { at: CONFIRM, as: { cookie } })).code).toBe('identity_providers.unknown_person')
    expect((await ask('GET /v1/session', { as: { cookie } })).status).toBe(401)
    await change({ admission: { kind: 'invited' } })
  })

  it('is refused for another account, also one of another person', async () => {
    const as = await signedIn()
    await age()
    await link('other', await person('agent'))
    await age()
    expect((await signIn('other', { at: CONFIRM, as })).code).toBe('identity_providers.other_person')
    addUser('stranger')
    expect((await signIn('stranger', { at: CONFIRM, as })).code).toBe('identity_providers.other_person')
    expect(await isFresh(as)).toBe(false)
  })

  it('is refused if the provider asked for no new sign-in, or doesn’t say', async () => {
    const as = await signedIn()
    await age()
    for (const [maxAge, code] of [
      ['86400', 'identity_providers.not_fresh'],
      [undefined, 'identity_providers.auth_time_missing'],
    ] as const) {
      const { url, browser } = await walk('ada', { at: CONFIRM, as })
      url.searchParams.delete('prompt')
      url.searchParams.delete('max_age')
      if (maxAge !== undefined) url.searchParams.set('max_age', maxAge)
      authenticated('ada', 6 * MINUTE_MS)
      const back = await comeBack(await oidc.signIn(url.href, 'ada'), browser)
      expect(back.code).toBe(code)
      delete oidc.users.get('ada')!.authenticatedAt
    }
    expect(await isFresh(as)).toBe(false)
  })

  it('belongs to the session that began it', async () => {
    const [as, elsewhere] = [await signedIn(), await signedIn()]
    await age()
    const { redirect, browser } = await walk('ada', { at: CONFIRM, as })
    const { body } = await ask('DELETE /v1/sessions', { as: elsewhere })
    expect(body).toMatchObject({ ended: expect.any(Number) as number })
    expect((await comeBack(redirect, browser)).code).toBe('identity_providers.session_ended')
  })

  it('is offered only for enabled providers with a link', async () => {
    await database.pool.query('UPDATE sessions SET fresh_at = now()')
    const as = await person('agent')
    addUser('late')
    await link('late', as)
    await change({ isEnabled: false })
    expect((await ask('GET /v1/openid-confirmations', { as })).body).toEqual({ identityProviders: [] })
    await change({ isEnabled: true })
    expect((await ask('GET /v1/openid-confirmations', { as: await person('agent') })).body).toEqual({
      identityProviders: [],
    })
  })
})
