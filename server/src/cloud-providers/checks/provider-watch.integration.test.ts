/** Background work for a cloud provider: countdown, trials and recovery. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Tx } from '../../database/index.ts'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'
import { createConnectingStage, openSandboxDirectory, type SandboxDirectory } from '../../../test/kit/index.ts'
import { createProviderWatch, type WatchDeps } from './provider-watch.ts'

const stage = await createConnectingStage()
const { rooms, sandbox, database, clock, registered, addProvider } = stage
const { cloudProviders } = rooms
const DAY_MS = 24 * 60 * 60 * 1000
const MINUTE_MS = 60 * 1000
const ACTOR = 'person:ada'

type Alert = Parameters<WatchDeps['alerts']['enqueue']>[1]

/** Accepts each alert key once, and records duplicates and calls outside a transaction. */
class StrictAlerts {
  told: Alert[] = []

  enqueue(tx: Tx, alert: Alert): Promise<void> {
    if (!(tx as { isTransaction: boolean }).isTransaction) throw new TypeError('enqueued outside a transaction')
    if (this.told.some(({ key }) => key === alert.key)) throw new TypeError(`told twice: ${alert.key}`)
    this.told.push(alert)
    return Promise.resolve()
  }
}

let alerts: StrictAlerts
let directory: SandboxDirectory
let app: Awaited<ReturnType<typeof registered>>
let id: CloudProviderId

beforeEach(async () => {
  await database.db.deleteFrom('cloud_providers').execute()
  alerts = new StrictAlerts()
  directory = await openSandboxDirectory(sandbox)
  app = await registered()
  id = await addProvider(app.clientId, app.secret.value)
})

const errors: unknown[] = []
function watch(changes: Partial<typeof cloudProviders> = {}) {
  return createProviderWatch({
    database,
    clock,
    cloudProviders: { ...cloudProviders, ...changes },
    alerts,
    dependents: () => Promise.resolve([{ id: '1', name: 'Support', address: 'support@contoso.example' }]),
    publicUrl: 'https://postkey.example',
    onError: (error) => errors.push(error),
  })
}

/** Simulates the process running until now: one round in each of two processes. */
async function look(): Promise<void> {
  const both = [watch(), watch()]
  for (const one of both) one.start()
  await Promise.all(both.map((one) => one.settled()))
  await Promise.all(both.map((one) => one.stop()))
  expect(errors).toEqual([])
}

async function endsIn(days: number): Promise<void> {
  const [credential] = await cloudProviders.listCredentials(id)
  const expiresAt = new Date(clock.now().getTime() + days * DAY_MS)
  await cloudProviders.changeCredentialEnd(id, credential!.id, expiresAt, ACTOR)
}

const thresholds = () => alerts.told.map(({ key }) => Number(key.split(':').at(-1)))

// First, because assertions require equal clocks on both sides, and the tests below move only ours.
describe('a certificate created by Postkey', () => {
  it('is detected automatically after its upload', async () => {
    await cloudProviders.check(id)
    const made = await cloudProviders.addCredential(id, { kind: 'certificate', months: 12 }, ACTOR)
    await look()
    expect((await cloudProviders.listCredentials(id)).map(({ standing }) => standing.state)).toEqual([
      'works',
      'untried',
    ])

    const key = Buffer.from(made.certificate!.pem).toString('base64')
    const keyCredentials = [{ type: 'AsymmetricX509Cert', usage: 'Verify', key, displayName: 'Postkey' }]
    await directory.ask('PATCH', `/applications/${app.objectId}`, { keyCredentials })
    clock.advance(MINUTE_MS)
    await sandbox.advance(MINUTE_MS)
    await look()
    expect((await cloudProviders.listCredentials(id))[0]).toMatchObject({
      kind: 'certificate',
      standing: { state: 'works' },
    })
  })
})

