import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../kernel/secret.ts'

/** Path at which a Postkey server proves its identity. */
export const SELF_TEST_PATH = '/.well-known/postkey-self-test'
export const NONCE = /^[\w-]{22,64}$/

const LIMIT_MS = 8_000

/**
 * Response to `nonce` that requires the keys of this installation: every process of it can compute the response, no
 * other can. The derived key has only this purpose (NIST SP 800-108), so that responses to strangers reveal nothing
 * else.
 */
export function proveSelf(nonce: string, secret: Secret): string {
  const key = Buffer.from(hkdfSync('sha256', secret.reveal(), '', 'postkey self test', 32))
  return createHmac('sha256', key).update(nonce).digest('base64url')
}

export type SelfTestAnswer =
  | { outcome: 'itself' }
  | { outcome: 'elsewhere'; said: string }
  | { outcome: 'unreachable'; reason: string; cause: unknown }

/**
 * Requests a proof from the public URL, as a browser would reach it. The URL is the admin's own setting and may be in a
 * private network, so the egress guard does not apply. Redirects are not followed, because Microsoft does not follow
 * them.
 */
export async function askSelfTest(publicUrl: URL, secret: Secret): Promise<SelfTestAnswer> {
  const nonce = randomBytes(24).toString('base64url')
  const url = new URL(SELF_TEST_PATH, publicUrl)
  url.searchParams.set('nonce', nonce)
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(LIMIT_MS) })
    const proof = Buffer.from((await answer.text()).slice(0, 200))
    const expected = Buffer.from(JSON.stringify({ proof: proveSelf(nonce, secret) }))
    if (answer.ok && proof.length === expected.length && timingSafeEqual(proof, expected)) return { outcome: 'itself' }
    const location = answer.headers.get('location')
    const to = location === null ? '' : ` to ${new URL(location, url).origin}`
    return { outcome: 'elsewhere', said: `${answer.status}${to}` }
  } catch (cause) {
    return { outcome: 'unreachable', reason: reasonOf(cause), cause }
  }
}

/** Short code of the underlying error, which fetch wraps. */
export function reasonOf(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code
    if (error.cause === undefined) return error.message
  }
  return 'unknown'
}
