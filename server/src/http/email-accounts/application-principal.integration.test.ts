/**
 * Mailboxes with the application as principal, with the local Microsoft 365: receiving and sending without a sign-in,
 * limited to the mailboxes that Exchange allows, with a warning when access is broader.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { CloudProviderId, EmailAccountId, GrantId } from '../../kernel/ids.ts'
import { AppError } from '../../kernel/errors.ts'
import { createSync } from '../../sync/index.ts'
import {
  consentToAll as consentToAllAt,
  EXCHANGE_APP_ID,
  giveFullAccess,
  CONTOSO,
  createConnectingStage,
  letInto as letIntoAt,
  openSandboxDirectory,
  type RegisteredApplication,
  type SandboxDirectory,
  silentLog,
  WAIT,
} from '../../../test/kit/index.ts'

const stage = await createConnectingStage()
const { rooms, sandbox, database, clock, ask, admin, registered, addProvider } = stage
const { cloudProviders, emailAccounts, events, conversations, applicationAccess } = rooms
const SUPPORT = 'support@contoso.example'
const BILLING = 'billing@contoso.example'
const ANNA = 'anna@contoso.example'
const MINUTE_MS = 60 * 1000
const ROLES = ['Application Mail.ReadWrite', 'Application Mail.Send']

let directory: SandboxDirectory
let app: RegisteredApplication
let provider: CloudProviderId
let keys = 0

beforeEach(async () => {
  await database.db.deleteFrom('email_accounts').execute()
  directory = await openSandboxDirectory(sandbox)
  app = await registered()
  provider = await addProvider(app.clientId, app.secret.value)
})

const letInto = (addresses: readonly string[]) => letIntoAt(sandbox, app.clientId, addresses)
const consentToAll = (role: string) => consentToAllAt(directory, app.clientId, role)

async function associate(address: string): Promise<EmailAccountId> {
  const body = {
    address,
    kind: 'shared',
    applicationOf: { cloudProviderId: provider },
    name: address,
    key: `P${++keys}`,
  }
  const answer = await ask('POST /v1/email-accounts', { as: admin, body: { ...body, contact: CONTOSO.admin } })
  expect(answer.status, answer.text).toBe(201)
  return (answer.body as { id: EmailAccountId }).id
}

async function checkLine() {
  const { lines } = await cloudProviders.check(provider)
  return lines.find(({ what }) => what === 'other-mailboxes')
}

describe('a mailbox with the application as principal', () => {
  it('receives and sends without a sign-in, and names its principal', async () => {
    await letInto([SUPPORT])
    const id = await associate(SUPPORT)
    expect(await emailAccounts.get(id)).toMatchObject({
      principal: { kind: 'application', tenantId: CONTOSO.tenantId },
      preflight: { checks: [{ what: 'exists', outcome: 'ok' }, { outcome: 'ok' }, { outcome: 'ok' }, {}] },
    })

    const after = await emailAccounts.sendTest(id, 'person:ada')
    expect(after.preflight!.checks.find(({ what }) => what === 'sends')).toMatchObject({ outcome: 'ok' })

    const sync = createSync({
      ...{ database, clock, events, emailAccounts, conversations, log: silentLog },
      pushFor: () => Promise.resolve({ unavailable: new AppError('sync.push_needs_public_url') }),
    })
    await sync.start()
    const subjects = await vi.waitUntil(async () => {
      await sync.wake(id)
      await sync.settled()
      const rows = await database.db
        .selectFrom('messages')
        .select(['subject', 'direction'])
        .where('email_account_id', '=', id)
        .execute()
      return rows.some(({ direction }) => direction === 'in') && rows.map(({ subject }) => subject)
    }, WAIT)
    await sync.stop()
    expect(subjects).toContain('Postkey: this mailbox can send')
    expect(await emailAccounts.get(id)).toMatchObject({ state: 'connected' })
    expect(await rooms.grants.list(provider)).toEqual([])
  })

  it('is read by IMAP when the application has the role and a service principal in Exchange; each missing part has its own error', async () => {
    await letInto([SUPPORT])
    const id = await associate(SUPPORT)
    const byImap = () => ask(`PATCH /v1/email-accounts/${id}`, { as: admin, body: { receivesBy: 'imap' } })

    // A token without the role is not used, because Exchange would refuse it without a reason.
    expect((await byImap()).body).toMatchObject({ code: 'transports.imap_role_missing', remedy: 'admin' })
    await consentToAllAt(directory, app.clientId, 'IMAP.AccessAsApp', EXCHANGE_APP_ID)
    expect((await byImap()).body).toMatchObject({ code: 'transports.imap_application_unknown', remedy: 'admin' })
    expect(await emailAccounts.get(id)).toMatchObject({ receivesBy: 'graph' })

    const [access] = await applicationAccess.of(provider)
    const { objectId = '' } = access!
    expect(access!.imapCommands).toContain(`New-ServicePrincipal -AppId '${app.clientId}' -ObjectId $objectId`)
    expect(access!.imapCommands).toContain(`Add-MailboxPermission -Identity '${SUPPORT}' -User $objectId`)
    await giveFullAccess(sandbox, objectId, SUPPORT)

    const changed = await byImap()
    expect(changed.status, changed.text).toBe(200)
    expect(changed.body).toMatchObject({ receivesBy: 'imap', sendsBy: 'graph', principal: { kind: 'application' } })
    const { reading } = await emailAccounts.transportOf(await emailAccounts.get(id))
    const subjects = []
    for (const { remoteId } of await reading.newest('INBOX', 3))
      subjects.push((await reading.fetchMessage(remoteId))!.subject)
    expect(subjects).toHaveLength(3)
    const { lines } = await rooms.doctor.examineAccount(id)
    expect(lines.find(({ what }) => what === 'imap-sign-in')).toMatchObject({
      outcome: 'ok',
      facts: expect.arrayContaining([{ name: 'roles', value: 'IMAP.AccessAsApp' }]) as object,
    })

    const bySmtp = await ask(`PATCH /v1/email-accounts/${id}`, { as: admin, body: { sendsBy: 'smtp' } })
    expect(bySmtp.body).toMatchObject({ code: 'email_accounts.protocol_needs_person' })
  })

  it('needs an admin, not a sign-in, when Exchange denies access', async () => {
    await letInto([BILLING])
    const id = await associate(SUPPORT)

    expect(await emailAccounts.get(id)).toMatchObject({
      state: 'needs-admin',
      reason: { code: 'transports.application_denied', remedy: 'admin' },
    })
    await letInto([BILLING, SUPPORT])
    const { preflight } = await emailAccounts.checkAgain(id)
    expect(preflight!.checks[0]).toMatchObject({ what: 'exists', outcome: 'ok' })
  })

  describe('replacing a person by the application', () => {
    let grantId: GrantId
    let id: EmailAccountId
    const patch = (change: object) => ask(`PATCH /v1/email-accounts/${id}`, { as: admin, body: change })

    beforeEach(async () => {
      // A code of her authenticator is valid once within its 30 seconds.
      await sandbox.advance(MINUTE_MS)
      clock.advance(MINUTE_MS)
      grantId = await stage.grantOf(provider, ANNA)
      const named = { address: SUPPORT, kind: 'shared', name: 'Support', key: `P${++keys}`, contact: CONTOSO.admin }
      const answer = await ask('POST /v1/email-accounts', { as: admin, body: { ...named, grantId } })
      id = (answer.body as { id: EmailAccountId }).id
    })

    it('is tested first: a refusal changes nothing, and the mailbox continues as before', async () => {
      await letInto([BILLING])

      expect(await patch({ application: {}, name: 'Other' })).toMatchObject({
        status: 409,
        body: { code: 'email_accounts.application_cannot_open', remedy: 'admin' },
      })
      expect(await emailAccounts.get(id)).toMatchObject({
        name: 'Support',
        principal: { kind: 'grant', grantId },
        state: 'connecting',
      })
    })

    it('is recorded with both principals, and can be reversed', async () => {
      await letInto([SUPPORT])

      expect((await patch({ application: {} })).body).toMatchObject({
        principal: { kind: 'application', tenantId: CONTOSO.tenantId },
      })
      expect((await patch({ grantId })).body).toMatchObject({ principal: { kind: 'grant', grantId } })
      expect((await patch({ grantId, application: {} })).status).toBe(400)

      const { entries } = (await ask('GET /v1/audit', { as: admin })).body as {
        entries: { action: string; subject: string; detail: object }[]
      }
      const changes = entries.filter(({ action, subject }) => action.endsWith('principal_changed') && subject === id)
      expect(changes.map(({ detail }) => detail).toReversed()).toMatchObject([
        { from: { userName: ANNA }, to: 'application' },
        { from: 'application', to: { userName: ANNA } },
      ])
      const told = await events.list({ emailAccountIds: [id] })
      expect(told.events.filter(({ kind }) => kind === 'email_account.principal_changed')).toHaveLength(2)
    })

    it('uses the organization of the person when the registration belongs to another one', async () => {
      await letInto([SUPPORT])
      await cloudProviders.update(provider, { accountTypes: 'multitenant' }, 'person:ada')
      const fabrikam = '8b2d4f60-93c7-4e1a-a4d5-71e6c9b0f322'
      await database.db.updateTable('cloud_providers').set({ tenant_id: fabrikam }).where('id', '=', provider).execute()

      expect((await patch({ application: {} })).body).toMatchObject({ principal: { tenantId: CONTOSO.tenantId } })
    })

    it('stays within the cloud provider, as does the reverse', async () => {
      const other = await registered()
      const elsewhere = await addProvider(other.clientId, other.secret.value)
      await sandbox.advance(MINUTE_MS)
      clock.advance(MINUTE_MS)

      expect(await patch({ grantId: await stage.grantOf(elsewhere, ANNA) })).toMatchObject({
        status: 409,
        body: { code: 'email_accounts.other_cloud_provider' },
      })
    })
  })

  it('is refused for another organization when the registration is limited to its own', async () => {
    const elsewhere = { cloudProviderId: provider, tenantId: '8b2d4f60-93c7-4e1a-a4d5-71e6c9b0f322' }
    const body = { address: 'carla@fabrikam.example', kind: 'user', applicationOf: elsewhere }
    expect(await ask('POST /v1/email-accounts/preflight', { as: admin, body })).toMatchObject({
      status: 409,
      body: { code: 'email_accounts.tenant_not_admitted' },
    })
  })

  it('requires either a sign-in or an application, but not both', async () => {
    const mail = { address: SUPPORT, kind: 'shared' }
    const applicationOf = { cloudProviderId: provider }
    for (const opened of [{}, { applicationOf, grantId: '00000000-0000-7000-8000-000000000000' }]) {
      const answer = await ask('POST /v1/email-accounts/preflight', { as: admin, body: { ...mail, ...opened } })
      expect(answer.status).toBe(400)
    }
  })

  it('follows its provider: a refused secret is a single state of the provider, and its recovery resumes the mailbox', async () => {
    await letInto([SUPPORT])
    const id = await associate(SUPPORT)
    await cloudProviders.check(provider)
    await directory.ask('POST', `/applications/${app.objectId}/removePassword`, { keyId: app.secret.keyId })
    await database.db.deleteFrom('application_tokens').execute()
    const account = await emailAccounts.checkAgain(id)
    expect(account).toMatchObject({ state: 'needs-admin', reason: { code: 'cloud_providers.secret_wrong' } })
    expect(await cloudProviders.get(provider)).toMatchObject({ state: 'needs-admin' })
    const later = new Date(clock.now().getTime() + 15 * 60_000)
    await database.db
      .updateTable('account_sync_states')
      .set({ due_at: later })
      .where('email_account_id', '=', id)
      .execute()

    const made = await directory.ask<{ secretText: string }>('POST', `/applications/${app.objectId}/addPassword`, {
      passwordCredential: {},
    })
    const body = { kind: 'secret', secret: made.secretText }
    expect((await ask(`POST /v1/cloud-providers/${provider}/credentials`, { as: admin, body })).body).toMatchObject({
      standing: { state: 'works' },
    })
    expect((await emailAccounts.get(id)).dueAt).toEqual(clock.now())
  })
})

describe('the tokens of the application', () => {
  const principal = () => ({ cloudProviderId: provider, tenantId: CONTOSO.tenantId, resource: 'graph' }) as const

  it('are requested once for concurrent callers, and stored encrypted until shortly before they expire', async () => {
    await letInto([SUPPORT])
    const id = await associate(SUPPORT)
    await database.db.deleteFrom('application_tokens').execute()
    const account = await emailAccounts.get(id)
    const stored = () => database.db.selectFrom('application_tokens').selectAll().execute()

    await Promise.all(
      Array.from({ length: 5 }, async () => (await emailAccounts.transportOf(account)).reading.listFolders()),
    )
    const [first, ...others] = await stored()
    expect(others).toEqual([])
    expect(first).toMatchObject({ cloud_provider_id: principal().cloudProviderId, tenant_id: CONTOSO.tenantId })
    expect(first!.sealed.toString('latin1')).not.toContain('eyJ')
    await (await emailAccounts.transportOf(account)).reading.listFolders()
    expect(await stored()).toEqual([first])

    clock.advance(30 * 60 * 60_000)
    await sandbox.advance(30 * 60 * 60_000)
    await (await emailAccounts.transportOf(account)).reading.listFolders()
    expect((await stored())[0]!.expires_at.getTime()).toBeGreaterThan(first!.expires_at.getTime())
  })
})

describe('the limit of the application to its mailboxes', () => {
  it('is set up by commands for exactly these mailboxes, with the ids filled in', async () => {
    await letInto([SUPPORT])
    await associate(SUPPORT)
    const answer = await ask(`GET /v1/cloud-providers/${provider}/application-access?address=${BILLING}`, { as: admin })
    const [own] = (answer.body as { organizations: { objectId: string; commands: string; roles: string[] }[] })
      .organizations

    expect(own).toMatchObject({ tenantId: CONTOSO.tenantId, roles: [], emailAccounts: [{ address: SUPPORT }] })
    const filter = encodeURIComponent(`appId eq '${app.clientId}'`)
    const { value } = await directory.ask<{ value: { id: string }[] }>('GET', `/servicePrincipals?$filter=${filter}`)
    expect(own!.objectId).toBe(value[0]!.id)
    for (const part of [app.clientId, value[0]!.id, SUPPORT, BILLING, ...ROLES]) expect(own!.commands).toContain(part)
    expect(own!.commands).not.toContain('anna@contoso.example')
  })

  it('is tested with a mailbox that an admin names, and passes when that cannot be read', async () => {
    await letInto([SUPPORT])
    await associate(SUPPORT)
    await cloudProviders.update(provider, { probeAddress: BILLING }, 'person:ada')

    expect(await checkLine()).toMatchObject({ outcome: 'ok', address: BILLING })
    expect(await cloudProviders.get(provider)).toMatchObject({ state: 'connected' })
  })

  it('causes a warning when that mailbox can be read, until the access is fixed', async () => {
    await letInto([SUPPORT, BILLING])
    await associate(SUPPORT)
    await cloudProviders.update(provider, { probeAddress: BILLING }, 'person:ada')

    expect(await checkLine()).toMatchObject({
      outcome: 'wrong',
      address: BILLING,
      code: 'cloud_providers.reads_other_mailboxes',
    })
    const warned = await cloudProviders.get(provider)
    expect(warned).toMatchObject({ state: 'degraded', stateReason: 'cloud_providers.reads_other_mailboxes' })
    expect(warned.lastCheck!.at).toBe(clock.now().toISOString())

    await letInto([SUPPORT])
    await cloudProviders.check(provider)
    expect(await cloudProviders.get(provider)).toMatchObject({ state: 'connected', stateReason: undefined })
  })

  it('causes a warning for consent to the whole organization, without a named mailbox', async () => {
    await letInto([SUPPORT])
    await consentToAll('Mail.ReadWrite')
    await associate(SUPPORT)

    expect(await checkLine()).toMatchObject({
      outcome: 'wrong',
      code: 'cloud_providers.reads_other_mailboxes',
      title: expect.stringContaining('Mail.ReadWrite') as string,
    })
  })

  it('chooses a mailbox for the test if the directory can be read, and reports otherwise that it was not tested', async () => {
    await letInto([SUPPORT])
    await associate(SUPPORT)
    expect(await checkLine()).toMatchObject({ outcome: 'not-tried' })

    await consentToAll('User.Read.All')
    await database.db.deleteFrom('application_tokens').execute()
    expect(await checkLine()).toMatchObject({ outcome: 'ok', address: expect.stringContaining('@') as string })
    await letInto([SUPPORT, BILLING, 'ada@contoso.example', 'anna@contoso.example', 'ben@contoso.example'])
    expect(await checkLine()).toMatchObject({ outcome: 'wrong' })
  })

  it('is absent if all mailboxes were chosen: consent is required, and its broad access is intended', async () => {
    await cloudProviders.update(provider, { application: 'all-mailboxes' }, 'person:ada')
    const lines = async () =>
      (await cloudProviders.check(provider)).lines.map(({ what, outcome }) => `${what} ${outcome}`)

    expect(await lines()).toContain('application waiting')
    expect(await cloudProviders.get(provider)).toMatchObject({ state: 'connected' })
    await consentToAll('Mail.ReadWrite')
    expect((await cloudProviders.check(provider)).lines.find(({ what }) => what === 'application')).toMatchObject({
      outcome: 'waiting',
      title: expect.stringMatching(/consent to Mail.Send for/) as string,
    })
    await consentToAll('Mail.Send')
    await associate(SUPPORT)
    expect(await lines()).toEqual(expect.arrayContaining(['application ok', 'other-mailboxes ok']))
    expect(await cloudProviders.get(provider)).toMatchObject({ state: 'connected', application: 'all-mailboxes' })
  })

  it('is not checked if the application is not the principal of any mailbox', async () => {
    expect(await checkLine()).toBeUndefined()
    expect(await applicationAccess.of(provider)).toMatchObject([{ commands: undefined, objectId: undefined }])
  })
})
