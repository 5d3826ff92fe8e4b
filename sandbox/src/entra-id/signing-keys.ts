import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Settings } from '../kernel/settings.ts'
import { PERSONAL_TENANT_ID } from '../tenants/index.ts'
import { selfSignedCertificate } from './self-signed-certificate.ts'

/** Work accounts and personal accounts have separate keys, so that a personal key can't sign for a tenant. */
export type KeyPurpose = 'organizations' | 'consumers'

export interface SigningKey {
  /** base64url SHA-1 of the certificate; equal to its `x5t`. */
  kid: string
  purpose: KeyPurpose
  privateKey: KeyObject
  publicKey: KeyObject
  certificate: Buffer
}

/** Keys that sign tokens. They are stored in the file, so cached keys stay valid after a restart. */
export interface SigningKeys {
  current(purpose: KeyPurpose): SigningKey
  find(kid: string): SigningKey | undefined
  /** Creates a new current key; the old one stays published for tokens that are still valid. */
  rotate(purpose: KeyPurpose): SigningKey
  /** Key set document; each key names the issuer of its tokens. */
  published(tenantId: string | undefined): { keys: Record<string, unknown>[] }
}

export interface KeyPair {
  privateKey: KeyObject
  publicKey: KeyObject
}

const CERTIFICATE_LIFETIME_MS = 5 * 365 * 24 * 60 * 60 * 1000

interface Row {
  kid: string
  purpose: KeyPurpose
  private_key: string
  certificate: Uint8Array
}

export function newKeyPair(): KeyPair {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

/** `createKeyPair`: tests pass a cheaper one. */
export function createSigningKeys(
  database: Database,
  clock: Clock,
  settings: Settings,
  createKeyPair: () => KeyPair = newKeyPair,
): SigningKeys {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS signing_keys (
      kid TEXT PRIMARY KEY, purpose TEXT NOT NULL, private_key TEXT NOT NULL, certificate BLOB NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT`)

  // Cached, because parsing a private key takes longer than signing with it.
  const parsed = new Map<string, SigningKey>()

  function toKey(row: Row): SigningKey {
    const known = parsed.get(row.kid)
    if (known) return known
    const privateKey = createPrivateKey(row.private_key)
    const publicKey = createPublicKey(privateKey)
    const { kid, purpose } = row
    const key = { kid, purpose, privateKey, publicKey, certificate: Buffer.from(row.certificate) }
    parsed.set(kid, key)
    return key
  }

  const keys: SigningKeys = {
    current(purpose) {
      const row = database.get<Row>('SELECT * FROM signing_keys WHERE purpose = ? ORDER BY rowid DESC LIMIT 1', purpose)
      return row ? toKey(row) : keys.rotate(purpose)
    },
    find(kid) {
      const row = database.get<Row>('SELECT * FROM signing_keys WHERE kid = ?', kid)
      return row && toKey(row)
    },
    rotate(purpose) {
      const pair = createKeyPair()
      const from = clock.now()
      const to = new Date(from.getTime() + CERTIFICATE_LIFETIME_MS)
      const certificate = selfSignedCertificate(pair, { commonName: 'accounts.accesscontrol.windows.net', from, to })
      const kid = createHash('sha1').update(certificate).digest('base64url')
      const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      database.run('INSERT INTO signing_keys VALUES (?, ?, ?, ?, ?)', kid, purpose, pem, certificate, from.getTime())
      return keys.current(purpose)
    },
    published(tenantId) {
      keys.current('organizations')
      keys.current('consumers')
      return {
        keys: database.all<Row>('SELECT * FROM signing_keys ORDER BY rowid').map((row) => {
          const { kid, publicKey, certificate, purpose } = toKey(row)
          const { n, e } = publicKey.export({ format: 'jwk' })
          const issuerTenant = purpose === 'consumers' ? PERSONAL_TENANT_ID : (tenantId ?? '{tenantid}')
          return {
            kty: 'RSA',
            use: 'sig',
            kid,
            x5t: kid,
            n,
            e,
            x5c: [certificate.toString('base64')],
            cloud_instance_name: 'microsoftonline.com',
            issuer: `${settings.named.login}/${issuerTenant}/v2.0`,
          }
        }),
      }
    },
  }
  return keys
}
