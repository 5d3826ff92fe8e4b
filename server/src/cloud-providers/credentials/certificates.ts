import 'reflect-metadata'
import { createHash, X509Certificate } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import { Secret } from '../../kernel/secret.ts'

/** Sufficient into the 2030s (NIST SP 800-57), and accepted by every Microsoft cloud. */
const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 3072,
  publicExponent: new Uint8Array([1, 0, 1]),
}
/** Tolerance for clock differences: a certificate that starts in the future is rejected. */
const SKEW_MS = 24 * 60 * 60 * 1000

/** Public part of a certificate, with the identifiers that Entra ID shows. */
export interface Certificate {
  pem: string
  /** SHA-1 in upper-case hexadecimal, which the portal lists as *Thumbprint*. */
  sha1: string
  sha256: string
}

export interface MadeCertificate {
  der: Buffer
  /** PKCS #8, PEM. */
  privateKey: Secret
  expiresAt: Date
}

/** Generates a key pair and a self-signed certificate. Entra ID trusts it only because an admin uploads it. */
export async function makeCertificate({
  commonName,
  from,
  months,
}: {
  commonName: string
  from: Date
  months: number
}): Promise<MadeCertificate> {
  const { subtle } = globalThis.crypto
  const keys = await subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const expiresAt = monthsAfter(from, months)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    notBefore: new Date(from.getTime() - SKEW_MS),
    notAfter: expiresAt,
    signingAlgorithm: ALGORITHM,
    keys,
  })
  const pkcs8 = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const lines = pkcs8.match(/.{1,64}/g)!.join('\n')
  return {
    der: Buffer.from(certificate.rawData),
    privateKey: new Secret(`-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`),
    expiresAt: new X509Certificate(Buffer.from(certificate.rawData)).validToDate,
  }
}

export function parseCertificate(der: Buffer): Certificate {
  const hex = (algorithm: string) => createHash(algorithm).update(der).digest('hex').toUpperCase()
  return { pem: new X509Certificate(der).toString(), sha1: hex('sha1'), sha256: hex('sha256') }
}

function monthsAfter(from: Date, months: number): Date {
  const end = new Date(from)
  end.setUTCMonth(end.getUTCMonth() + months)
  return end
}
