/** A relay whose certificate is signed by a private authority, as is common inside organizations. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { afterAll, afterEach, expect, it } from 'vitest'
import { createEvents } from '../events/index.ts'
import { createDialGuard } from '../kernel/dial-guard.ts'
import { createEgress } from '../kernel/egress.ts'
import { createKeyRing } from '../kernel/key-ring.ts'
import { createTestClock, silentLog, testDatabase } from '../../test/kit/index.ts'
import { createWebhooks } from '../webhooks/index.ts'
import { createAlerts } from './index.ts'
import { startStrictRelay } from '../../test/alerts/strict-relay.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const notAfter = new Date('2049-01-01T00:00:00Z')

async function authority(name: string) {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const extensions = [new BasicConstraintsExtension(true, undefined, true)]
  const params = { name: `CN=${name}`, keys, signingAlgorithm: ALGORITHM, notAfter, extensions }
  return { keys, certificate: await X509CertificateGenerator.createSelfSigned(params, webcrypto) }
}

async function signedBy(
  issuer: { keys: { privateKey: webcrypto.CryptoKey }; certificate: X509Certificate },
  host: string,
) {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create(
    {
      subject: `CN=${host}`,
      issuer: issuer.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: issuer.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      notAfter,
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
    },
    webcrypto,
  )
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
  }
}

const own = await authority('Contoso Authority')
const other = await authority('Fabrikam Authority')
const relay = await startStrictRelay(undefined, await signedBy(own, 'relay.contoso.example'))
const database = await testDatabase()
const declared = new Set(['relay', 'elsewhere'].map((name) => `${name}.contoso.example:${relay.port}`))
const dialGuard = createDialGuard({ declared, lookUp: () => Promise.resolve(['127.0.0.1']) })
const egress = createEgress({ allowPrivate: () => false })
const events = createEvents(database)
const deps = {
  ...{ database, events, dialGuard, log: silentLog, random: () => 1 },
  clock: createTestClock(),
  audit: { record: () => Promise.resolve() },
  keyRing: createKeyRing([{ id: 'stored', key: Buffer.alloc(32, 7) }], 'stored'),
  publicUrl: 'https://postkey.contoso.example',
}
const alerts = createAlerts({ ...deps, webhooks: createWebhooks({ ...deps, egress }) })

afterAll(async () => {
  await relay.close()
  await egress.close()
  await events.close()
})
afterEach(() => {
  relay.taken.length = 0
})

async function tested(ca: X509Certificate | undefined, host = 'relay.contoso.example') {
  const settings = { host, port: relay.port, security: 'tls', from: 'postkey@contoso.example' } as const
  await alerts.setRelay({ ...settings, ...(ca && { ca: ca.toString('pem') }) }, 'test')
  return (await alerts.testRelay('ada@contoso.example', 'test')).test
}

it('delivers mail through a relay with a configured authority', async () => {
  expect(await tested(own.certificate)).toMatchObject({ reason: undefined })
  expect(relay.taken).toMatchObject([{ from: 'postkey@contoso.example', to: 'ada@contoso.example' }])
})

it('sends nothing to a relay with an unknown authority', async () => {
  expect(await tested(undefined)).toMatchObject({ reason: { code: 'alerts.relay_not_trusted' } })
  expect(await tested(other.certificate)).toMatchObject({ reason: { code: 'alerts.relay_not_trusted' } })
  expect(relay.taken).toEqual([])
})

it('sends nothing to a host with another name, for any signer', async () => {
  expect(await tested(own.certificate, 'elsewhere.contoso.example')).toMatchObject({
    reason: { code: 'alerts.relay_not_trusted' },
  })
  expect(relay.taken).toEqual([])
})
