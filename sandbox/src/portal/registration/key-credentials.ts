/**
 * Certificates with which an application authenticates (`private_key_jwt`).
 *
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import type { KeyCredential } from '../../tenants/index.ts'
import { fault, isGuid, type JsonObject, type Problem, readString, readTime } from './json-reader.ts'

/** A certificate has a few kilobytes; anything larger than this is invalid. */
export const MAX_CERTIFICATE_BYTES = 32 * 1024

/** Reads a certificate file: DER, PEM (the first of a chain), or bare base64. */
export function readCertificate(file: Uint8Array): X509Certificate | undefined {
  if (file.length === 0 || file.length > MAX_CERTIFICATE_BYTES) return undefined
  try {
    return new X509Certificate(file)
  } catch {
    const text = Buffer.from(file).toString('latin1').replaceAll(/\s/g, '')
    if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
    return readDer(Buffer.from(text, 'base64'))
  }
}

function readDer(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der)
  } catch {
    return undefined
  }
}

export function toKeyCredential(certificate: X509Certificate, displayName: string | null): KeyCredential {
  return {
    keyId: randomUUID(),
    displayName: displayName ?? certificate.subject.replaceAll('\n', ', '),
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    key: certificate.raw.toString('base64'),
    customKeyIdentifier: createHash('sha1').update(certificate.raw).digest('base64'),
    startDateTime: certificate.validFromDate.toISOString(),
    endDateTime: certificate.validToDate.toISOString(),
  }
}

/** Thumbprint in the portal's format: SHA-1 in upper-case hexadecimal. */
export function formatThumbprint({ customKeyIdentifier }: KeyCredential): string {
  return Buffer.from(customKeyIdentifier, 'base64').toString('hex').toUpperCase()
}

/** Error for a certificate that cannot sign for an application; only RSA keys are allowed. */
export function faultOfCertificate(certificate: X509Certificate): string | undefined {
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') return 'The certificate must have an RSA key.'
  if ((certificate.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    return 'The RSA key of the certificate must have at least 2048 bits.'
  }
  return undefined
}

/**
 * Reads a new list of certificates in Graph's format, which replaces the old one. An entry with the `keyId` of an
 * existing certificate and without `key` keeps that certificate, because Graph's responses do not contain `key`.
 */
export function readKeyCredentials(
  entries: JsonObject[],
  known: readonly KeyCredential[],
  problems: Problem[],
): KeyCredential[] {
  return entries.flatMap((entry, i) => readKeyCredential(entry, `keyCredentials[${i}]`, known, problems) ?? [])
}

function readKeyCredential(
  entry: JsonObject,
  property: string,
  known: readonly KeyCredential[],
  problems: Problem[],
): KeyCredential | undefined {
  const kept = known.find(({ keyId }) => keyId === entry['keyId'])
  if (kept && (entry['key'] === null || entry['key'] === undefined || entry['key'] === kept.key)) return kept

  if (entry['type'] !== 'AsymmetricX509Cert') return fault(problems, `${property}.type`, 'must be AsymmetricX509Cert')
  if (entry['usage'] !== 'Verify') return fault(problems, `${property}.usage`, 'must be Verify')
  const key = readString(entry['key'], `${property}.key`, MAX_CERTIFICATE_BYTES * 2, problems)
  const displayName =
    entry['displayName'] == null ? null : readString(entry['displayName'], `${property}.displayName`, 90, problems)
  if (key === undefined || displayName === undefined) return undefined
  const certificate = readCertificate(Buffer.from(key)) ?? readCertificate(Buffer.from(key, 'base64'))
  if (!certificate) return fault(problems, `${property}.key`, 'must be an X.509 certificate in base64')
  const unfit = faultOfCertificate(certificate)
  if (unfit !== undefined) {
    problems.push({ property: `${property}.key`, message: unfit })
    return undefined
  }

  const credential = toKeyCredential(certificate, displayName)
  const start = timeWithin(entry, 'startDateTime', property, certificate, problems)
  const end = timeWithin(entry, 'endDateTime', property, certificate, problems)
  return {
    ...credential,
    keyId: isGuid(entry['keyId']) ? entry['keyId'] : credential.keyId,
    startDateTime: start?.toISOString() ?? credential.startDateTime,
    endDateTime: end?.toISOString() ?? credential.endDateTime,
  }
}

function timeWithin(
  entry: JsonObject,
  name: 'startDateTime' | 'endDateTime',
  property: string,
  certificate: X509Certificate,
  problems: Problem[],
): Date | undefined {
  if (entry[name] == null) return undefined
  const time = readTime(entry[name], `${property}.${name}`, problems)
  if (time === undefined || (time >= certificate.validFromDate && time <= certificate.validToDate)) return time
  // Microsoft's wording.
  const message =
    name === 'endDateTime' ? 'Key credential end date is invalid.' : 'Key credential start date is invalid.'
  problems.push({ property: `${property}.${name}`, message })
  return undefined
}
