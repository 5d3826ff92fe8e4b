import { z } from 'zod'
import type { Egress } from '../kernel/egress.ts'
import { AppError, type Upstream } from '../kernel/errors.ts'
import { Secret } from '../kernel/secret.ts'

const MAX_ANSWER_BYTES = 256 * 1024
const REQUEST_TIMEOUT_MS = 20_000

/** What the token endpoint gave (RFC 6749 §5.1), in our spelling. */
export interface IssuedTokens {
  accessToken: Secret
  expiresInSeconds: number
  scope: string | undefined
  refreshToken: Secret | undefined
  refreshTokenExpiresInSeconds: number | undefined
  idToken: Secret | undefined
}

/** RFC 8628 §3.2, in our spelling. */
export interface DeviceCode {
  deviceCode: Secret
  userCode: string
  verificationUri: string
  expiresInSeconds: number
  intervalSeconds: number
}

export type TokenAnswer =
  | { ok: true; tokens: IssuedTokens }
  /** `retryAfterSeconds`: the other side wants silence for that long (RFC 9110 §10.2.3, the form in seconds). */
  | { ok: false; upstream: Upstream; retryAfterSeconds: number | undefined }

/** A credential as the directory shows it, never with the secret: of a secret its first characters, of a certificate its thumbprint. */
export interface RegisteredCredential {
  hint: string | undefined
  /** SHA-1, in capital hexadecimal. */
  thumbprint: string | undefined
  /** What its maker called it. */
  description: string | undefined
  endsAt: Date
}

/**
 * The parts of an authorization server that need no judgment: what was asked and what was said. What an error means is
 * the caller's to say.
 */
export interface AuthorizationServer {
  /**
   * Sends a token request (RFC 6749 §3.2). `authority` is that of a tenant, as `CloudProviders.authorityOf` gives it.
   *
   * @throws {AppError} `egress.…` when there was no answer
   */
  requestToken(authority: string, form: Readonly<Record<string, string | Secret>>): Promise<TokenAnswer>

  /** Asks for a code that a person types elsewhere (RFC 8628 §3.1). */
  requestDeviceCode(
    authority: string,
    form: Readonly<Record<string, string>>,
  ): Promise<({ ok: true } & DeviceCode) | { ok: false; upstream: Upstream }>

  /** The discovery document (OpenID Connect Discovery 1.0 §4), or the error that came in its place. */
  discover(
    authority: string,
  ): Promise<{ ok: true; issuer: string; jwksUri: string } | { ok: false; upstream: Upstream }>

  /** The address of the sign-in page. */
  authorizationUrl(authority: string, parameters: Readonly<Record<string, string>>): string

  /** The address at which an Entra admin consents for the organization (v2, which names its scopes). */
  adminConsentUrl(authority: string, parameters: Readonly<Record<string, string>>): string

  /** How the sign-in page answers a request that needs no person; only the status and where it leads are told. */
  probeAuthorization(url: string): Promise<{ status: number; location: string | undefined }>

  /**
   * The credentials of a registration as its directory has them (Microsoft Graph, `applications`), read with a token of
   * the application itself. Seldom permitted: it takes Application.Read.All.
   *
   * @see https://learn.microsoft.com/graph/api/application-get
   */
  readCredentials(
    graphRoot: string,
    accessToken: Secret,
    clientId: string,
  ): Promise<{ ok: true; credentials: RegisteredCredential[] } | { ok: false; status: number }>

  /** The signing keys, as JSON. */
  fetchKeys(jwksUri: string): Promise<unknown>
}

