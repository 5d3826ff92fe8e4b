import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'

import type { AuditRecord } from '../audit/index.ts'
import { createEgress } from '../kernel/egress.ts'
import type { CloudProviderId } from '../kernel/ids.ts'
import { checkKeyRing, createKeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'
import {
  CONTOSO,
  createTestClock,
  credentialTrialFor,
  FABRIKAM,
  openSandboxDirectory,
  type RegisteredApplication,
  type SandboxDirectory,
  startSandboxProcess,
  testDatabase,
} from '../../test/kit/index.ts'
import { createAuthorizationServer } from './clouds/authorization-server.ts'
import { createCloudProviders } from './cloud-providers.ts'
import { createClouds, loadClouds, listLoopbackOrigins } from './clouds/clouds.ts'
import type { CheckLine, NewCloudProvider } from './cloud-provider.ts'
import { createKeyRecords } from './credentials/key-records.ts'
import { workOrder } from './work-orders/work-order.ts'
import { createWorkOrders } from './work-orders/work-orders.ts'

const REDIRECT_URI = 'https://postkey.contoso.example/oauth/callback'
const ACTOR = 'person:ada'

const sandbox = await startSandboxProcess()
const database = await testDatabase()
const clock = createTestClock(await sandbox.now())
const cloud = {
  ...(await loadClouds()).get('global'),
  id: 'sandbox',
  authority: sandbox.login,
  graphRoot: sandbox.graph,
  allowsHttpLoopback: true,
}
const elsewhere = { ...cloud, id: 'nobody', authority: 'http://localhost:1' }
const clouds = createClouds([cloud, elsewhere])
const egress = createEgress({ allowPrivate: (origin) => listLoopbackOrigins(clouds).has(origin) })
const keyRing = createKeyRing([{ id: 'test', key: randomBytes(32) }], 'test')
const authorizationServer = createAuthorizationServer(egress)
const audit = {
  async record(tx: typeof database.db, entry: AuditRecord) {
    const { detail = {}, ...rest } = entry
    await tx
      .insertInto('audit_entries')
      .values({ ...rest, detail: JSON.stringify(detail), at: clock.now() })
      .execute()
  },
}
const deps = { database, keyRing, clock, clouds, authorizationServer, audit, redirectUri: REDIRECT_URI }
const events = { append: () => Promise.resolve() }
const providers = createCloudProviders({ ...deps, events, tryCredential: credentialTrialFor(egress, clock) })
const workOrders = createWorkOrders({
  ...deps,
  cloudProviders: providers,
  publicUrl: 'https://postkey.contoso.example',
})

async function sealedOf(id: CloudProviderId): Promise<Buffer[]> {
  const rows = await database.db
    .selectFrom('provider_credentials')
    .select('sealed')
    .where('cloud_provider_id', '=', id)
    .execute()
  return rows.map(({ sealed }) => sealed)
}

const WISH = {
  cloud: 'sandbox',
  accountTypes: 'single-tenant',
  receives: 'graph',
  sends: 'graph',
  kinds: ['user', 'shared'],
} as const
const order = workOrder(WISH, cloud, REDIRECT_URI)

let directory: SandboxDirectory
let registered: RegisteredApplication
let number = 0

beforeAll(async () => {
  await checkKeyRing(keyRing, createKeyRecords(database), clock)
  directory = await openSandboxDirectory(sandbox)
})

/** Values that an admin enters after the script of the work order has run. */
async function entered(changes: Partial<NewCloudProvider> & { secret?: string } = {}): Promise<NewCloudProvider> {
  registered = await directory.register(order.manifest, { consentTo: order.permissions })
  const { secret = registered.secret.value, ...rest } = changes
  return {
    name: `Contoso ${number++}`,
    cloud: 'sandbox',
    accountTypes: 'single-tenant',
    tenantId: CONTOSO.tenantId,
    clientId: registered.clientId,
    contact: 'ada@contoso.example',
    credential: { kind: 'secret', secret: new Secret(secret), expiresAt: registered.secret.expiresAt },
    ...rest,
  }
}

const linesOf = (lines: readonly CheckLine[]) =>
  Object.fromEntries(
    lines.map(({ what, outcome, code }) => [what, code === undefined ? outcome : `${outcome}: ${code}`]),
  )

describe('a cloud provider', () => {
  it('coexists with others, each with its own registration', async () => {
    const contoso = await providers.create(await entered(), ACTOR)
    const fabrikam = await providers.create(
      await entered({ name: 'Fabrikam', tenantId: FABRIKAM.tenantId.toUpperCase(), deputy: 'ben@contoso.example' }),
      ACTOR,
    )

    expect(await providers.list()).toEqual([contoso, fabrikam])
    expect(fabrikam).toMatchObject({ state: 'connecting', tenantId: FABRIKAM.tenantId, deputy: 'ben@contoso.example' })
    expect(providers.authorityOf(contoso)).toBe(`${sandbox.login}/${CONTOSO.tenantId}`)
    await providers.remove(fabrikam.id, ACTOR)
    expect(await providers.list()).toEqual([contoso])
    await expect(providers.get(fabrikam.id)).rejects.toMatchObject({ code: 'cloud_providers.not_found' })
  })

  it.each([
    ['its Secret ID instead of the secret', { secret: '0f6c7e1e-9f5a-4a4e-8c88-0d9a2f0f1c11' }, 'secret_is_an_id'],
    ['a secret with a line end', { secret: 'abc\n' }, 'secret_malformed'],
    ['a name instead of the client id', { clientId: 'Postkey' }, 'id_malformed'],
    ['a domain instead of the tenant id', { tenantId: 'contoso.example' }, 'id_malformed'],
    ['no name', { name: ' ' }, 'field_invalid'],
    ['a contact that is no address', { contact: 'Ada' }, 'field_invalid'],
    ['a cloud that is not there', { cloud: 'moon' }, 'cloud_unknown'],
  ])('is rejected with %s, and nothing is saved', async (_what, changes, code) => {
    const before = await providers.list()

    await expect(providers.create(await entered(changes), ACTOR)).rejects.toMatchObject({
      code: `cloud_providers.${code}`,
    })
    expect(await providers.list()).toEqual(before)
  })

  it('keeps its deputy unless an update removes it explicitly', async () => {
    const { id } = await providers.create(await entered({ deputy: 'ben@contoso.example' }), ACTOR)

    expect(await providers.update(id, { name: 'Renamed' }, ACTOR)).toMatchObject({ deputy: 'ben@contoso.example' })
    expect(await providers.update(id, { deputy: null }, ACTOR)).toMatchObject({ name: 'Renamed', deputy: undefined })
  })

  it('can be created once per registration', async () => {
    const input = await entered()
    await providers.create(input, ACTOR)

    await expect(providers.create({ ...input, name: 'Again' }, ACTOR)).rejects.toMatchObject({
      code: 'cloud_providers.already_exists',
    })
  })

  it('accepts and removes the expiry date of a secret later; the secret stays, and both changes are audited', async () => {
    const { id } = await providers.create(await entered(), ACTOR)
    const other = await providers.create(await entered(), ACTOR)
    const [{ id: credentialId } = { id: '' as never }] = await providers.listCredentials(id)
    const before = await sealedOf(id)
    const expiresAt = new Date('2031-05-01T00:00:00Z')

    expect(await providers.changeCredentialEnd(id, credentialId, expiresAt, ACTOR)).toMatchObject({ expiresAt })
    expect(await providers.listCredentials(id)).toMatchObject([{ id: credentialId, expiresAt }])
    await providers.changeCredentialEnd(id, credentialId, undefined, ACTOR)
    expect(await providers.listCredentials(id)).toMatchObject([{ id: credentialId, expiresAt: undefined }])
    await expect(providers.changeCredentialEnd(other.id, credentialId, expiresAt, ACTOR)).rejects.toMatchObject({
      code: 'cloud_providers.credential_not_found',
    })

    expect(await sealedOf(id)).toEqual(before)
    const { rows } = await database.pool.query<{ detail: unknown }>(
      'SELECT detail FROM audit_entries WHERE action = $1 ORDER BY id',
      ['cloud_provider.credential_expiry_changed'],
    )
    expect(rows.map(({ detail }) => detail)).toEqual([
      { credentialId, expiresAt: expiresAt.toISOString() },
      { credentialId, expiresAt: null },
    ])
  })

  it('stores its secrets sealed, and lists working ones first and expired ones last', async () => {
    const { id } = await providers.create(await entered(), ACTOR)
    const secret = registered.secret.value
    clock.advance(1000)
    const over = { kind: 'secret', secret: new Secret('over'), expiresAt: new Date('2020-01-01') } as const
    await providers.addCredential(id, over, ACTOR)
    clock.advance(1000)
    const newest = await providers.addCredential(
      id,
      { ...over, secret: new Secret('newest'), expiresAt: undefined },
      ACTOR,
    )

    await providers.check(id)
    const listed = await providers.listCredentials(id)
    expect(listed.map(({ standing, expiresAt }) => [standing.state, expiresAt?.getFullYear()])).toEqual([
      ['works', registered.secret.expiresAt.getFullYear()],
      ['refused', undefined],
      ['refused', 2020],
    ])
    expect(JSON.stringify(listed)).not.toMatch(/newest|"over"/)
    const { rows } = await database.pool.query<{ dump: string }>(
      'SELECT (SELECT string_agg(c::text, $1) FROM provider_credentials c) || (SELECT string_agg(a::text, $1) FROM audit_entries a) AS dump',
      [' '],
    )
    expect(rows[0]!.dump).not.toContain(secret)
    const other = await providers.create(await entered(), ACTOR)
    const missing = { code: 'cloud_providers.credential_not_found' }
    await expect(providers.removeCredential(other.id, newest.id, ACTOR)).rejects.toMatchObject(missing)
    expect(await providers.listCredentials(id)).toHaveLength(3)
    await providers.removeCredential(id, newest.id, ACTOR)
    expect(await providers.listCredentials(id)).toHaveLength(2)
    await expect(providers.removeCredential(id, newest.id, ACTOR)).rejects.toMatchObject(missing)
  })
})

describe('the check of a cloud provider', () => {
  it('reports success', async () => {
    const { id } = await providers.create(await entered(), ACTOR)

    const { lines } = await providers.check(id)

    expect(linesOf(lines)).toEqual({
      tenant: 'ok',
      client: 'ok',
      credential: 'ok',
      'redirect-uri': 'ok',
      'expiry-dates': 'not-tried',
    })
    expect(await providers.get(id)).toMatchObject({ state: 'connected', lastCheck: { lines } })
  })

  it.each<[string, Partial<NewCloudProvider> & { secret?: string }, Record<string, string>]>([
    [
      'the tenant',
      { tenantId: '11111111-2222-4333-8444-555555555555' },
      { tenant: 'wrong: cloud_providers.tenant_unknown', client: 'not-tried', credential: 'not-tried' },
    ],
    [
      'the client id',
      { clientId: '11111111-2222-4333-8444-555555555555' },
      { tenant: 'ok', client: 'wrong: cloud_providers.client_unknown', credential: 'not-tried' },
    ],
    [
      'the secret',
      { secret: 'abcdefghijklmnopqrstuvwxyz~0123456789' },
      { tenant: 'ok', client: 'ok', credential: 'wrong: cloud_providers.secret_wrong' },
    ],
    ['no secret', { credential: undefined }, { tenant: 'ok', credential: 'wrong: cloud_providers.credential_missing' }],
  ])('reports that it is %s, with a fix', async (_what, changes, expected) => {
    const { id } = await providers.create(await entered(changes), ACTOR)

    const { lines } = await providers.check(id)

    expect(linesOf(lines)).toMatchObject(expected)
    const wrong = lines.find(({ outcome }) => outcome === 'wrong')!
    expect(wrong.fix).toMatch(/\w/)
    expect(await providers.get(id)).toMatchObject({ state: 'needs-admin', stateReason: wrong.code })
  })

  it('reports an unregistered redirect URI', async () => {
    const input = await entered()
    await directory.ask('PATCH', `/applications/${registered.objectId}`, {
      web: { redirectUris: ['https://postkey.contoso.example/oauth/Callback'] },
    })
    const { id } = await providers.create(input, ACTOR)

    expect(linesOf((await providers.check(id)).lines)).toMatchObject({
      credential: 'ok',
      'redirect-uri': 'wrong: cloud_providers.redirect_uri_unregistered',
    })
  })

  it('tries each secret, and passes if one of them is accepted', async () => {
    const { id } = await providers.create(await entered(), ACTOR)
    await providers.addCredential(id, { kind: 'secret', secret: new Secret('not~good'), expiresAt: undefined }, ACTOR)

    const { lines } = await providers.check(id)

    const credentials = lines.filter(({ what }) => what === 'credential')
    expect(credentials.map(({ outcome }) => outcome).sort()).toEqual(['ok', 'wrong'])
    // The newer secret was meant to take over and is refused. Nothing stops, but an admin has to be notified.
    expect(await providers.get(id)).toMatchObject({
      state: 'degraded',
      stateReason: 'cloud_providers.secret_wrong',
    })
  })

  it("reports nothing as wrong if Microsoft can't be reached", async () => {
    const { id } = await providers.create(await entered({ cloud: 'nobody' }), ACTOR)

    const { lines } = await providers.check(id)

    expect(new Set(lines.map(({ outcome }) => outcome))).toEqual(new Set(['not-tried']))
    expect(lines[0]).toMatchObject({ code: 'egress.unreachable' })
    expect(await providers.get(id)).toMatchObject({ state: 'connecting' })
  })
})

describe('a work order by link', () => {
  const tokenOf = (url: Secret) => new Secret(url.reveal().split('#')[1]!)

  it('is readable with the link, and returns ids that an admin confirms', async () => {
    const { link, url } = await workOrders.createLink(WISH, ACTOR)
    const { clientId } = await entered()

    const { workOrder: shown } = await workOrders.look(tokenOf(url))
    await workOrders.handBack(tokenOf(url), { clientId, tenantId: CONTOSO.tenantId, domain: 'Contoso.example' })

    expect(shown.redirectUri).toBe(REDIRECT_URI)
    const [proposed] = await workOrders.listLinks()
    expect(proposed).toMatchObject({
      id: link.id,
      state: 'proposed',
      proposal: { clientId, tenantId: CONTOSO.tenantId, tenantDomain: 'contoso.example', tenantKnown: true },
    })
    const provider = await workOrders.confirm(link.id, { name: 'Contoso', contact: 'ada@contoso.example' }, ACTOR)
    expect(provider).toMatchObject({ clientId, state: 'connecting' })
    expect((await workOrders.listLinks())[0]).toMatchObject({ state: 'confirmed', cloudProviderId: provider.id })
  })

  it('accepts one response, shows nothing afterwards, and creates no provider without confirmation', async () => {
    const { url } = await workOrders.createLink(WISH, ACTOR)
    const { clientId } = await entered()
    const before = await providers.list()
    const handBack = () => workOrders.handBack(tokenOf(url), { clientId, tenantId: CONTOSO.tenantId })

    const results = await Promise.allSettled([handBack(), handBack(), handBack()])

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(workOrders.look(tokenOf(url))).rejects.toMatchObject({ code: 'cloud_providers.work_order_over' })
    expect(await providers.list()).toEqual(before)
  })

  it.each<[string, { tenantId?: string; domain?: string; clientId?: string }, string]>([
    ['a tenant that is not there', { tenantId: '11111111-2222-4333-8444-555555555555' }, 'tenant_unknown'],
    ['a domain of another tenant', { domain: 'fabrikam.example' }, 'tenant_mismatch'],
    ['something that is no domain', { domain: '../common' }, 'field_invalid'],
    ['something that is no id', { clientId: 'Postkey' }, 'id_malformed'],
  ])('rejects %s and stays open', async (_what, changes, code) => {
    const { url } = await workOrders.createLink(WISH, ACTOR)
    const good = { clientId: '22222222-2222-4333-8444-555555555555', tenantId: CONTOSO.tenantId }

    await expect(workOrders.handBack(tokenOf(url), { ...good, ...changes })).rejects.toMatchObject({
      code: `cloud_providers.${code}`,
    })
    expect(await workOrders.look(tokenOf(url))).toBeDefined()
  })

  it('rejects a registration that already has a provider', async () => {
    const { url } = await workOrders.createLink(WISH, ACTOR)
    const { clientId, tenantId } = await providers.create(await entered(), ACTOR)

    await expect(workOrders.handBack(tokenOf(url), { clientId, tenantId })).rejects.toMatchObject({
      code: 'cloud_providers.already_exists',
    })
  })

  it('expires after seven days, and when it is revoked', async () => {
    const old = await workOrders.createLink(WISH, ACTOR)
    clock.advance(7 * 24 * 60 * 60 * 1000)
    const revoked = await workOrders.createLink(WISH, ACTOR)
    await workOrders.revokeLink(revoked.link.id, ACTOR)

    for (const { url } of [old, revoked]) {
      await expect(workOrders.look(tokenOf(url))).rejects.toMatchObject({ code: 'cloud_providers.work_order_over' })
    }
    await expect(workOrders.look(new Secret('guessed'))).rejects.toMatchObject({
      code: 'cloud_providers.work_order_over',
    })
    await expect(
      workOrders.confirm(revoked.link.id, { name: 'x', contact: 'ada@contoso.example' }, ACTOR),
    ).rejects.toMatchObject({ code: 'cloud_providers.work_order_over' })
  })
})

// Last, because the sandbox's clock only moves forward and expires everything.
describe('an expired secret', () => {
  it('is distinguished from a wrong one by the check', async () => {
    const { id } = await providers.create(await entered(), ACTOR)
    await sandbox.advance(3 * 366 * 24 * 60 * 60 * 1000)

    expect(linesOf((await providers.check(id)).lines)).toMatchObject({
      client: 'ok',
      credential: 'wrong: cloud_providers.secret_expired',
    })
  })
})
