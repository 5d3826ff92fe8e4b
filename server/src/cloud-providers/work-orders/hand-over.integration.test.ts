/** Replacing credentials, tested against the local Microsoft 365: a credential is used only after it has worked. */
import { beforeEach, describe, expect, it } from 'vitest'
import { type CloudProviderId, type ProviderCredentialId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'
import { createConnectingStage, CONTOSO, openSandboxDirectory, type SandboxDirectory } from '../../../test/kit/index.ts'

const stage = await createConnectingStage()
const { rooms, applicationTokens, sandbox, database, clock, registered, addProvider } = stage
const { cloudProviders } = rooms
const ACTOR = 'person:ada'
const DAY_MS = 24 * 60 * 60 * 1000
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'

let directory: SandboxDirectory
let app: Awaited<ReturnType<typeof registered>>
let id: CloudProviderId

beforeEach(async () => {
  directory = await openSandboxDirectory(sandbox)
  app = await registered()
  id = await addProvider(app.clientId, app.secret.value)
})

async function advance(ms: number): Promise<void> {
  clock.advance(ms)
  await sandbox.advance(ms)
}

async function standings() {
  const all = await cloudProviders.listCredentials(id)
  return all.map(({ kind, standing: { state } }) => `${kind} ${state}`)
}

async function newSecret(): Promise<string> {
  const made = await directory.ask<{ secretText: string }>('POST', `/applications/${app.objectId}/addPassword`, {
    passwordCredential: { displayName: 'Next' },
  })
  return made.secretText
}

async function upload(pem: string): Promise<void> {
  const key = Buffer.from(pem).toString('base64')
  const keyCredentials = [{ type: 'AsymmetricX509Cert', usage: 'Verify', key, displayName: 'Postkey' }]
  await directory.ask('PATCH', `/applications/${app.objectId}`, { keyCredentials })
}

async function removeOldSecret(): Promise<void> {
  await directory.ask('POST', `/applications/${app.objectId}/removePassword`, { keyId: app.secret.keyId })
}

/** Requests a new token of the application, as a mailbox does. */
async function ask() {
  const { tenantId } = await cloudProviders.get(id)
  const principal = { cloudProviderId: id, tenantId, resource: 'graph' } as const
  await applicationTokens.discard(principal, await applicationTokens.get(principal))
  return { ok: true }
}

async function stateChanges() {
  const { events } = await rooms.events.list({ emailAccountIds: 'all', subjectId: id })
  return events.filter(({ kind }) => kind === 'cloud_provider.state_changed').map(({ payload }) => payload)
}

describe('a new secret', () => {
  it('is tried when added; the previous one stays until the new one works, and can then be removed', async () => {
    expect(await standings()).toEqual(['secret untried'])
    await cloudProviders.check(id)
    expect(await standings()).toEqual(['secret works'])
    await advance(1000)

    const added = await cloudProviders.addCredential(
      id,
      { kind: 'secret', secret: new Secret(await newSecret()), expiresAt: undefined },
      ACTOR,
    )

    expect(added.standing).toEqual({ state: 'works', since: clock.now() })
    const [newest, old] = await cloudProviders.listCredentials(id)
    expect(newest).toMatchObject({ id: added.id, isReplaced: false })
    expect(old).toMatchObject({ isReplaced: true, standing: { state: 'works' } })
  })

  it('never takes over if it is wrong: the old one stays in use, and the provider shows the fault', async () => {
    await cloudProviders.check(id)
    await advance(1000)
    const wrong = { kind: 'secret', secret: new Secret('wrong~but~well~formed'), expiresAt: undefined } as const
    const { standing } = await cloudProviders.addCredential(id, wrong, ACTOR)

    expect(standing).toEqual({ state: 'refused', since: clock.now(), code: 'cloud_providers.secret_wrong' })
    expect(await ask()).toMatchObject({ ok: true })
    const [used] = await cloudProviders.listCredentials(id)
    expect(used).toMatchObject({ standing: { state: 'works' }, isReplaced: false })
    expect(await cloudProviders.get(id)).toMatchObject({
      state: 'degraded',
      stateReason: 'cloud_providers.secret_wrong',
    })
    expect((await stateChanges()).at(-1)).toEqual({
      from: 'connected',
      to: 'degraded',
      reason: 'cloud_providers.secret_wrong',
    })
  })

  it('restores a provider whose only one is refused, with one event per change of state', async () => {
    await cloudProviders.check(id)
    const next = await newSecret()
    await removeOldSecret()

    for (let time = 0; time < 3; time++) {
      await expect(ask()).rejects.toMatchObject({ code: 'cloud_providers.secret_wrong' })
    }
    const refused = await cloudProviders.get(id)
    expect(refused).toMatchObject({ state: 'needs-admin', stateReason: 'cloud_providers.secret_wrong' })
    expect(refused.nextTryAt!.getTime() - clock.now().getTime()).toBeLessThanOrEqual(30_000)

    await advance(1000)
    await cloudProviders.addCredential(id, { kind: 'secret', secret: new Secret(next), expiresAt: undefined }, ACTOR)
    expect(await cloudProviders.get(id)).toMatchObject({
      state: 'connected',
      stateReason: undefined,
      nextTryAt: undefined,
    })
    expect(await stateChanges()).toEqual([
      { from: 'connecting', to: 'connected', reason: null },
      { from: 'connected', to: 'needs-admin', reason: 'cloud_providers.secret_wrong' },
      { from: 'needs-admin', to: 'connected', reason: null },
    ])
  })

  it('shows when it was last used', async () => {
    await cloudProviders.check(id)
    await advance(DAY_MS / 24)
    await ask()
    expect((await cloudProviders.listCredentials(id))[0]!.lastUsedAt).toEqual(clock.now())
  })
})

describe('a certificate', () => {
  it('is created here, is not used before its upload, and then takes over from the secret', async () => {
    await cloudProviders.check(id)
    await advance(1000)
    const made = await cloudProviders.addCredential(id, { kind: 'certificate', months: 12 }, ACTOR)
    expect(made.standing).toEqual({ state: 'untried' })
    expect(made.expiresAt!.getTime() - clock.now().getTime()).toBeGreaterThan(364 * DAY_MS)

    // Not uploaded yet, so mailboxes are not affected.
    expect((await cloudProviders.tryCredential(id, made.id)).standing).toEqual({
      state: 'untried',
      code: 'cloud_providers.certificate_unknown',
    })
    expect(await ask()).toMatchObject({ ok: true })
    expect(await cloudProviders.get(id)).toMatchObject({ state: 'connected' })

    await upload(made.certificate!.pem)
    expect((await cloudProviders.tryCredential(id, made.id)).standing).toEqual({ state: 'works', since: clock.now() })
    expect(await standings()).toEqual(['certificate works', 'secret works'])
    expect((await cloudProviders.listCredentials(id))[1]).toMatchObject({ kind: 'secret', isReplaced: true })

    await removeOldSecret()
    expect(await ask()).toMatchObject({ ok: true })
    const secret = (await cloudProviders.listCredentials(id)).find(({ kind }) => kind === 'secret')!
    await cloudProviders.removeCredential(id, secret.id, ACTOR)
    expect(await ask()).toMatchObject({ ok: true })
  })

  describe('as the only credential', () => {
    beforeEach(async () => {
      const [secret] = await cloudProviders.listCredentials(id)
      await cloudProviders.removeCredential(id, secret!.id, ACTOR)
    })
    const credentialLines = async () =>
      (await cloudProviders.check(id)).lines.filter(({ what }) => what === 'credential')

    it('waits for its upload without an alert, and connects the provider however the upload is detected', async () => {
      const made = await cloudProviders.addCredential(id, { kind: 'certificate', months: 12 }, ACTOR)
      expect(await credentialLines()).toMatchObject([
        { outcome: 'waiting', code: 'cloud_providers.certificate_unknown', credentialId: made.id },
      ])
      await cloudProviders.tryCredential(id, made.id)
      expect(await cloudProviders.get(id)).toMatchObject({ state: 'connecting', stateReason: undefined })

      await upload(made.certificate!.pem)
      await cloudProviders.tryCredential(id, made.id)

      const { state, lastCheck } = await cloudProviders.get(id)
      expect(state).toBe('connected')
      expect(lastCheck!.lines.filter(({ outcome }) => outcome === 'wrong' || outcome === 'waiting')).toEqual([])
    })

    it('is wrong instead of awaited if it was removed at Microsoft after it had worked', async () => {
      const made = await cloudProviders.addCredential(id, { kind: 'certificate', months: 12 }, ACTOR)
      await upload(made.certificate!.pem)
      expect(await credentialLines()).toMatchObject([{ outcome: 'ok' }])
      await directory.ask('PATCH', `/applications/${app.objectId}`, { keyCredentials: [] })

      expect(await credentialLines()).toMatchObject([{ outcome: 'wrong' }])
      expect(await cloudProviders.get(id)).toMatchObject({ state: 'needs-admin' })
    })

    it('stops a provider that has worked before, until it is uploaded', async () => {
      await database.db.updateTable('cloud_providers').set({ state: 'connected' }).where('id', '=', id).execute()
      await cloudProviders.addCredential(id, { kind: 'certificate', months: 12 }, ACTOR)
      expect(await credentialLines()).toMatchObject([{ outcome: 'waiting' }])
      expect(await cloudProviders.get(id)).toMatchObject({
        state: 'needs-admin',
        stateReason: 'cloud_providers.certificate_unknown',
      })
    })
  })

  it('keeps its private key sealed in the database and out of all responses and audit entries', async () => {
    const made = await cloudProviders.addCredential(id, { kind: 'certificate', months: 24 }, ACTOR)

    expect(made.certificate!.pem).toMatch(/^-----BEGIN CERTIFICATE-----/)
    expect(made.certificate).toEqual({
      pem: expect.any(String) as string,
      sha1: expect.stringMatching(/^[0-9A-F]{40}$/) as string,
      sha256: expect.stringMatching(/^[0-9A-F]{64}$/) as string,
    })
    expect(JSON.stringify(await cloudProviders.listCredentials(id))).not.toContain('PRIVATE KEY')
    const { rows } = await database.pool.query<{ dump: string }>(
      `SELECT (SELECT string_agg(encode(sealed, 'escape') || c::text, ' ') FROM provider_credentials c)
        || (SELECT string_agg(a::text, ' ') FROM audit_entries a)
        || (SELECT string_agg(e::text, ' ') FROM events e) AS dump`,
    )
    expect(rows[0]!.dump).not.toContain('PRIVATE KEY')
  })

  it('works for sign-ins of people like the secret before', async () => {
    const made = await cloudProviders.addCredential(id, { kind: 'certificate', months: 12 }, ACTOR)
    await upload(made.certificate!.pem)
    await removeOldSecret()
    const [secret] = (await cloudProviders.listCredentials(id)).filter(({ kind }) => kind === 'secret')
    await cloudProviders.removeCredential(id, secret!.id, ACTOR)

    const grantId = await stage.grantOf(id, 'anna@contoso.example')

    expect(await rooms.grants.get(grantId)).toMatchObject({ userName: 'anna@contoso.example' })
    expect(await standings()).toEqual(['certificate works'])
    expect(await cloudProviders.get(id)).toMatchObject({ state: 'connected' })
  })

  it("has an expiry date that can't be edited", async () => {
    const { id: credentialId } = await cloudProviders.addCredential(id, { kind: 'certificate', months: 12 }, ACTOR)
    await expect(cloudProviders.changeCredentialEnd(id, credentialId, new Date(), ACTOR)).rejects.toMatchObject({
      code: 'cloud_providers.credential_not_found',
    })
  })
})

describe('expiry dates', () => {
  async function permitToRead(): Promise<void> {
    const filter = (appId: string) => encodeURIComponent(`appId eq '${appId}'`)
    const find = (appId: string) =>
      directory.ask<{ value: { id: string; appRoles: { id: string; value: string }[] }[] }>(
        'GET',
        `/servicePrincipals?$filter=${filter(appId)}`,
      )
    const [client] = (await find(app.clientId)).value
    const [graph] = (await find(GRAPH_APP_ID)).value
    const role = graph!.appRoles.find(({ value }) => value === 'Application.ReadWrite.All')!
    await directory.ask('POST', `/servicePrincipals/${client!.id}/appRoleAssignments`, {
      principalId: client!.id,
      resourceId: graph!.id,
      appRoleId: role.id,
    })
  }

  it('are read from the registration if permitted, and the check reports it', async () => {
    await permitToRead()
    const { lines } = await cloudProviders.check(id)

    expect(lines.find(({ what }) => what === 'expiry-dates')).toMatchObject({ outcome: 'ok' })
    expect(await cloudProviders.listCredentials(id)).toMatchObject([
      { expiresAt: app.secret.expiresAt, expiryReadAt: clock.now() },
    ])
  })

  it('include the description of the secret, by which an admin identifies it', async () => {
    await permitToRead()
    await cloudProviders.check(id)

    const { value } = await directory.ask<{ value: { passwordCredentials: { displayName: string }[] }[] }>(
      'GET',
      `/applications?$filter=${encodeURIComponent(`appId eq '${app.clientId}'`)}`,
    )
    const [{ displayName } = { displayName: '' }] = value[0]!.passwordCredentials
    expect(displayName).not.toBe('')
    expect(await cloudProviders.listCredentials(id)).toMatchObject([{ description: displayName }])
  })

  it('leave the first characters of a secret from an older version to its next use', async () => {
    await database.db.updateTable('provider_credentials').set({ hint: null }).execute()
    expect(await cloudProviders.listCredentials(id)).toMatchObject([{ hint: undefined }])

    await cloudProviders.check(id)
    expect(await cloudProviders.listCredentials(id)).toMatchObject([{ hint: app.secret.value.slice(0, 3) }])
  })

  it('stay as entered if reading is not permitted, and the check reports it', async () => {
    const [{ id: credentialId } = { id: '' as ProviderCredentialId }] = await cloudProviders.listCredentials(id)
    const typed = new Date('2031-01-01T00:00:00Z')
    await cloudProviders.changeCredentialEnd(id, credentialId, typed, ACTOR)
    const { lines } = await cloudProviders.check(id)

    expect(lines.find(({ what }) => what === 'expiry-dates')).toMatchObject({
      outcome: 'not-tried',
      title: expect.stringContaining('has no permission to read them') as string,
    })
    expect(await cloudProviders.listCredentials(id)).toMatchObject([{ expiresAt: typed, expiryReadAt: undefined }])
  })
})

it('the application sends requests to one tenant only, whatever the supported account types', async () => {
  await cloudProviders.update(id, { accountTypes: 'multitenant' }, ACTOR)
  await cloudProviders.check(id)
  expect(await cloudProviders.get(id)).toMatchObject({ tenantId: CONTOSO.tenantId })
  expect(await standings()).toEqual(['secret works'])
})
