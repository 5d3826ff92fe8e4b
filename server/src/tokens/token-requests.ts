import { z } from 'zod'
import { type ProviderCredential, readJson, toUpstream } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Egress } from '../kernel/egress.ts'
import type { Upstream } from '../kernel/errors.ts'
import { Secret } from '../kernel/secret.ts'
import { clientAuthentication, type ClientForm } from './client-authentication.ts'

const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }
const HEADERS = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }

/** A successful token response (RFC 6749 §5.1). */
export interface IssuedTokens {
  accessToken: Secret
  expiresInSeconds: number
  scope: string | undefined
  refreshToken: Secret | undefined
  refreshTokenExpiresInSeconds: number | undefined
  idToken: Secret | undefined
}

export type TokenAnswer =
  | { ok: true; tokens: IssuedTokens }
  /** `retryAfterSeconds`: from `Retry-After`, a day at most (RFC 9110 §10.2.3, the form in seconds). */
  | { ok: false; upstream: Upstream; retryAfterSeconds: number | undefined }

/** A device authorization response (RFC 8628 §3.2). */
export interface DeviceCode {
  deviceCode: Secret
  userCode: string
  verificationUri: string
  expiresInSeconds: number
  intervalSeconds: number
}

export interface TokenRequest {
  /** `https://login…/{tenant}` */
  authority: string
  clientId: string
  credential: ProviderCredential
  /** Parameters of the grant type; client authentication is added. */
  form: ClientForm
}

/**
 * The requests of an OAuth client. This room alone sends them; what an error means is decided by `tokenError`.
 * Everything here throws `egress.…` when no response arrives.
 */
export interface TokenRequests {
  /** Posts one token request, authenticated with one credential (RFC 6749 §3.2). */
  send(request: TokenRequest): Promise<TokenAnswer>
  /** Requests a code that a user enters in another browser (RFC 8628 §3.1). */
  requestDeviceCode(
    authority: string,
    form: Readonly<Record<string, string>>,
  ): Promise<({ ok: true } & DeviceCode) | { ok: false; upstream: Upstream }>
}

export function createTokenRequests(egress: Egress, clock: Clock): TokenRequests {
  const post = (url: string, form: ClientForm): Promise<Response> =>
    egress.fetch(url, { method: 'POST', headers: HEADERS, body: encoded(form), ...LIMITS })

  async function send({ authority, clientId, credential, form }: TokenRequest): Promise<TokenAnswer> {
    const proof = await clientAuthentication(credential, { clientId, authority, clock })
    const answer = await post(`${authority}/oauth2/v2.0/token`, { ...form, ...proof })
    const body = await readJson(answer)
    const issued = answer.ok ? Issued.safeParse(body) : undefined
    if (issued?.success) return { ok: true, tokens: issued.data }
    const retryAfterSeconds = RetryAfter.parse(answer.headers.get('retry-after'))
    return { ok: false, upstream: toUpstream(answer.status, body), retryAfterSeconds }
  }

  return {
    send,

    async requestDeviceCode(authority, form) {
      const answer = await post(`${authority}/oauth2/v2.0/devicecode`, form)
      const body = await readJson(answer)
      const given = answer.ok ? DeviceAuthorization.safeParse(body) : undefined
      if (given?.success) return { ok: true, ...given.data }
      return { ok: false, upstream: toUpstream(answer.status, body) }
    },
  }
}

function encoded(form: ClientForm): string {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) body.set(name, value instanceof Secret ? value.reveal() : value)
  return body.toString()
}

const secret = z
  .string()
  .min(1)
  .transform((value) => new Secret(value))
const seconds = z.coerce.number().int().nonnegative()

/** A longer wait is taken for a mistake of the server. */
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

/** `verification_uri` is shown as a link, so only web addresses pass. */
const DeviceAuthorization = z
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
