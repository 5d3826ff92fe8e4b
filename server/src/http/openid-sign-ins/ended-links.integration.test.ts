/** Links and providers that end while people use them, with npm `oidc-provider`. */
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOpenIdStage } from '../../../test/http/openid-stage.ts'
import { storeLinkedIdentity, WAIT, type ShownBy } from '../../../test/kit/index.ts'
import type { IdentityProviderId } from '../../kernel/ids.ts'

const { ask, person, rooms, database, id, admin, change, addUser, walk, comeBack, signIn, link } =
  await createOpenIdStage()
const { people, linkedIdentities } = rooms
const ada = await person('agent')

beforeAll(() => addUser('ada'))
beforeEach(async () => {
  vi.restoreAllMocks()
  await change({ isEnabled: true })
  expect((await link('ada', ada)).code).toBeUndefined()
})

const isSignedIn = async (as: ShownBy) => (await ask('GET /v1/session', { as })).status === 200
const detailsOf = async (subject: string, action: string) =>
  (await people.audit.list({ subject, actions: [action], limit: 10 })).map(({ detail }) => detail)

async function unlink(): Promise<void> {
  const [linked] = await linkedIdentities.list(ada.id)
  await linkedIdentities.unlink({
    personId: ada.id,
    id: linked!.id,
    actor: 'test',
    exceptSession: await sessionOf(ada),
  })
}

async function sessionOf({ cookie }: ShownBy): Promise<string> {
  return (await people.sessions.find(cookie))!.session.id
}

/** Runs `work` between the answer of the provider and the session. */
function beforeSession(work: () => Promise<void>): void {
  const open = people.sessions.open.bind(people.sessions)
  vi.spyOn(people.sessions, 'open').mockImplementationOnce(async (...given) => {
    await work()
    return open(...given)
  })
}

describe('a sign-in', () => {
  it('opens no session if its link is removed meanwhile', async () => {
    beforeSession(unlink)
    expect((await signIn('ada')).code).toBe('identity_providers.unknown_person')
  })

  it('opens no session if its provider is disabled meanwhile', async () => {
    beforeSession(() => change({ isEnabled: false }))
    expect((await signIn('ada')).code).toBe('identity_providers.not_found')
  })

  it('notes an unknown account for fail2ban, but no canceled sign-in', async () => {
    const note = vi.spyOn(people, 'noteRefusedAccess')
    addUser('stranger')
    expect((await signIn('stranger')).code).toBe('identity_providers.unknown_person')
    const reason = 'identity_providers.unknown_person'
    expect(note.mock.calls).toEqual([[{ clientAddress: '127.0.0.1', method: 'openid', reason }]])
    const { redirect, browser } = await walk('ada')
    redirect.searchParams.delete('code')
    redirect.searchParams.set('error', 'access_denied')
    expect((await comeBack(redirect, browser)).code).toBe('identity_providers.sign_in_declined')
    expect(note).toHaveBeenCalledTimes(1)
  })
})

describe('a link', () => {
  it('asks for the account, and records address and device', async () => {
    await unlink()
    const at = { at: 'POST /v1/linked-sign-ins', as: { cookie: ada.cookie! } }
    const { url, redirect, browser } = await walk('ada', at)
    expect(url.searchParams.get('prompt')).toBe('login')
    expect((await comeBack(redirect, browser)).code).toBeUndefined()
    const origin = { address: '127.0.0.1', device: '' }
    expect(await detailsOf(ada.id, 'identity.linked')).toContainEqual(
      expect.objectContaining({ ...origin, userName: 'ada@contoso.example', by: 'person' }),
    )
    const [linked] = await linkedIdentities.list(ada.id)
    expect((await ask(`DELETE /v1/linked-sign-ins/${linked!.id}`, { as: ada })).status).toBe(204)
    expect(await detailsOf(ada.id, 'identity.unlinked')).toContainEqual(expect.objectContaining(origin))
  })

  it('locks its person before the session, as an end of sessions does', async () => {
    const sessionId = await sessionOf(await signIn('ada'))
    const { ended } = await database.transaction(async (tx) => {
      expect(await people.sessions.hold(tx, ada.id, sessionId)).toBe(true)
      const ended = people.sessions.endAll(ada.id, 'test', { except: await sessionOf(ada) })
      await vi.waitUntil(async () => (await waiting()) >= 1, WAIT)
      // A deadlock if the end had locked the person already.
      await people.people.lock(tx, ada.id)
      return { ended }
    })
    expect(await ended).toBeGreaterThan(0)
  })
})

async function waiting(): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(
    `SELECT count(*)::integer AS n FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0]!.n
}

describe('the sessions that a provider has opened', () => {
  it('end when it is disabled, except the one that disables it', async () => {
    addUser('boss')
    await link('boss', admin)
    const [own, elsewhere, byProvider] = [await signIn('boss'), await signIn('boss'), await signIn('ada')]
    const disabled = await ask(`PATCH /v1/identity-providers/${id}`, { as: own, body: { isEnabled: false } })
    expect(disabled.status, disabled.text).toBe(200)
    expect(await Promise.all([own, ada, admin].map(isSignedIn))).toEqual([true, true, true])
    expect(await Promise.all([elsewhere, byProvider].map(isSignedIn))).toEqual([false, false])
    expect(await detailsOf(ada.id, 'session.ended')).toContainEqual(
      expect.objectContaining({ reason: 'provider-disabled', sessions: 1 }),
    )
  })

  it('end when it is disabled, and those that another provider has opened do not', async () => {
    const identityProviderId = (await storeLinkedIdentity(database, ada.id)) as IdentityProviderId
    const proof = { method: 'openid', identityProviderId } as const
    const { setCookies } = await people.sessions.open(ada.id, proof, { clientAddress: '192.0.2.7' })
    const byOther = { cookie: setCookies.map((line) => line.split(';')[0]).join('; ') }
    const byProvider = await signIn('ada')
    expect(await Promise.all([byProvider, byOther].map(isSignedIn))).toEqual([true, true])
    await change({ isEnabled: false })
    expect(await Promise.all([byProvider, byOther].map(isSignedIn))).toEqual([false, true])
  })

  /** A session of a person who has removed the link in it. */
  async function signInAndUnlink(name: string) {
    const one = await person('agent')
    addUser(name)
    expect((await link(name, one)).code).toBeUndefined()
    const session = await signIn(name)
    const [linked] = await linkedIdentities.list(one.id)
    expect((await ask(`DELETE /v1/linked-sign-ins/${linked!.id}`, { as: session })).status).toBe(204)
    expect(await isSignedIn(session)).toBe(true)
    return session
  }

  it('end when it is disabled, also if the link of their person was removed', async () => {
    const session = await signInAndUnlink('eve')
    await change({ isEnabled: false })
    expect(await isSignedIn(session)).toBe(false)
  })

  it('end when it is removed, also if the link of their person was removed before', async () => {
    const unlinked = await signInAndUnlink('mia')
    const byProvider = await signIn('ada')
    expect((await ask(`DELETE /v1/identity-providers/${id}`, { as: admin })).status).toBe(204)
    expect(await Promise.all([byProvider, unlinked, ada].map(isSignedIn))).toEqual([false, false, true])
    expect(await detailsOf(ada.id, 'session.ended')).toContainEqual(
      expect.objectContaining({ reason: 'provider-removed', sessions: 1 }),
    )
    expect(await detailsOf(id, 'identity_provider.removed')).toEqual([{ name: 'Contoso login', people: 2 }])
  })
})
