import { z } from 'zod'
import type { Egress } from '../../kernel/egress.ts'
import { AppError, type Upstream } from '../../kernel/errors.ts'
import type { Secret } from '../../kernel/secret.ts'

const MAX_ANSWER_BYTES = 256 * 1024
const REQUEST_TIMEOUT_MS = 20_000

/**
 * A credential as the directory lists it, without the secret: the first characters of a secret, or the thumbprint of a
 * certificate.
 */
export interface RegisteredCredential {
  hint: string | undefined
  /** SHA-1 in upper-case hexadecimal. */
  thumbprint: string | undefined
  /** Description that the admin entered. */
  description: string | undefined
  expiresAt: Date
}

/**
 * Endpoints of an authorization server that need no client authentication, and the directory entry of a registration.
 * The token endpoint belongs to `tokens`. The caller decides what an error means.
 */
export interface AuthorizationServer {
  /** Returns the discovery document (OpenID Connect Discovery 1.0 §4) or the error response. */
  discover(
    authority: string,
  ): Promise<{ ok: true; issuer: string; jwksUri: string } | { ok: false; upstream: Upstream }>

  /** URL of the sign-in page. */
  authorizationUrl(authority: string, parameters: Readonly<Record<string, string>>): string

  /** URL at which an Entra admin consents for the organization (v2, with explicit scopes). */
  adminConsentUrl(authority: string, parameters: Readonly<Record<string, string>>): string

  /** Sends an authorization request without user interaction. Returns only the status and the redirect target. */
  probeAuthorization(url: string): Promise<{ status: number; location: string | undefined }>

  /**
   * Reads the credentials of a registration from its directory (Microsoft Graph, `applications`), with a token of the
   * application itself. Rarely permitted, because it requires Application.Read.All.
   *
   * @see https://learn.microsoft.com/graph/api/application-get
   */
  readCredentials(
    graphRoot: string,
    accessToken: Secret,
    clientId: string,
  ): Promise<{ ok: true; credentials: RegisteredCredential[] } | { ok: false; status: number }>

  /** Fetches the signing keys as JSON. */
  fetchKeys(jwksUri: string): Promise<unknown>
}

export function createAuthorizationServer(egress: Egress): AuthorizationServer {
  const limits = { timeoutMs: REQUEST_TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES }
  const accept = { accept: 'application/json' }

  return {
    async discover(authority) {
      const answer = await egress.fetch(`${authority}/v2.0/.well-known/openid-configuration`, {
        headers: accept,
        ...limits,
      })
      const json = await readJson(answer)
      const document = answer.ok ? Discovery.safeParse(json) : undefined
      if (document?.success) return { ok: true, issuer: document.data.issuer, jwksUri: document.data.jwks_uri }
      return { ok: false, upstream: toUpstream(answer.status, json) }
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
      const json = await readJson(answer)
      const read = answer.ok ? Application.safeParse(json) : undefined
      return read?.success ? { ok: true, credentials: read.data } : { ok: false, status: answer.status }
    },

    async fetchKeys(jwksUri) {
      const answer = await egress.fetch(jwksUri, { headers: accept, ...limits })
      const json = await readJson(answer)
      if (!answer.ok || json === undefined) {
        throw new AppError('egress.unreachable', { upstream: toUpstream(answer.status, json) })
      }
      return json
    },
  }
}

const endDateTime = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
/** An invalid name must not discard the expiry date. */
const displayName = z.string().min(1).max(120).optional().catch(undefined)
const Application = z
  .object({
    passwordCredentials: z.array(z.object({ hint: z.string().nullish(), displayName, endDateTime })).max(1000),
    keyCredentials: z
      .array(z.object({ customKeyIdentifier: z.string().nullish(), displayName, endDateTime }))
      .max(1000),
  })
  .transform(({ passwordCredentials, keyCredentials }): RegisteredCredential[] => [
    ...passwordCredentials.map(({ hint, displayName: description, endDateTime: expiresAt }) => ({
      hint: hint ?? undefined,
      thumbprint: undefined,
      description,
      expiresAt,
    })),
    ...keyCredentials.map(({ customKeyIdentifier, displayName: description, endDateTime: expiresAt }) => ({
      hint: undefined,
      description,
      thumbprint: thumbprintOf(customKeyIdentifier ?? ''),
      expiresAt,
    })),
  ])

/** Graph returns base64, or hexadecimal if some tools wrote the identifier. */
function thumbprintOf(identifier: string): string | undefined {
  if (/^[0-9a-f]{40}$/i.test(identifier)) return identifier.toUpperCase()
  const bytes = Buffer.from(identifier, 'base64')
  return bytes.length === 20 ? bytes.toString('hex').toUpperCase() : undefined
}

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

/** The body as JSON; `undefined` for anything else, such as the HTML page of a proxy. */
export async function readJson(answer: Response): Promise<unknown> {
  const text = await answer.text()
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Short words only, because stored error fields are logged and shown to people. */
const word = z.string().regex(/^[\w.-]{1,80}$/)
const ErrorAnswer = z.object({
  error: word.optional().catch(undefined),
  suberror: word.optional().catch(undefined),
  error_codes: z.array(z.int()).max(10).optional().catch(undefined),
  correlation_id: word.optional().catch(undefined),
  claims: z.string().max(4000).optional().catch(undefined),
})

/** Upstream error as data. Leaves out `error_description`, which is prose and may contain names. */
export function toUpstream(status: number, body: unknown): Upstream {
  const {
    error,
    suberror,
    error_codes: errorCodes,
    correlation_id: correlationId,
    claims,
  } = ErrorAnswer.parse(typeof body === 'object' && body !== null ? body : {})
  return {
    status,
    ...(error === undefined ? {} : { error }),
    ...(suberror === undefined ? {} : { suberror }),
    ...(errorCodes === undefined ? {} : { errorCodes }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(claims === undefined ? {} : { claims }),
  }
}
