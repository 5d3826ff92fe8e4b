import { SignJWT } from 'jose'
import { newId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { ConnectSession } from './connect-session.ts'
import { PREVIOUS_PARAMETER, RESULT_PARAMETER } from './return-url-rules.ts'

/** Time in which the receiver accepts a result. The browser brings it at once, but a clock may be wrong by minutes. */
const VALID_SECONDS = 15 * 60

export interface ResultSigner {
  /** Id of the allowed return URL. */
  id: string
  secret: Secret
  /** The secret before, while it is valid. */
  previous?: Secret | undefined
  /** Address to which the browser of the session returns. */
  returnUrl: string
}

/**
 * Returns the return URL of a session with its signed result: a JWT with HS256, which names the session, the receiver
 * and its time. In the day after a change of the secret, the result is also there with the signature of the one before.
 *
 * @see RFC 7519
 */
export async function withResult(
  { id, status, state, emailAccountId, errorCode }: ConnectSession,
  { returnUrl, ...signer }: ResultSigner,
  { issuer, now }: { issuer: string; now: Date },
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const result = { status, state, emailAccountId, error: status === 'failed' ? errorCode : undefined }
  const jti = newId()
  const signedWith = (secret: Secret) =>
    new SignJWT(result)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: signer.id })
      .setIssuer(issuer)
      .setAudience(new URL(returnUrl).origin)
      .setSubject(id)
      .setJti(jti)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + VALID_SECONDS)
      .sign(Buffer.from(secret.reveal()))
  const { origin, pathname, search } = new URL(returnUrl)
  const before = signer.previous && `&${PREVIOUS_PARAMETER}=${await signedWith(signer.previous)}`
  const parameters = `${RESULT_PARAMETER}=${await signedWith(signer.secret)}${before ?? ''}`
  return `${origin}${pathname}${search === '' ? '?' : `${search}&`}${parameters}`
}
