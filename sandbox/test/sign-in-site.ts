import { createHash, randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import formbody from '@fastify/formbody'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Clock } from '../src/kernel/clock.ts'
import type { User } from '../src/tenants/index.ts'

/**
 * A sign-in site for tests of its clients: signs in the user in `next` without a prompt. It validates requests
 * strictly, counts refusals, and can issue false ID tokens.
 */
export interface SignInSite {
  site: FastifyInstance
  /** Sends requests to the site like a program. */
  fetch: typeof globalThis.fetch
  next: User | undefined
  /** Claims that replace the correct ones. */
  lies: Record<string, unknown>
  /** Signs with an unpublished key. */
  forge: boolean
  /** Answers the authorization request with this error. */
  refuse: string | undefined
  refusals: string[]
  authorizations: URL[]
}

interface Code {
  user: User
  nonce: string
  challenge: string
  redirectUri: string
  clientId: string
}

/** Created once, because generating RSA keys is slow. */
const KEYS = Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])

export async function createSignInSite(origin: string, clock: Clock): Promise<SignInSite> {
  const [published, secret] = await KEYS
  const jwk = { ...(await exportJWK(published.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }
  const site = fastify()
  await site.register(formbody)
  const codes = new Map<string, Code>()

  const signIn: SignInSite = {
    site,
    next: undefined,
    lies: {},
    forge: false,
    refuse: undefined,
    refusals: [],
    authorizations: [],
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const answer = await site.inject({
        method: init?.method === 'POST' ? 'POST' : 'GET',
        url: url.pathname + url.search,
        headers: Object.fromEntries(new Headers(init?.headers)),
        ...(typeof init?.body === 'string' ? { payload: init.body } : {}),
      })
      return new Response(answer.body, { status: answer.statusCode, headers: { 'content-type': 'application/json' } })
    },
  }

  site.get('/:tenant/oauth2/v2.0/authorize', (request, reply) => {
    const url = new URL(request.url, origin)
    signIn.authorizations.push(url)
    const query = url.searchParams
    const back = new URL(query.get('redirect_uri') ?? 'about:blank')
    back.searchParams.set('state', query.get('state') ?? '')
    if (signIn.refuse !== undefined || !signIn.next) {
      back.searchParams.set('error', signIn.refuse ?? 'login_required')
      return reply.redirect(back.href)
    }
    const code = randomUUID()
    codes.set(code, {
      user: signIn.next,
      nonce: query.get('nonce') ?? '',
      challenge: query.get('code_challenge_method') === 'S256' ? (query.get('code_challenge') ?? '') : '',
      redirectUri: query.get('redirect_uri') ?? '',
      clientId: query.get('client_id') ?? '',
    })
    back.searchParams.set('code', code)
    return reply.redirect(back.href)
  })

  site.post('/:tenant/oauth2/v2.0/token', async (request, reply) => {
    const form = request.body as Record<string, string | undefined>
    const code = codes.get(form['code'] ?? '')
    codes.delete(form['code'] ?? '')
    const challenge = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url')
    const fault =
      (!code && 'code') ||
      (code?.challenge !== challenge && 'code_verifier') ||
      (code?.redirectUri !== form['redirect_uri'] && 'redirect_uri') ||
      (code?.clientId !== form['client_id'] && 'client_id')
    if (fault !== false || !code) {
      signIn.refusals.push(String(fault))
      return reply.code(400).send({ error: 'invalid_grant', error_description: `wrong ${String(fault)}` })
    }
    const { user } = code
    const now = Math.floor(clock.now().getTime() / 1000)
    const claims = {
      iss: `${origin}/${user.tenantId}/v2.0`,
      aud: code.clientId,
      tid: user.tenantId,
      oid: user.id,
      nonce: code.nonce,
      iat: now,
      exp: now + 3600,
      ...signIn.lies,
    }
    const idToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(signIn.forge ? secret.privateKey : published.privateKey)
    return { token_type: 'Bearer', id_token: idToken }
  })

  site.get('/:tenant/discovery/v2.0/keys', () => ({ keys: [jwk] }))
  site.get('/:tenant/oauth2/v2.0/logout', (request, reply) => {
    const { post_logout_redirect_uri: back } = request.query as Record<string, string>
    return reply.redirect(back ?? '/')
  })
  return signIn
}
