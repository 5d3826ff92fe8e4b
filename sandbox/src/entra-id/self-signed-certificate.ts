import { createSign, type KeyObject, randomBytes } from 'node:crypto'

/**
 * Creates a self-signed X.509 certificate (DER) for an RSA key: the minimum of RFC 5280 §4.1, signed with SHA-256.
 * Entra ID publishes each key with a certificate (`x5c`) and names the key by its thumbprint.
 */
export function selfSignedCertificate(
  keys: { privateKey: KeyObject; publicKey: KeyObject },
  { commonName, from, to }: { commonName: string; from: Date; to: Date },
): Buffer {
  const algorithm = sequence(SHA256_WITH_RSA, Buffer.from([0x05, 0x00]))
  const name = sequence(set(sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))))
  const serial = randomBytes(16)
  // Serial number: positive (first bit 0) and without a leading zero byte.
  serial[0] = (serial[0]! & 0x3f) | 0x40

  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    sequence(utcTime(from), utcTime(to)),
    name,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = createSign('sha256').update(toBeSigned).sign(keys.privateKey)
  return sequence(toBeSigned, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
}

/** Object identifiers 1.2.840.113549.1.1.11 and 2.5.4.3. */
const SHA256_WITH_RSA = der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]))
const COMMON_NAME = der(0x06, Buffer.from([0x55, 0x04, 0x03]))

/** One value with its tag and length (X.690 §8.1). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function set(part: Buffer): Buffer {
  return der(0x31, part)
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes)
}

/** `YYMMDDHHMMSSZ`, valid until 2049. */
function utcTime(at: Date): Buffer {
  return der(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))
}
