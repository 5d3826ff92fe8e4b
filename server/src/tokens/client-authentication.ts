import { createHash, createPrivateKey, randomUUID, X509Certificate } from 'node:crypto'
import { SignJWT } from 'jose'
import type { ProviderCredential } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { Secret } from '../kernel/secret.ts'

/** Parameters of a token request. */
export type ClientForm = Readonly<Record<string, string | Secret>>

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** Lifetime of an assertion. Five to ten minutes are recommended. */
const LIFETIME_SECONDS = 5 * 60

/**
 * Client authentication parameters of a token request: the secret as `client_secret_post` (no proxy or log treats the
 * body specially), or an assertion signed with the key of the certificate.
 *
 * The audience is the token endpoint of `authority`, so the assertion is worthless at another one. Its time comes from
 * `clock`: a wrong one leads to AADSTS700024.
 *
 * @see RFC 6749 §2.3.1, RFC 7523 §2.2
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export async function clientAuthentication(
  credential: Pick<ProviderCredential, 'kind' | 'proof' | 'certificate'>,
  { clientId, authority, clock }: { clientId: string; authority: string; clock: Clock },
): Promise<ClientForm> {
  const { certificate, proof } = credential
  if (!certificate) return { client_id: clientId, client_secret: proof }
  const issuedAt = Math.floor(clock.now().getTime() / 1000)
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprintOf(certificate.pem) })
    .setAudience(`${authority}/oauth2/v2.0/token`)
    .setIssuer(clientId)
    .setSubject(clientId)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_SECONDS)
    .sign(createPrivateKey(proof.reveal()))
  return {
    client_id: clientId,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: new Secret(assertion),
  }
}

/** SHA-256 thumbprint of the DER encoding, in base64url (RFC 7515 §4.1.8). */
function thumbprintOf(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
}
