/**
 * Errors of admins in a registration, over HTTP with the local Microsoft 365: each response names the field or the
 * cause and the fix, and no partial data is stored.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../kernel/ids.ts'
import { CONTOSO, createConnectingStage, FABRIKAM, type RegisteredApplication } from '../../../test/kit/index.ts'

const { ask, admin, registered, database } = await createConnectingStage()

let application: RegisteredApplication
beforeAll(async () => {
  application = await registered()
})

beforeEach(async () => {
  await database.db.deleteFrom('cloud_providers').execute()
})

function input(changes: Record<string, unknown> = {}, secret = application.secret.value) {
  return {
    name: 'Contoso',
    cloud: 'sandbox',
    accountTypes: 'single-tenant',
    tenantId: CONTOSO.tenantId,
    clientId: application.clientId,
    contact: 'ada@contoso.example',
    credential: { kind: 'secret', secret },
    ...changes,
  }
}

async function create(body: object) {
  const answer = await ask('POST /v1/cloud-providers', { as: admin, body })
  return { status: answer.status, body: answer.body as Record<string, unknown> & { id: string } }
}

async function check(body: object) {
  const { body: made } = await create(body)
  const answer = await ask(`POST /v1/cloud-providers/${made.id}/check`, { as: admin })
  const { lines } = answer.body as { lines: { what: string; outcome: string; code?: string; fix?: string }[] }
  const { body: after } = await ask(`GET /v1/cloud-providers/${made.id}`, { as: admin })
  return { wrong: lines.filter(({ outcome }) => outcome === 'wrong'), after }
}

const rows = async () => ({
  providers: (await database.db.selectFrom('cloud_providers').select('id').execute()).length,
  credentials: (await database.db.selectFrom('provider_credentials').select('id').execute()).length,
})

describe('an invalid field', () => {
  it.each<[string, () => object, string, string]>([
    [
      'the Secret ID instead of the value',
      () => input({}, application.secret.keyId),
      'secret_is_an_id',
      'credential.secret',
    ],
    ['a secret with a line end', () => input({}, 'abc\n'), 'secret_malformed', 'credential.secret'],
    ['a name as the client id', () => input({ clientId: 'Postkey' }), 'id_malformed', 'clientId'],
    ['a domain as the tenant id', () => input({ tenantId: CONTOSO.domain }), 'id_malformed', 'tenantId'],
  ])('is refused by name before anything is created: %s', async (_which, body, code, field) => {
    const answer = await create(body())

    expect(answer).toMatchObject({
      status: 422,
      body: { code: `cloud_providers.${code}`, faults: [{ field: `body.${field}` }] },
    })
    expect(answer.body['fix']).toBeTruthy()
    expect(JSON.stringify(answer.body)).not.toContain(application.secret.keyId)
    expect(await rows()).toEqual({ providers: 0, credentials: 0 })
  })

  it('is refused for a new secret, too, and the existing one stays', async () => {
    const { body: made } = await create(input())
    const body = { kind: 'secret', secret: application.secret.keyId.toUpperCase() }

    expect(await ask(`POST /v1/cloud-providers/${made.id}/credentials`, { as: admin, body })).toMatchObject({
      status: 422,
      body: { code: 'cloud_providers.secret_is_an_id', faults: [{ field: 'body.secret' }] },
    })
    expect(await rows()).toEqual({ providers: 1, credentials: 1 })
  })
})

describe("a registration that differs from Microsoft's", () => {
  it.each<[string, () => object, string, string, string]>([
    [
      'a tenant that is not there',
      () => input({ tenantId: newId() }),
      'tenant',
      'tenant_unknown',
      'Directory (tenant) ID',
    ],
    [
      'another tenant',
      () => input({ tenantId: FABRIKAM.tenantId }),
      'client',
      'client_unknown',
      'Application (client) ID',
    ],
    [
      'a client id that is not there',
      () => input({ clientId: newId() }),
      'client',
      'client_unknown',
      'Application (client) ID',
    ],
    [
      'a secret of another',
      () => input({}, 'xyz8Q~0123456789012345678901234567890123'),
      'credential',
      'secret_wrong',
      'Value',
    ],
  ])('is reported by the check at the wrong item, and by the state: %s', async (_which, body, what, code, words) => {
    const { wrong, after } = await check(body())

    expect(wrong).toMatchObject([{ what, code: `cloud_providers.${code}` }])
    expect(wrong[0]!.fix).toContain(words)
    expect(after).toMatchObject({ state: 'needs-admin', stateReason: `cloud_providers.${code}` })
  })

  it('with a missing redirect URI, or one with plain http, names the URI to add', async () => {
    application = await registered({ more: { web: { redirectUris: ['http://localhost:8400/callback'] } } })

    const { wrong } = await check(input())

    expect(wrong).toMatchObject([{ what: 'redirect-uri', code: 'cloud_providers.redirect_uri_unregistered' }])
    expect(wrong[0]!.fix).toContain('platform Web')
  })
})

describe('a registration with one wrong digit', () => {
  const update = (id: string, body: object) => ask(`PATCH /v1/cloud-providers/${id}`, { as: admin, body })

  async function checked(id: string) {
    const { body } = await ask(`POST /v1/cloud-providers/${id}/check`, { as: admin })
    const { lines } = body as { lines: { what: string; outcome: string }[] }
    return Object.fromEntries(lines.map(({ what, outcome }) => [what, outcome]))
  }

  beforeEach(async () => {
    application = await registered()
  })

  it.each([
    ['tenant id', { tenantId: newId() }],
    ['client id', { clientId: newId() }],
  ])('keeps all fields but the wrong one, including the secret: %s', async (_which, wrong) => {
    const { body: made } = await create(input({ ...wrong, deputy: 'ben@contoso.example' }))
    await checked(made.id)

    const { status, body } = await update(made.id, {
      tenantId: CONTOSO.tenantId,
      clientId: application.clientId.toUpperCase(),
    })

    expect(status).toBe(200)
    expect(body).toMatchObject({ id: made.id, state: 'connecting', deputy: 'ben@contoso.example' })
    expect(body).not.toHaveProperty('lastCheck')
    expect(await checked(made.id)).toMatchObject({ tenant: 'ok', client: 'ok', credential: 'ok' })
    expect((await ask(`GET /v1/cloud-providers/${made.id}`, { as: admin })).body).toMatchObject({ state: 'connected' })
  })

  it('refuses other ids after it has worked, because its sign-ins belong to the registration', async () => {
    const { body: made } = await create(input())
    await checked(made.id)

    expect(await update(made.id, { tenantId: FABRIKAM.tenantId })).toMatchObject({
      status: 409,
      body: { code: 'cloud_providers.ids_fixed' },
    })
    expect((await update(made.id, { tenantId: CONTOSO.tenantId, name: 'Contoso Ltd' })).status).toBe(200)
  })

  it('names the field of an invalid id, and refuses a registration that is already connected', async () => {
    const { body: made } = await create(input({ tenantId: newId() }))
    await create(input())

    expect(await update(made.id, { tenantId: 'contoso.example' })).toMatchObject({
      status: 422,
      body: { faults: [{ field: 'body.tenantId' }] },
    })
    expect(await update(made.id, { tenantId: CONTOSO.tenantId })).toMatchObject({
      body: { code: 'cloud_providers.already_exists' },
    })
  })

  it('shows the redirect URI for copying at the item that reports it missing', async () => {
    application = await registered({ more: { web: { redirectUris: ['http://localhost:8400/callback'] } } })
    const { wrong, after } = await check(input())

    expect(wrong).toMatchObject([{ what: 'redirect-uri', copy: expect.stringMatching(/\/oauth\/callback$/) as string }])
    expect(after).toMatchObject({ state: 'degraded' })
    // A provider that has never worked opens no incident.
    expect(after).not.toHaveProperty('workedAt')
  })
})

describe('one of several secrets', () => {
  it('has a permanent name with the first characters that Microsoft shows', async () => {
    application = await registered()
    const { body: made } = await create(input())
    const named = async () => {
      const { body } = await ask(`GET /v1/cloud-providers/${made.id}/credentials`, { as: admin })
      const { credentials } = body as { credentials: { id: string; hint: string }[] }
      return Object.fromEntries(credentials.map(({ id, hint }) => [id, hint]))
    }
    const before = await named()
    expect(Object.values(before)).toEqual([application.secret.value.slice(0, 3)])

    const body = { kind: 'secret', secret: 'xyz8Q~0123456789012345678901234567890123' }
    await ask(`POST /v1/cloud-providers/${made.id}/credentials`, { as: admin, body })

    const after = await named()
    expect(after).toMatchObject(before)
    expect(Object.values(after).sort()).toEqual([application.secret.value.slice(0, 3), 'xyz'].sort())
    const { body: result } = await ask(`POST /v1/cloud-providers/${made.id}/check`, { as: admin })
    const lines = (result as { lines: { what: string; title: string; fix?: string }[] }).lines
    const titles = lines.filter(({ what }) => what === 'credential').map(({ title }) => title)
    expect(titles.sort()).toEqual([
      `Microsoft accepts the client secret ${application.secret.value.slice(0, 3)}…`,
      'Microsoft rejected the client secret (xyz…)',
    ])
    expect(JSON.stringify(result)).toContain('Microsoft accepts another credential')
  })
})