export function createAuthorizationServer(egress: Egress): AuthorizationServer {
  const json = async (answer: Response): Promise<unknown> => {
    const text = await answer.text()
    try {
      return JSON.parse(text) as unknown
    } catch {
      // Proxies and outages answer in HTML: no error of the protocol, whatever the status.
      return undefined
    }
  }
  const limits = { timeoutMs: REQUEST_TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES }
  const accept = { accept: 'application/json' }

  return {
    async requestToken(authority, form) {
      const body = new URLSearchParams()
      for (const [name, value] of Object.entries(form)) body.set(name, value instanceof Secret ? value.reveal() : value)
      const answer = await egress.fetch(`${authority}/oauth2/v2.0/token`, {
        method: 'POST',
        headers: { ...accept, 'content-type': 'application/x-www-form-urlencoded' },
        body: body.toString(),
        ...limits,
      })
      const said = await json(answer)
      const issued = answer.ok ? Issued.safeParse(said) : undefined
      if (issued?.success) return { ok: true, tokens: issued.data }
      const retryAfterSeconds = RetryAfter.parse(answer.headers.get('retry-after'))
      return { ok: false, upstream: upstreamOf(answer.status, said), retryAfterSeconds }
    },

    async requestDeviceCode(authority, form) {
      const answer = await egress.fetch(`${authority}/oauth2/v2.0/devicecode`, {
        method: 'POST',
        headers: { ...accept, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
        ...limits,
      })
      const said = await json(answer)
      const given = answer.ok ? Given.safeParse(said) : undefined
      if (given?.success) return { ok: true, ...given.data }
      return { ok: false, upstream: upstreamOf(answer.status, said) }
    },

    async discover(authority) {
      const answer = await egress.fetch(`${authority}/v2.0/.well-known/openid-configuration`, {
        headers: accept,
        ...limits,
      })
      const said = await json(answer)
      const document = answer.ok ? Discovery.safeParse(said) : undefined
      if (document?.success) return { ok: true, issuer: document.data.issuer, jwksUri: document.data.jwks_uri }
      return { ok: false, upstream: upstreamOf(answer.status, said) }
    },

    authorizationUrl: (authority, parameters) =>
      `${authority}/oauth2/v2.0/authorize?${new URLSearchParams(parameters).toString()}`,

    adminConsentUrl: (authority, parameters) =>
      `${authority}/v2.0/adminconsent?${new URLSearchParams(parameters).toString()}`,

    async probeAuthorization(url) {
      const answer = await egress.fetch(url, { headers: { accept: 'text/html' }, ...limits })
      await answer.body?.cancel()
      return { status: answer.status, location: answer.headers.get('location') ?? undefined }
    },

    async readCredentials(graphRoot, accessToken, clientId) {
      const url = `${graphRoot}/v1.0/applications(appId='${clientId}')?$select=passwordCredentials,keyCredentials`
      const answer = await egress.fetch(url, {
        headers: { ...accept, authorization: `Bearer ${accessToken.reveal()}` },
        ...limits,
      })
      const said = await json(answer)
      const read = answer.ok ? Application.safeParse(said) : undefined
      return read?.success ? { ok: true, credentials: read.data } : { ok: false, status: answer.status }
    },

    async fetchKeys(jwksUri) {
      const answer = await egress.fetch(jwksUri, { headers: accept, ...limits })
      const said = await json(answer)
      if (!answer.ok || said === undefined) {
        throw new AppError('egress.unreachable', { upstream: upstreamOf(answer.status, said) })
      }
      return said
    },
  }
}

const secret = z
  .string()
  .min(1)
  .transform((value) => new Secret(value))
const seconds = z.coerce.number().int().nonnegative()

/** A day at most: nobody is silenced for good by a slip of the other side. */
const RetryAfter = z.coerce.number().int().positive().max(86_400).optional().catch(undefined)

const Issued = z
  .object({
    token_type: z.string().regex(/^bearer$/i),
    access_token: secret,
    expires_in: seconds,
    scope: z.string().optional(),
    refresh_token: secret.optional(),
    refresh_token_expires_in: seconds.optional(),
    id_token: secret.optional(),
  })
  .transform((wire): IssuedTokens => ({
    accessToken: wire.access_token,
    expiresInSeconds: wire.expires_in,
    scope: wire.scope,
    refreshToken: wire.refresh_token,
    refreshTokenExpiresInSeconds: wire.refresh_token_expires_in,
    idToken: wire.id_token,
  }))

/** RFC 8628 §3.2. The address is a link for a person, so it has to be one. */
const Given = z
  .object({
    device_code: secret,
    user_code: z.string().regex(/^[\w-]{4,40}$/),
    verification_uri: z.url({ protocol: /^https?$/ }),
    expires_in: seconds,
    interval: z.coerce.number().int().positive().max(300).default(5),
  })
  .transform((wire): DeviceCode => ({
    deviceCode: wire.device_code,
    userCode: wire.user_code,
    verificationUri: wire.verification_uri,
    expiresInSeconds: wire.expires_in,
    intervalSeconds: wire.interval,
  }))

const endDateTime = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
/** A name of any form is no reason to lose the end date. */
const displayName = z.string().min(1).max(120).optional().catch(undefined)
const Application = z
  .object({
    passwordCredentials: z.array(z.object({ hint: z.string().nullish(), displayName, endDateTime })).max(1000),
    keyCredentials: z
      .array(z.object({ customKeyIdentifier: z.string().nullish(), displayName, endDateTime }))
      .max(1000),
  })
  .transform(({ passwordCredentials, keyCredentials }): RegisteredCredential[] => [
    ...passwordCredentials.map(({ hint, displayName: description, endDateTime: endsAt }) => ({
      hint: hint ?? undefined,
      thumbprint: undefined,
      description,
      endsAt,
    })),
    ...keyCredentials.map(({ customKeyIdentifier, displayName: description, endDateTime: endsAt }) => ({
      hint: undefined,
      description,
      thumbprint: thumbprintOf(customKeyIdentifier ?? ''),
      endsAt,
    })),
  ])

/** Graph writes it in base64 or, asked by some tools, in hexadecimal. */
function thumbprintOf(identifier: string): string | undefined {
  if (/^[0-9a-f]{40}$/i.test(identifier)) return identifier.toUpperCase()
  const bytes = Buffer.from(identifier, 'base64')
  return bytes.length === 20 ? bytes.toString('hex').toUpperCase() : undefined
}

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

/** Short words only: what is kept of an error is shown to people and logged. */
const word = z.string().regex(/^[\w.-]{1,80}$/)
const ErrorAnswer = z.object({
  error: word.optional().catch(undefined),
  suberror: word.optional().catch(undefined),
  error_codes: z.array(z.int()).max(10).optional().catch(undefined),
  correlation_id: word.optional().catch(undefined),
  claims: z.string().max(4000).optional().catch(undefined),
})

/** What the other side said as data. `error_description` is left behind: it is prose, and can name people. */
export function upstreamOf(status: number, said: unknown): Upstream {
  const {
    error,
    suberror,
    error_codes: errorCodes,
    correlation_id: correlationId,
    claims,
  } = ErrorAnswer.parse(typeof said === 'object' && said !== null ? said : {})
  return {
    status,
    ...(error === undefined ? {} : { error }),
    ...(suberror === undefined ? {} : { suberror }),
    ...(errorCodes === undefined ? {} : { errorCodes }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(claims === undefined ? {} : { claims }),
  }
}
