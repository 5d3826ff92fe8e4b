import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { selfSignedCertificate } from '../../entra-id/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'

const SETTING = 'smtp.starttls_key'
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Key and certificate for `localhost`, PEM. The key is created once for each state file. The certificate is created at
 * each start, so that moving the clock cannot expire it.
 */
export function starttlsCertificate(database: Database, clock: Clock): { key: string; cert: string } {
  const stored = database.setting(SETTING)
  const key = stored ?? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(PKCS8).toString()
  if (stored === undefined) database.setSetting(SETTING, key)
  const now = clock.now().getTime()
  const der = selfSignedCertificate(
    { privateKey: createPrivateKey(key), publicKey: createPublicKey(key) },
    { commonName: 'localhost', from: new Date(now - DAY_MS), to: new Date(now + 3650 * DAY_MS) },
  )
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n')
  return { key, cert: `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n` }
}

const PKCS8 = { type: 'pkcs8', format: 'pem' } as const
