/**
 * Strict authorization server. It rotates refresh tokens, accepts each once and treats a second use as theft (RFC 9700
 * §4.14), verifies PKCE, and counts requests. Unlike the sandbox it can be told to answer wrongly.
 */
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll } from 'vitest'
import type { Clock } from '../../src/kernel/clock.ts'

const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const DEVICE_CODE = 'a device code that is told to nobody'

export interface CodeOrder {
  /** URL of the sign-in page, for which the code is issued. */
  url: string
  tenantId: string
  objectId: string
  userName?: string
  /** Claims that make the ID token wrong. */
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
  /** Number of token requests without an answer so far. */
  readonly running: number
  /** Awaited before tokens are returned, so that a test can wait for concurrent requests. */
  beforeAnswer: () => Promise<void>
  /** Accepted secrets. Any other secret gets `invalid_client`. */
  secrets: Set<string>
  /** Responses to the next token requests, instead of tokens. */
  failures: Answered[]
  /** URL segment at which the last code was redeemed: a tenant, or `organizations`. */
  redeemedAt: string | undefined
  /** Changes the response to a code. */
  amend: (answer: Record<string, unknown>) => Record<string, unknown>
  /** Returns the claims that the request of an access token contained. */
  claimsOf(accessToken: string): string | undefined
  /** Issuer stated in the signing keys. */
  keyIssuer: string | undefined
  /** Signs in and returns the query of the redirect. */
  signIn(order: CodeOrder): Promise<URLSearchParams>
  /** Device codes. Refuses polling at shorter intervals than allowed. */
  device: {
    polls: number
    tooSoon: number
    intervalSeconds: number
    /** Responses to the next polls; `authorization_pending` when the list is empty, until approval. */
    says: string[]
    /** Simulates a user who enters the code and signs in. */
    approve(person: Omit<CodeOrder, 'url'>): void
  }
  /** Resets the server to its initial state, except its keys. */
  forgetOrders(): void
  /** Replaces the signing keys, as Microsoft does without notice. */
  rotateKeys(): Promise<void>
}

export async function startStrictAuthorizationServer(clock: Clock): Promise<StrictAuthorizationServer> {
  const codes = new Map<string, { challenge: string; redirectUri: string; idToken: string; scope: string }>()
  const valid = new Set<string>()
  const claims = new Map<string, string>()
  let approved: Omit<CodeOrder, 'url'> | undefined
  let nextPollAt = 0
  let clientOfDevice = ''
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
    device: {
      polls: 0,
      tooSoon: 0,
      intervalSeconds: 5,
      says: [],
      approve: (person: Omit<CodeOrder, 'url'>) => void (approved = person),
    },
  })
  const server: StrictAuthorizationServer = {
    origin: `http://localhost:${(http.address() as AddressInfo).port}`,
    ...fresh(),
    get running() {
      return running
    },
    async signIn({ url, ...person }) {
      const asked = new URL(url).searchParams
      const idToken = await idTokenOf(person, asked.get('client_id') ?? '', asked.get('nonce'))
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

  function idTokenOf(
    { tenantId, objectId, userName = 'ben@contoso.example', claims = {} }: Omit<CodeOrder, 'url'>,
    clientId: string,
    nonce: string | null,
  ): Promise<string> {
    const nowSeconds = Math.floor(clock.now().getTime() / 1000)
    return new SignJWT({
      tid: tenantId,
      oid: objectId,
      preferred_username: userName,
      name: 'Ben Ito',
      ...(nonce !== null && { nonce }),
      iss: `${server.origin}/${tenantId}/v2.0`,
      aud: clientId,
      iat: nowSeconds,
      exp: nowSeconds + 3600,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: keys.kid })
      .sign(keys.privateKey)
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
    if (pathname.endsWith('/devicecode')) return giveDeviceCode(new URLSearchParams(text))
    running++
    server.mostAtOnce = Math.max(server.mostAtOnce, running)
    await server.beforeAnswer().finally(() => running--)
    const form = new URLSearchParams(text)
    if (form.get('grant_type') === 'authorization_code') server.redeemedAt = segment
    return answerTokenRequest(form)
  }

  async function answerTokenRequest(form: URLSearchParams): Promise<Answered> {
    const failure = server.failures.shift()
    if (failure) return failure
    if (!server.secrets.has(form.get('client_secret') ?? '')) return refuse(401, 'invalid_client', [7000215])
    if (form.get('grant_type') === 'authorization_code') return redeem(form)
    if (form.get('grant_type') === 'client_credentials') {
      const body = { token_type: 'Bearer', access_token: randomUUID(), expires_in: server.lifetimeSeconds }
      return { status: 200, body }
    }

    if (form.get('grant_type') === DEVICE_CODE_GRANT) return pollDevice(form)

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

  function giveDeviceCode(form: URLSearchParams): { status: number; body: unknown } {
    const { device } = server
    approved = undefined
    clientOfDevice = form.get('client_id') ?? ''
    nextPollAt = clock.now().getTime() + device.intervalSeconds * 1000
    const body = {
      device_code: DEVICE_CODE,
      user_code: 'ABCDEFGH2',
      verification_uri: `${server.origin}/devicelogin`,
      expires_in: 900,
      interval: device.intervalSeconds,
      message: 'prose that nobody shows',
    }
    return { status: 200, body }
  }

  async function pollDevice(form: URLSearchParams): Promise<{ status: number; body: unknown }> {
    const { device } = server
    const now = clock.now().getTime()
    device.polls++
    if (now < nextPollAt) device.tooSoon++
    const said = device.says.shift()
    if (said === 'slow_down') device.intervalSeconds += 5
    nextPollAt = now + device.intervalSeconds * 1000
    if (form.get('device_code') !== DEVICE_CODE) return refuse(400, 'bad_verification_code', [70018])
    if (said !== undefined) return refuse(400, said, [])
    if (!approved) return refuse(400, 'authorization_pending', [70016])
    const idToken = await idTokenOf(approved, clientOfDevice, null)
    return { status: 200, body: server.amend({ ...issue(form.get('scope') ?? ''), id_token: idToken }) }
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
