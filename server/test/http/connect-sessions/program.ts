/** A program with a key that may connect, its return URL, and the steps of the owners of mailboxes. */
import { jwtVerify } from 'jose'
import { expect } from 'vitest'
import type { ApiKeyId } from '../../../src/kernel/ids.ts'
import type { ApiKeyScope } from '../../../src/people/index.ts'
import { type Begun, createConnectingStage, readCookie, type ShownBy } from '../../kit/index.ts'

export const BEN = 'ben@contoso.example'
export const ANNA = 'anna@contoso.example'
export const SUPPORT = 'support@contoso.example'
export const DONE = 'https://shop.example/done'

export interface ConnectSessionOfTest {
  id: string
  url: string
  token: string
  status: string
  reason?: { code: string }
  isFinal: boolean
  emailAccountId?: string
  userName?: string
}

export async function createConnectingProgram() {
  const stage = await createConnectingStage()
  const { ask, rooms, database, clock, admin, newCloudProvider } = stage
  const provider = await newCloudProvider()
  const added = await ask('POST /v1/return-urls', { as: admin, body: { url: DONE } })
  expect(added.status, added.text).toBe(201)
  const { secret } = added.body as { secret: string }
  const shop = await key(['connect'])

  async function key(scopes: readonly ApiKeyScope[]): Promise<ShownBy & { id: ApiKeyId }> {
    const created = await rooms.people.apiKeys.create({ name: 'Shop', scopes, emailAccountIds: 'all' }, admin.id)
    return { id: created.id, authorization: `Bearer ${created.key.reveal()}` }
  }

  async function create(
    more: object = {},
    as: ShownBy = shop,
    headers: Record<string, string> = {},
  ): Promise<ConnectSessionOfTest> {
    const body = { cloudProviderId: provider, displayName: 'Shop', returnUrl: DONE, state: 'order-1', ...more }
    const answer = await ask('POST /v1/connect-sessions', { as, body, headers })
    expect(answer.status, answer.text).toBe(201)
    const session = answer.body as ConnectSessionOfTest
    return { ...session, token: new URL(session.url).hash.slice(1) }
  }

  async function begin({ token }: Pick<ConnectSessionOfTest, 'token'>): Promise<Begun> {
    const answer = await ask('POST /v1/connect-sessions/begin', { body: { token } })
    expect(answer.status, answer.text).toBe(201)
    return { url: (answer.body as { url: string }).url, browser: { cookie: readCookie(answer) } }
  }

  async function status({ id }: { id: string }, as: ShownBy = shop): Promise<ConnectSessionOfTest> {
    const { body } = await ask(`GET /v1/connect-sessions/${id}`, { as })
    return body as ConnectSessionOfTest
  }

  /** Verifies a result as a program does, with the library. */
  async function verify(location: unknown, of: { id: string }, by = secret) {
    const url = new URL(String(location))
    const token = url.searchParams.get('postkey_result') ?? ''
    url.searchParams.delete('postkey_result')
    const { payload, protectedHeader } = await jwtVerify(token, Buffer.from(by), {
      ...{ algorithms: ['HS256'], issuer: 'http://localhost:8400', audience: url.origin },
      ...{ subject: of.id, currentDate: clock.now(), requiredClaims: ['iat', 'exp', 'jti'] },
    })
    return { payload, protectedHeader, url: url.href, token }
  }

  async function eventsOf({ id }: { id: string }) {
    const { events } = await rooms.events.list({ emailAccountIds: 'all', subjectId: id, limit: 500 })
    return events.filter(({ kind }) => kind.startsWith('connect_session.'))
  }

  async function audited({ id }: { id: string }): Promise<string[]> {
    const entries = await rooms.people.audit.list({ limit: 500 })
    return entries.flatMap(({ subject, actor, action }) => (subject === id ? `${actor} ${action}` : [])).reverse()
  }

  async function removeAccounts(): Promise<void> {
    await database.db.deleteFrom('connect_sessions').execute()
    for (const { id } of await rooms.emailAccounts.list()) await rooms.emailAccounts.remove(id, 'test')
    await database.db.deleteFrom('grants').execute()
  }

  return {
    ...stage,
    ...{ provider, secret, shop, key, create, status, verify, eventsOf, audited, removeAccounts },
    /** Begins the sign-in of a session in a new browser. */
    begin,
  }
}
