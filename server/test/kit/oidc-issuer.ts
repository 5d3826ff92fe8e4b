/** An OpenID Connect provider written by others (npm `oidc-provider`), with users who sign in without pages. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import OidcProvider from 'oidc-provider'
import { afterAll } from 'vitest'

const MOST_REDIRECTS = 10

export interface OidcUser {
  sub: string
  name: string
  email: string
  email_verified: boolean
  groups?: readonly string[]
  /** Time of the authentication, if the user has authenticated before. */
  authenticatedAt?: Date
}

export interface OidcIssuer {
  issuer: string
  clientId: string
  clientSecret: string
  /** Users by `sub`; changes take effect at the next sign-in. */
  users: Map<string, OidcUser>
  /** Number of requests to the token endpoint: each may have carried a code. */
  tokenRequests(): number
  /** Signs a user in, in a browser of their own, and returns the redirect to the client. */
  signIn(url: string, sub: string): Promise<URL>
}

export async function startOidcIssuer(...redirectUris: string[]): Promise<OidcIssuer> {
  const users = new Map<string, OidcUser>()
  const [clientId, clientSecret] = ['postkey', randomBytes(24).toString('base64url')]
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  let signingIn = ''
  let tokenRequests = 0
  const provider: OidcProvider = new OidcProvider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris }],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    // With its own default times, the provider prints a notice for each.
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_ctx: unknown, sub: string) =>
      users.has(sub) ? { accountId: sub, claims: () => ({ ...users.get(sub) }) } : undefined,
    async loadExistingGrant({ oidc }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
  })
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (request.url === '/token') tokenRequests++
    const isInteraction = request.url?.startsWith('/interaction/') === true
    const { authenticatedAt } = users.get(signingIn) ?? {}
    const ts = authenticatedAt && Math.floor(authenticatedAt.getTime() / 1000)
    const done = isInteraction
      ? provider.interactionFinished(request, response, { login: { accountId: signingIn, ...(ts && { ts }) } })
      : answer(request, response)
    done.catch((error: unknown) => response.destroy(error as Error))
  })
  afterAll(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })

  async function signIn(start: string, sub: string): Promise<URL> {
    signingIn = sub
    const cookies = new Map<string, string>()
    let url = new URL(start)
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects++) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        cookies.set(name, value)
      }
      const location = response.headers.get('location')
      if (location === null) throw new Error(`${url.href} answered ${response.status}: ${await response.text()}`)
      url = new URL(location, url)
      if (url.origin !== issuer) return url
    }
    throw new Error(`still no answer after ${MOST_REDIRECTS} redirects`)
  }

  return { issuer, clientId, clientSecret, users, tokenRequests: () => tokenRequests, signIn }
}
