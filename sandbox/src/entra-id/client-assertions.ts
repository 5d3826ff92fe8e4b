import { compactVerify } from 'jose'
import { createHash, X509Certificate } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Settings } from '../kernel/settings.ts'
import type { KeyCredential } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import type { Authority } from './authority.ts'
import type { Client } from './clients.ts'
import { formatTimestamp } from './request-context.ts'

/** Allowed clock difference between client and server. */
const SKEW_MS = 5 * 60 * 1000

/**
 * Checks a client assertion (`private_key_jwt`) and returns the certificate that signed it.
 *
 * - The signature is PS256 or RS256, by a certificate of the registration that `x5t#S256`, `x5t` or `kid` names, padded
 *   or not.
 * - `iss` and `sub` are the client; `aud` is the token endpoint (v2 or v1) or the issuer.
 * - A repeated `jti` is accepted, as at Microsoft.
 *
 * @throws {EntraError} 50027, 5002723, 700021, 50048, 700213, 700023, 700024, 700027
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export async function checkClientAssertion(
  assertion: string,
  client: Client,
  authority: Authority,
  { clock, settings }: { clock: Clock; settings: Settings },
): Promise<KeyCredential> {
  const { header, payload } = read(assertion)
  checkParties(payload, client)
  const thumbprint = thumbprintOf(header)
  checkAudience(payload, authority, settings)
  checkTimes(payload, clock)

  const refusal = (reason: string) =>
    new EntraError(700027, { reason, thumbprint: thumbprint.shown, appId: client.appId })
  const credential = client.application.keyCredentials.find((candidate) => thumbprint.matches(candidate))
  if (!credential) throw refusal('The key was not found.')
  if (Date.parse(credential.endDateTime) <= clock.now().getTime()) throw refusal('The key used is expired.')
  try {
    const { publicKey } = new X509Certificate(Buffer.from(credential.key, 'base64'))
    await compactVerify(assertion, publicKey, { algorithms: ['PS256', 'RS256'] })
  } catch {
    throw refusal('The key used to verify the signature was found, but the signature did not match.')
  }
  return credential
}

type Json = Record<string, unknown>

function read(assertion: string): { header: Json; payload: Json } {
  const [header, payload, signature, ...more] = assertion.split('.')
  const objects = [header, payload].map((part) => parse(part))
  if (!objects[0] || !objects[1] || signature === undefined || more.length > 0) throw new EntraError(50027)
  return { header: objects[0], payload: objects[1] }
}

function parse(part: string | undefined): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

function checkParties({ iss, sub, aud }: Json, { appId }: Client): void {
  const [issuer, subject] = [String(iss), String(sub)]
  const isUs = (text: string) => text.toLowerCase() === appId
  // An assertion with a foreign issuer is a federated credential; the sandbox has none registered.
  if (!isUs(issuer) && issuer.includes('://')) {
    throw new EntraError(700213, { issuer, subject, audience: String(aud) })
  }
  if (!isUs(issuer)) throw new EntraError(700021)
  if (!isUs(subject)) throw new EntraError(50048)
}

/**
 * Finds the thumbprint in the header. Some clients pad it, some use the other Base64 alphabet, and old ones write it in
 * hexadecimal into `kid`.
 */
function thumbprintOf(header: Json): { shown: string; matches: (credential: KeyCredential) => boolean } {
  const digest = (algorithm: string, { key }: KeyCredential) =>
    createHash(algorithm).update(Buffer.from(key, 'base64')).digest()
  const decoded = (text: unknown) => Buffer.from(String(text), 'base64url')
  const byHash = (algorithm: string, wanted: Buffer) => ({
    shown: wanted.toString('hex').toUpperCase(),
    matches: (credential: KeyCredential) => digest(algorithm, credential).equals(wanted),
  })
  if (header['x5t#S256'] !== undefined) return byHash('sha256', decoded(header['x5t#S256']))
  if (header['x5t'] !== undefined) return byHash('sha1', decoded(header['x5t']))
  if (typeof header['kid'] !== 'string') throw new EntraError(5002723)
  const { kid } = header
  return byHash('sha1', /^[0-9a-f]{40}$/i.test(kid) ? Buffer.from(kid, 'hex') : decoded(kid))
}

function checkAudience({ aud }: Json, authority: Authority, { named }: Settings): void {
  const tenant = authority.tenant
  const segments = [authority.segment, ...(tenant ? [tenant.id, ...tenant.domains] : [])]
  const accepted = segments.flatMap((segment) =>
    ['/oauth2/v2.0/token', '/oauth2/token', '/v2.0', '/'].map((path) => `${named.login}/${segment}${path}`),
  )
  const audiences = (Array.isArray(aud) ? aud : [aud]).map((one) => String(one).toLowerCase())
  if (!audiences.some((audience) => accepted.some((good) => good.toLowerCase() === audience))) {
    throw new EntraError(700023)
  }
}

function checkTimes({ nbf, exp }: Json, clock: Clock): void {
  const now = clock.now().getTime()
  const from = typeof nbf === 'number' ? nbf * 1000 : now
  const to = typeof exp === 'number' ? exp * 1000 : 0
  if (from - SKEW_MS <= now && now < to + SKEW_MS) return
  const shown = (ms: number) => (Math.abs(ms) < 8.64e15 ? formatTimestamp(new Date(ms)) : 'out of range')
  throw new EntraError(700024, { now: formatTimestamp(clock.now()), from: shown(from), to: shown(to) })
}