describe('the expiry countdown', () => {
  beforeEach(async () => {
    await cloudProviders.check(id)
  })

  it('alerts once per threshold, for any number of rounds and processes', async () => {
    await endsIn(61)
    for (let day = 0; day < 61; day++) {
      await look()
      clock.advance(DAY_MS)
    }
    expect(thresholds()).toEqual([60, 30, 14, 7, 3, 1])
    expect(alerts.told[0]!.text).toContain('support@contoso.example')
  })

  it('alerts even if a trial fails with an unexpected error', async () => {
    await endsIn(6)
    await cloudProviders.addCredential(id, { kind: 'certificate', months: 12 }, ACTOR)
    clock.advance(MINUTE_MS)
    const one = watch({ tryCredential: () => Promise.reject(new Error('a row that cannot be read')) })
    one.start()
    await one.settled()
    await one.stop()
    expect(errors.splice(0)).toHaveLength(1)
    expect(thresholds()).toEqual([7])
  })

  it('alerts for the nearest threshold only, if the clock has passed several', async () => {
    await endsIn(61)
    await look()
    clock.advance(56 * DAY_MS)
    await look()
    expect(thresholds()).toEqual([7])
  })

  it('stops when a later credential works, but not before it is tried', async () => {
    await endsIn(20)
    const addPassword = `/applications/${app.objectId}/addPassword`
    const next = await directory.ask<{ secretText: string }>('POST', addPassword, { passwordCredential: {} })
    const expiresAt = new Date(clock.now().getTime() + 300 * DAY_MS)
    const wrong = { kind: 'secret', secret: new Secret('never~accepted'), expiresAt } as const
    await cloudProviders.addCredential(id, wrong, ACTOR)
    await look()
    expect(thresholds()).toEqual([30])

    await cloudProviders.addCredential(id, { ...wrong, secret: new Secret(next.secretText) }, ACTOR)
    clock.advance(10 * DAY_MS)
    await look()
    expect(thresholds()).toEqual([30])
  })
})

describe('an expired credential', () => {
  it("is tried once at its expiry, so that Microsoft's verdict is known", async () => {
    await cloudProviders.check(id)
    await endsIn(1)
    await look()
    let checks = 0
    const counting = { check: (of: CloudProviderId) => (checks++, cloudProviders.check(of)) }
    const lookCounting = async () => {
      const one = watch(counting)
      one.start()
      await one.settled()
      await one.stop()
    }
    clock.advance(DAY_MS - MINUTE_MS)
    await lookCounting()
    expect(checks).toBe(0)

    clock.advance(MINUTE_MS)
    await lookCounting()
    expect(checks).toBe(1)
    const [credential] = await cloudProviders.listCredentials(id)
    expect(credential!.lastUsedAt).toEqual(clock.now())

    clock.advance(MINUTE_MS)
    await lookCounting()
    expect(checks).toBe(1)
  })
})

describe('a refused credential', () => {
  it('recovers automatically within a minute after it was fixed at Microsoft', async () => {
    await cloudProviders.check(id)
    const servicePrincipal = await directory.ask<{ value: { id: string }[] }>(
      'GET',
      `/servicePrincipals?$filter=${encodeURIComponent(`appId eq '${app.clientId}'`)}`,
    )
    const path = `/servicePrincipals/${servicePrincipal.value[0]!.id}`
    await directory.ask('PATCH', path, { accountEnabled: false })
    await cloudProviders.check(id)
    expect(await cloudProviders.get(id)).toMatchObject({
      state: 'needs-admin',
      stateReason: 'cloud_providers.client_disabled',
    })

    clock.advance(MINUTE_MS)
    await look()
    expect(await cloudProviders.get(id)).toMatchObject({ state: 'needs-admin' })

    await directory.ask('PATCH', path, { accountEnabled: true })
    clock.advance(MINUTE_MS)
    await look()
    expect(await cloudProviders.get(id)).toMatchObject({ state: 'connected', stateReason: undefined })
  })

  it('is tried with exponential backoff of at most five minutes', async () => {
    await directory.ask('POST', `/applications/${app.objectId}/removePassword`, { keyId: app.secret.keyId })
    await cloudProviders.check(id)
    const pauses: number[] = []
    for (let tries = 0; tries < 8; tries++) {
      const { nextTryAt } = await cloudProviders.get(id)
      pauses.push(nextTryAt!.getTime() - clock.now().getTime())
      clock.advance(pauses.at(-1)!)
      await look()
    }
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5 * MINUTE_MS)
    expect(pauses.at(-1)).toBeGreaterThan(2 * MINUTE_MS)
    expect(pauses[0]).toBeLessThanOrEqual(30_000)
  })
})
