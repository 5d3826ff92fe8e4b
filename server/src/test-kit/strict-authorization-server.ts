/**
 * An authorization server that objects: it rotates refresh tokens, takes each once and reads a second use as theft
 * (RFC 9700 §4.14), proves PKCE, and counts. Other than the sandbox it can be told to answer wrongly.
 */
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll } from 'vitest'
import type { Clock } from '../kernel/clock.ts'

export interface CodeOrder {
  /** The sign-in page's address, out of which the code is made. */
  url: string
  tenantId: string
  objectId: string
  userName?: string
  /** Makes the ID token wrong. */
  claims?: JWTPayload
}

interface Answered {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export interface StrictAuthorizationServer {
  origin: string
  refreshes: number
  replays: number
  mostAtOnce: number
  lifetimeSeconds: number
  /** Requests for tokens that are not answered yet. */
  readonly running: number
  /** Awaited before tokens are given: until others have come. */
  beforeAnswer: () => Promise<void>
  /** Every refused use of a secret that is not in here is an `invalid_client`. */
  secrets: Set<string>
  /** What the next token requests are answered with, instead of tokens. */
  failures: Answered[]
  /** The segment of the address at which the last code was redeemed: a tenant, or `organizations`. */
  redeemedAt: string | undefined
  /** Changes what is answered to a code. */
  amend: (answer: Record<string, unknown>) => Record<string, unknown>
  /** The claims with which an access token was asked for, by the token. */
  claimsOf(accessToken: string): string | undefined
  /** What keys say about whom they speak for. */
  keyIssuer: string | undefined
  /** Signs in and gives the query of the redirect. */
  signIn(order: CodeOrder): Promise<URLSearchParams>
  /** As it was at the start, but for its keys. */
  forgetOrders(): void
  /** New signing keys, as Microsoft makes them without notice. */
  rotateKeys(): Promise<void>
}

export async function startStrictAuthorizationServer(clock: Clock): Promise<StrictAuthorizationServer> {
  const codes = new Map<string, { challenge: string; redirectUri: string; idToken: string; scope: string }>()
  const valid = new Set<string>()
  const claims = new Map<string, string>()
  let running = 0
  let keys = await newKeys()

  const http = createServer((request, response) => {
    void answer(request).then(
      ({ status, body, headers }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
      },
      (error: unknown) => response.destroy(error as Error),
    )
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  afterAll(() => {
    http.closeAllConnections()
    http.close()
  })

  const fresh = () => ({
    refreshes: 0,
    replays: 0,
    mostAtOnce: 0,
    lifetimeSeconds: 3600,
    beforeAnswer: () => Promise.resolve(),
    secrets: new Set(['good']),
    failures: [],
    redeemedAt: undefined,
    amend: (given: Record<string, unknown>) => given,
    keyIssuer: undefined,
  })
  const server: StrictAuthorizationServer = {
    origin: `http://localhost:${(http.address() as AddressInfo).port}`,
    ...fresh(),
    get running() {
      return running
    },
    async signIn({ url, tenantId, objectId, userName = 'ben@contoso.example', claims = {} }) {
      const asked = new URL(url).searchParams
      const nowSeconds = Math.floor(clock.now().getTime() / 1000)
      const idToken = await new SignJWT({
        tid: tenantId,
        oid: objectId,
        preferred_username: userName,
        name: 'Ben Ito',
        nonce: asked.get('nonce'),
        iss: `${server.origin}/${tenantId}/v2.0`,
        aud: asked.get('client_id') ?? '',
        iat: nowSeconds,
        exp: nowSeconds + 3600,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid: keys.kid })
        .sign(keys.privateKey)
      const code = randomUUID()
      codes.set(code, {
        challenge: asked.get('code_challenge') ?? '',
        redirectUri: asked.get('redirect_uri') ?? '',
        scope: asked.get('scope') ?? '',
        idToken,
      })
      return new URLSearchParams({ code, state: asked.get('state') ?? '' })
    },
    claimsOf: (accessToken) => claims.get(accessToken),
    forgetOrders() {
      Object.assign(server, fresh())
    },
    async rotateKeys() {
      keys = await newKeys()
    },
  }

  async function answer(request: IncomingMessage): Promise<Answered> {
    const { pathname } = new URL(request.url ?? '', server.origin)
    const segment = pathname.split('/')[1] ?? ''
    const named = /^[0-9a-f-]{36}$/.test(segment) ? segment : '{tenantid}'
    if (pathname.endsWith('/openid-configuration')) {
      const body = {
        issuer: `${server.origin}/${named}/v2.0`,
        jwks_uri: `${server.origin}/${segment}/discovery/v2.0/keys`,
      }
      return { status: 200, body }
    }
    if (pathname.endsWith('/keys')) {
      const issuer = server.keyIssuer === undefined ? {} : { issuer: server.keyIssuer }
      return { status: 200, body: { keys: [{ ...keys.jwk, kid: keys.kid, ...issuer }] } }
    }
    let text = ''
    for await (const piece of request) text += String(piece)
    running++
    server.mostAtOnce = Math.max(server.mostAtOnce, running)
    await server.beforeAnswer().finally(() => running--)
    const form = new URLSearchParams(text)
    if (form.get('grant_type') === 'authorization_code') server.redeemedAt = segment
    return answerTokenRequest(form)
  }

  function answerTokenRequest(form: URLSearchParams): Answered {
    const failure = server.failures.shift()
    if (failure) return failure
    if (!server.secrets.has(form.get('client_secret') ?? '')) return refuse(401, 'invalid_client', [7000215])
    if (form.get('grant_type') === 'authorization_code') return redeem(form)

    server.refreshes++
    const token = form.get('refresh_token') ?? ''
    if (!form.has('scope')) return refuse(400, 'invalid_request', [900144])
    if (!valid.delete(token)) {
      server.replays++
      valid.clear()
      return refuse(400, 'invalid_grant', [70000])
    }
    const issued = issue(form.get('scope') ?? '')
    if (form.has('claims')) claims.set(String(issued['access_token']), form.get('claims') ?? '')
    return { status: 200, body: issued }
  }

  function redeem(form: URLSearchParams): { status: number; body: unknown } {
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    if (!code) return refuse(400, 'invalid_grant', [54005])
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (challenge !== code.challenge || form.get('redirect_uri') !== code.redirectUri) {
      return refuse(400, 'invalid_grant', [501481])
    }
    return { status: 200, body: server.amend({ ...issue(form.get('scope') ?? ''), id_token: code.idToken }) }
  }

  function issue(scope: string): Record<string, unknown> {
    const refresh = randomUUID()
    valid.add(refresh)
    return {
      token_type: 'Bearer',
      access_token: randomUUID(),
      refresh_token: refresh,
      expires_in: server.lifetimeSeconds,
      scope: scope
        .split(' ')
        .filter((name) => name.includes('/'))
        .join(' '),
    }
  }

  return server
}

function refuse(status: number, error: string, codes: number[]): { status: number; body: unknown } {
  return { status, body: { error, error_codes: codes, error_description: 'prose with refresh tokens in it' } }
}

async function newKeys() {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  return { kid: randomUUID(), privateKey, jwk: await exportJWK(publicKey) }
}
