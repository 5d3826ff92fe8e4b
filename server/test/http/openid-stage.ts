/** All rooms behind HTTP, with npm `oidc-provider` as an enabled provider of the sign-in to Postkey. */
import { expect } from 'vitest'
import { type IdentityProviderId, newId } from '../../src/kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  readCookie,
  type ShownBy,
  startOidcIssuer,
  testDatabase,
} from '../kit/index.ts'

/** A request that begins a sign-in, and the browser that sends it. */
export interface BegunAs {
  at: string
  as: ShownBy
  body?: object
}

const SIGN_IN: BegunAs = { at: 'POST /v1/openid-sign-ins', as: {} }

export async function createOpenIdStage() {
  const database = await testDatabase()
  const clock = createTestClock(new Date())
  const app = await createTestApp(database, clock, {
    network: { allowPrivate: (origin) => new URL(origin).hostname === 'localhost' },
    sessionClock: clock,
  })
  const { ask, person, publicUrl } = app
  const id = newId<IdentityProviderId>()
  const redirectUri = `${publicUrl.origin}/sign-in/callback/${id}`
  const oidc = await startOidcIssuer(redirectUri)
  const { issuer, clientId, clientSecret } = oidc
  const admin = await person('admin')
  const body = { id, name: 'Contoso login', client: { issuer, clientId, clientSecret } }
  const created = await ask('POST /v1/identity-providers', { as: admin, body })
  expect(created.body, created.text).toMatchObject({ redirectUri })
  await change({ isEnabled: true })

  async function change(changes: object): Promise<void> {
    const answer = await ask(`PATCH /v1/identity-providers/${id}`, { as: admin, body: changes })
    expect(answer.status, answer.text).toBe(200)
  }

  function addUser(sub: string, groups: readonly string[] = [], isVerified = true): void {
    const user = { sub, name: `User ${sub}`, email: `${sub}@contoso.example`, email_verified: isVerified, groups }
    oidc.users.set(sub, user)
  }

  /** Begins a sign-in and signs the user in at the provider. Returns the redirect, with the browser that began. */
  async function walk(sub: string, { at, as, body: more }: BegunAs = SIGN_IN) {
    const begun = await ask(at, { as, body: { identityProviderId: id, ...more } })
    expect(begun.status, begun.text).toBe(201)
    const { url } = begun.body as { url: string }
    const cookie = [as.cookie, readCookie(begun)].filter(Boolean).join('; ')
    return { url: new URL(url), redirect: await oidc.signIn(url, sub), browser: { cookie } }
  }

  async function comeBack({ pathname, search }: URL, browser: ShownBy) {
    const answer = await ask(`GET ${pathname}${search}`, { as: browser })
    return { answer, code: /<dd>(\w+\.\w+)<\/dd>/.exec(answer.text)?.[1], cookie: readCookie(answer) }
  }

  async function signIn(sub: string, begun: BegunAs = SIGN_IN) {
    const { redirect, browser } = await walk(sub, begun)
    const { code, cookie } = await comeBack(redirect, browser)
    const session = await ask('GET /v1/session', { as: { cookie } })
    return { code, cookie, person: session.body as { id?: string; email?: string; role?: string } }
  }

  /** Links an account to a person, in their session. */
  const link = (sub: string, { cookie }: ShownBy) =>
    signIn(sub, { at: 'POST /v1/linked-sign-ins', as: { cookie: cookie! } })

  return { ...app, database, clock, id, oidc, admin, change, addUser, walk, comeBack, signIn, link }
}
