/**
 * Certificates by which an application proves itself (`private_key_jwt`).
 *
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import type { KeyCredential } from '../../tenants/index.ts'
import { fault, isGuid, type JsonObject, type Problem, readString, readTime } from './json-reader.ts'

/** A certificate is a few kilobytes; ten times that is none. */
export const MAX_CERTIFICATE_BYTES = 32 * 1024

/** The certificate in a file as people have it: DER, PEM (a chain counts by its first), or bare base64. */
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

export function keyCredentialOf(certificate: X509Certificate, displayName: string | null): KeyCredential {
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

/** As the portal shows it: SHA-1 in capital hexadecimal. */
export function thumbprintOf({ customKeyIdentifier }: KeyCredential): string {
  return Buffer.from(customKeyIdentifier, 'base64').toString('hex').toUpperCase()
}

/** What prevents a certificate from signing for an application; only RSA keys may. */
export function faultOfCertificate(certificate: X509Certificate): string | undefined {
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') return 'The certificate must have an RSA key.'
  if ((certificate.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    return 'The RSA key of the certificate must have at least 2048 bits.'
  }
  return undefined
}

/**
 * The new list of certificates as Graph receives it. It replaces the old one, where entries that are sent with the
 * `keyId` of a known one and without `key` stay as they are, since Graph does not show `key` in its answers.
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

  const credential = keyCredentialOf(certificate, displayName)
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
  // Microsoft's words.
  const message =
    name === 'endDateTime' ? 'Key credential end date is invalid.' : 'Key credential start date is invalid.'
  problems.push({ property: `${property}.${name}`, message })
  return undefined
}
