import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'

/** A self-signed certificate, valid through 2026 and 2027. */
export async function rsaCertificate(): Promise<{ pem: string; der: Buffer; thumbprint: string }> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: 'CN=Mail connector',
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2028-01-01T00:00:00Z'),
      signingAlgorithm: algorithm,
      keys,
    },
    webcrypto,
  )
  const der = Buffer.from(certificate.rawData)
  const thumbprint = Buffer.from(await webcrypto.subtle.digest('SHA-1', der))
    .toString('hex')
    .toUpperCase()
  return { pem: certificate.toString('pem'), der, thumbprint }
}
