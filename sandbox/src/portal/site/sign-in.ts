/**
 * Client of Entra ID for the portal's sign-in: authorization code with PKCE, as a public client, with a verified ID
 * token.
 *
 * @see RFC 9700, OpenID Connect Core 1.0 §3.1
 */
import { createHash, randomBytes } from 'node:crypto'
import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose'
import type { Clock } from '../../kernel/clock.ts'
import type { Settings } from '../../kernel/settings.ts'
import { type Directory, FIRST_PARTY, type User } from '../../tenants/index.ts'

export const CALLBACK_PATH = '/signin-oidc'

const CLIENT_ID = FIRST_PARTY.azurePortal
const PENDING_LIFETIME_MS = 60 * 60 * 1000
const MAX_PENDING = 1000

/** A failed sign-in, with a message for the page. */
export class SignInFault extends Error {
  override readonly name = 'SignInFault'
}

export interface SignIn {
  /** Address for the browser's redirect. `browser` binds the sign-in to the browser that began it. */
  begin(options: {
    browser: string
    tenant?: string | undefined
    returnTo?: string | undefined
    hint?: string | undefined
    prompt?: 'select_account' | undefined
  }): string
  /** Redeems the response; throws {@link SignInFault}. */
  complete(browser: string | undefined, answer: URLSearchParams): Promise<{ person: User; returnTo: string }>
  /** Address at which the sign-out continues. */
  signOutUrl(person: User): string
}

export interface SignInDeps {
  clock: Clock
  directory: Directory
  settings: Settings
  /** Sends the portal's own requests to Entra ID. */
  fetch?: typeof globalThis.fetch | undefined
}

interface Pending {
  browser: string
  tenant: string
  nonce: string
  codeVerifier: string
  returnTo: string
  beganAt: number
}

export function createSignIn({ clock, directory, settings, fetch = globalThis.fetch }: SignInDeps): SignIn {
  const { named, listening } = settings
  const redirectUri = named.portal + CALLBACK_PATH
  const pending = new Map<string, Pending>()
  const keys = createRemoteJWKSet(new URL(`${listening.login}/common/discovery/v2.0/keys`), { [customFetch]: fetch })

  async function redeem(code: string, { tenant, codeVerifier }: Pending): Promise<string> {
    const response = await fetch(`${listening.login}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        client_id: CLIENT_ID,
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
        scope: 'openid profile',
      }).toString(),
    }).catch((cause: unknown) => {
      throw new SignInFault('Entra ID did not answer.', { cause })
    })
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
    if (typeof answer['id_token'] === 'string') return answer['id_token']
    const description = answer['error_description']
    throw new SignInFault(typeof description === 'string' ? description : `Entra ID answered ${response.status}.`)
  }

  async function verify(idToken: string, { nonce }: Pending): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(idToken, keys, {
        audience: CLIENT_ID,
        algorithms: ['RS256'],
        currentDate: clock.now(),
        requiredClaims: ['iss', 'tid', 'oid', 'exp', 'nonce'],
      })
      if (payload['nonce'] !== nonce) throw new TypeError('the nonce is another')
      // `common` and `organizations` have no issuer; tokens carry that of their tenant.
      if (payload.iss !== `${named.login}/${String(payload['tid'])}/v2.0`) throw new TypeError('the issuer is another')
      return payload
    } catch (cause) {
      throw new SignInFault('The ID token of Entra ID was not accepted.', { cause })
    }
  }

  return {
    begin({ browser, tenant = 'organizations', returnTo, hint, prompt }) {
      const oldest = pending.keys().next().value
      if (pending.size >= MAX_PENDING && oldest !== undefined) pending.delete(oldest)
      const state = randomText()
      const began: Pending = {
        browser,
        tenant,
        nonce: randomText(),
        codeVerifier: randomText(),
        returnTo: localPath(returnTo),
        beganAt: clock.now().getTime(),
      }
      pending.set(state, began)
      const query = new URLSearchParams({
        client_id: CLIENT_ID,
        response_type: 'code',
        response_mode: 'query',
        redirect_uri: redirectUri,
        scope: 'openid profile',
        state,
        nonce: began.nonce,
        code_challenge: createHash('sha256').update(began.codeVerifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...(hint === undefined ? {} : { login_hint: hint }),
        ...(prompt === undefined ? {} : { prompt }),
      })
      return `${named.login}/${encodeURIComponent(tenant)}/oauth2/v2.0/authorize?${query.toString()}`
    },

    async complete(browser, answer) {
      const state = answer.get('state') ?? ''
      const began = pending.get(state)
      pending.delete(state)
      if (!began || began.browser !== browser || clock.now().getTime() - began.beganAt > PENDING_LIFETIME_MS) {
        throw new SignInFault('This sign-in was started in another browser or has expired.')
      }
      const error = answer.get('error')
      if (error !== null) throw new SignInFault(answer.get('error_description') ?? error)

      const claims = await verify(await redeem(answer.get('code') ?? '', began), began)
      const person = directory.people.findUser(String(claims['oid']))
      if (!person || person.tenantId !== claims['tid'])
        throw new SignInFault('The account does not exist in this directory.')
      return { person, returnTo: began.returnTo }
    },

    signOutUrl(person) {
      const home = person.homeUserId === undefined ? person : directory.people.getUser(person.homeUserId)
      const query = new URLSearchParams({
        post_logout_redirect_uri: `${named.portal}/signed-out`,
        client_id: CLIENT_ID,
        logout_hint: home.userPrincipalName,
      })
      return `${named.login}/${person.tenantId}/oauth2/v2.0/logout?${query.toString()}`
    },
  }
}

/** A local path; anything that a browser could interpret as another site becomes the home page. */
export function localPath(path: string | undefined): string {
  if (path === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path) || path.includes('\\')) return '/'
  return path
}

function randomText(): string {
  return randomBytes(32).toString('base64url')
}
