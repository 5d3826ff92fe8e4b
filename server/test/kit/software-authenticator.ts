/**
 * An authenticator of WebAuthn in software, with ES256 and without attestation. It signs every request, so tests can
 * change the origin, the host, flags and the counter.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface Ceremony {
  challenge: string
  origin?: string
  rpId?: string
  isVerified?: boolean
  type?: string
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const ATTESTED = 0x40

export function createSoftwareAuthenticator({ origin }: URL) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = publicKey.export({ format: 'jwk' }) as { x: string; y: string }
  const id = randomBytes(32)
  const url = new URL(origin)
  let userHandle: string | undefined

  const clientData = (type: string, ceremony: Ceremony) =>
    Buffer.from(JSON.stringify({ type: ceremony.type ?? type, challenge: ceremony.challenge, origin: ceremony.origin ?? origin })) // prettier-ignore

  function authenticatorData({ rpId = url.hostname, isVerified = true }: Ceremony, counter: number, attested?: Buffer) {
    const flags = USER_PRESENT | (isVerified ? USER_VERIFIED : 0) | (attested ? ATTESTED : 0)
    const head = Buffer.alloc(5)
    head.writeUInt8(flags)
    head.writeUInt32BE(counter, 1)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), head, attested ?? Buffer.alloc(0)])
  }

  const common = {
    ...{ id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key' as const },
    ...{ authenticatorAttachment: 'platform' as const, clientExtensionResults: {} },
  }

  return {
    id: common.id,

    /** Creates the passkey. */
    create(ceremony: Ceremony & { user?: { id: string } }) {
      userHandle = ceremony.user?.id
      // COSE key (RFC 9053 §7.1): kty 2 (EC2), alg -7 (ES256), crv 1 (P-256), x, y.
      const key = map([
        [Buffer.from([0x01]), Buffer.from([0x02])],
        [Buffer.from([0x03]), Buffer.from([0x26])],
        [Buffer.from([0x20]), Buffer.from([0x01])],
        [Buffer.from([0x21]), bytes(Buffer.from(x, 'base64url'))],
        [Buffer.from([0x22]), bytes(Buffer.from(y, 'base64url'))],
      ])
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key])
      const object = map([
        [text('fmt'), text('none')],
        [text('attStmt'), map([])],
        [text('authData'), bytes(authenticatorData(ceremony, 0, attested))],
      ])
      return {
        ...common,
        response: {
          clientDataJSON: clientData('webauthn.create', ceremony).toString('base64url'),
          attestationObject: object.toString('base64url'),
          transports: ['internal' as const],
        },
      }
    },

    /** Signs a challenge. */
    sign(ceremony: Ceremony & { counter?: number; userHandle?: string }) {
      const data = clientData('webauthn.get', ceremony)
      const authData = authenticatorData(ceremony, ceremony.counter ?? 0)
      const signed = Buffer.concat([authData, createHash('sha256').update(data).digest()])
      return {
        ...common,
        response: {
          clientDataJSON: data.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
          userHandle: ceremony.userHandle ?? userHandle,
        },
      }
    },
  }
}

/** CBOR (RFC 8949 §3.1) in its shortest form, as authenticators must write it. */
function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length])
  if (length < 256) return Buffer.from([(major << 5) | 24, length])
  return Buffer.from([(major << 5) | 25, length >> 8, length & 0xff])
}
const bytes = (value: Buffer) => Buffer.concat([head(2, value.length), value])
const text = (value: string) => Buffer.concat([head(3, value.length), Buffer.from(value)])
const map = (entries: [Buffer, Buffer][]) => Buffer.concat([head(5, entries.length), ...entries.flat()])
