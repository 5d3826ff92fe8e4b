import 'reflect-metadata'
import { createHash, webcrypto, X509Certificate } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'

/** A self-signed certificate as an admin would make one for an application. */
export interface ClientCertificate {
  /** PKCS #8 PEM. */
  privateKeyPem: string
  privateKey: webcrypto.CryptoKey
  /** Base64 of the DER, as `keyCredentials[].key` holds it. */
  derBase64: string
  pem: string
  /** As `keyCredentials[].customKeyIdentifier` holds it. */
  thumbprintSha1Base64: string
  /** Lower-case hex SHA-256 of the DER. */
  thumbprintSha256: string
  notBefore: Date
  notAfter: Date
}

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}

export async function makeCertificate(name: string, now: Date): Promise<ClientCertificate> {
  const keys = await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify'])
  const notBefore = new Date(now.getTime() - 60_000)
  const notAfter = new Date(now.getTime() + 365 * 24 * 60 * 60 * 1000)
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: `CN=${name}`, keys, notBefore, notAfter, signingAlgorithm: RSA },
    webcrypto,
  )
  const pem = certificate.toString('pem')
  const der = new X509Certificate(pem).raw
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`,
    privateKey: keys.privateKey,
    derBase64: der.toString('base64'),
    pem,
    thumbprintSha1Base64: createHash('sha1').update(der).digest('base64'),
    thumbprintSha256: createHash('sha256').update(der).digest('hex'),
    notBefore,
    notAfter,
  }
}
