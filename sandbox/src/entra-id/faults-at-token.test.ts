import { describe, expect, it } from 'vitest'
import { type MailProgram, mailProgramForTest } from '../../test/signed-in.ts'

/** A fault that refuses a refresh, with the response that the client receives. */
interface Refused {
  fault: string
  on?: Record<string, string>
  options?: Record<string, unknown>
  status: number
  body: Record<string, unknown>
  /** `undefined` when the response must not have one. */
  suberror?: string | undefined
  headers?: Record<string, string>
  /** Tenant of the address; default `organizations`. */
  tenant?: string
}

const CLAIMS = '{"access_token":{"capolids":{"essential":true,"values":["c0ffee00-0000-4000-8000-00000000ca01"]}}}'
const refused = (code: number, error = 'invalid_grant') => ({ error, error_codes: [code] })

const REFUSALS: Refused[] = [
  // Consent and policies.
  { fault: 'consent-withdrawn', status: 400, body: refused(65001), suberror: 'consent_required' },
  { fault: 'need-admin-approval', status: 400, body: refused(65001), suberror: 'consent_required' },
  { fault: 'security-defaults', status: 400, body: refused(50079), suberror: 'basic_action' },
  { fault: 'mfa-required', status: 400, body: { ...refused(50076), claims: CLAIMS }, suberror: 'basic_action' },
  { fault: 'mfa-enrolment-required', status: 400, body: refused(50079), suberror: 'basic_action' },
  { fault: 'mfa-expired', status: 400, body: refused(50078), suberror: 'basic_action' },
  {
    fault: 'conditional-access-block',
    status: 400,
    body: { ...refused(53003), claims: CLAIMS },
    suberror: 'message_only',
  },
  { fault: 'device-not-compliant', status: 400, body: refused(53000), suberror: 'message_only' },
  { fault: 'device-not-joined', status: 400, body: refused(53001), suberror: 'message_only' },
  { fault: 'device-not-managed', status: 400, body: refused(530003) },
  { fault: 'tenant-policy-block', status: 400, body: refused(530032) },
  { fault: 'sign-in-frequency', status: 400, body: refused(70043), suberror: 'token_expired' },
  // Tenant and application.
  { fault: 'tenant-unknown', status: 400, body: refused(90002, 'invalid_request'), tenant: 'contoso.example' },
  { fault: 'single-tenant-application', status: 400, body: refused(50194, 'invalid_request') },
  { fault: 'application-unknown', status: 400, body: refused(700016, 'unauthorized_client') },
  { fault: 'application-disabled', status: 400, body: refused(7000112, 'unauthorized_client') },
  { fault: 'service-principal-missing', status: 401, body: refused(7000229, 'invalid_client') },
  { fault: 'assignment-required', status: 400, body: refused(50105) },
  { fault: 'resource-not-enabled', status: 400, body: refused(650052) },
  { fault: 'resource-missing', status: 400, body: refused(500011, 'invalid_resource') },
  // Credentials.
  { fault: 'secret-expired', status: 401, body: refused(7000222, 'invalid_client') },
  { fault: 'secret-wrong', status: 401, body: refused(7000215, 'invalid_client') },
  { fault: 'secret-missing', status: 401, body: refused(7000218, 'invalid_client') },
  // People.
  { fault: 'user-disabled', status: 400, body: refused(50057) },
  { fault: 'user-deleted', status: 400, body: refused(50034), suberror: 'bad_token' },
  { fault: 'account-locked', status: 400, body: refused(50053) },
  { fault: 'password-changed', status: 400, body: refused(50173), suberror: 'bad_token' },
  { fault: 'password-expired', status: 400, body: refused(50055), suberror: 'user_password_expired' },
  { fault: 'sessions-revoked', status: 400, body: refused(50173), suberror: 'bad_token' },
  // Refresh tokens.
  { fault: 'refresh-token-inactive', status: 400, body: refused(700082), suberror: 'bad_token' },
  { fault: 'refresh-token-max-lifetime', status: 400, body: refused(700081) },
  { fault: 'refresh-token-single-page', status: 400, body: refused(700084) },
  // Outages.
  {
    fault: 'token-endpoint-throttled',
    status: 429,
    body: refused(90055, 'temporarily_unavailable'),
    headers: { 'retry-after': '30' },
  },
  { fault: 'loop-detected', status: 400, body: refused(50196, 'temporarily_unavailable') },
  { fault: 'entra-unavailable', status: 503, body: refused(90033, 'temporarily_unavailable') },
  {
    fault: 'entra-unavailable',
    options: { code: '50033', status: '500' },
    status: 500,
    body: refused(50033, 'temporarily_unavailable'),
  },
]

describe('a fault at the token endpoint', () => {
  it.each(REFUSALS)("$fault has Microsoft's exact response, and none after it is switched off", async (row) => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.clock.move(60_000)
    const { id } = world.faults.switchOn(row.fault, row.on ?? {}, row.options)
    const answer = await world.refresh(refreshToken, {}, row.tenant)

    expect(answer.status).toBe(row.status)
    expect(answer.body).toMatchObject(row.body)
    expect(answer.body['suberror']).toBe(row.suberror)
    expect(answer.body['error_description']).toMatch(
      new RegExp(
        `^AADSTS${String((row.body['error_codes'] as number[])[0])}: .* Trace ID: .* Correlation ID: .* Timestamp: `,
      ),
    )
    expect(answer.headers).toMatchObject(row.headers ?? {})
    expect(world.faults.callsOf(id)).toEqual([{ at: world.clock.now().getTime(), call: 'token (refresh_token)' }])

    world.faults.switchOff(id)
    expect((await world.refresh(refreshToken, {}, row.tenant)).status).toBe(200)
    expect(world.faults.callsOf(id)).toHaveLength(1)
  })

  it.each(REFUSALS)('$fault switched on for one target does not affect others', async (row) => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.clock.move(60_000)
    for (const on of neighbors(world)) {
      const [scope] = Object.keys(on)
      const { scopes } = world.faults.catalogue.find(({ name }) => name === row.fault)!
      if (!scopes.includes(scope as never)) continue
      world.faults.switchOn(row.fault, on, row.options)
    }

    expect((await world.refresh(refreshToken, {}, row.tenant)).status).toBe(200)
    expect(
      world.faults
        .listOn()
        .map(({ met }) => met)
        .every((met) => met === 0),
    ).toBe(true)

    world.faults.switchOn(row.fault, row.on ?? {}, row.options)
    expect((await world.refresh(refreshToken, {}, row.tenant)).status).toBe(row.status)
  })

  it.each(REFUSALS)('$fault affects its target, in each of its scopes', async (row) => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.clock.move(60_000)
    const targets: Record<string, string> = {
      tenant: 'contoso.example',
      user: 'ben@contoso.example',
      application: world.app.appId,
    }
    for (const scope of world.faults.catalogue.find(({ name }) => name === row.fault)!.scopes) {
      const { id } = world.faults.switchOn(row.fault, { [scope]: targets[scope] }, row.options)
      const { status } = await world.refresh(refreshToken, {}, row.tenant)
      expect([scope, status]).toEqual([scope, row.status])
      world.faults.switchOff(id)
    }
  })

  it('has an entry in the list above for each fault that refuses a refresh', async () => {
    const world = await mailProgramForTest()
    const rows = new Set(REFUSALS.map(({ fault }) => fault))
    for (const { name, part } of world.faults.catalogue) {
      if (part !== 'entra-id' || rows.has(name) || SHOWN_ELSEWHERE.has(name)) continue
      throw new TypeError(`${name} has no row`)
    }
  })

  it.each([
    'password-changed',
    'sessions-revoked',
    'mfa-required',
    'mfa-expired',
    'mfa-enrolment-required',
    'security-defaults',
    'sign-in-frequency',
    'refresh-token-inactive',
    'refresh-token-max-lifetime',
    'refresh-token-single-page',
  ])('%s is resolved by a new sign-in while the fault is on', async (fault) => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('anna@contoso.example')
    world.clock.move(60_000)
    world.faults.switchOn(fault, {})
    world.clock.move(60_000)
    expect((await world.refresh(refreshToken)).status).toBe(400)

    const again = await world.signIn('anna@contoso.example')
    expect((await world.refresh(again.refreshToken)).status).toBe(200)
    expect((await world.refresh(refreshToken)).status).toBe(400)
  })

  it.each(['secret-expired', 'secret-wrong'])('%s is resolved by a new secret while the fault is on', async (fault) => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.clock.move(60_000)
    world.faults.switchOn(fault, { application: world.app.appId })
    world.clock.move(60_000)
    const { secretText } = world.directory.applications.addPassword(world.app.id, { displayName: 'next' })

    expect((await world.refresh(refreshToken)).status).toBe(401)
    expect((await world.refresh(refreshToken, { client_secret: secretText })).status).toBe(200)
  })

  it.each(['consent-withdrawn', 'need-admin-approval'])(
    "%s is resolved by an admin's new consent while the fault is on, without a sign-in",
    async (fault) => {
      const world = await mailProgramForTest()
      const { refreshToken } = await world.signIn('ben@contoso.example')
      world.clock.move(60_000)
      world.faults.switchOn(fault, { tenant: 'contoso.example' })
      world.clock.move(60_000)
      expect((await world.refresh(refreshToken)).status).toBe(400)

      world.grantToAll(world.app.appId, world.granted)
      expect((await world.refresh(refreshToken)).status).toBe(200)
    },
  )
})

describe('a fault in the token format', () => {
  it('omits the refresh token, shortens the lifetime or makes tokens unreadable as long as it is on', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.faults.switchOn('no-refresh-token', { user: 'ben@contoso.example' })
    world.faults.switchOn('short-access-tokens', { user: 'ben@contoso.example' }, { seconds: 60 })
    world.faults.switchOn('opaque-access-tokens', { user: 'ben@contoso.example' })
    const { body } = await world.refresh(refreshToken)
    expect(body).not.toHaveProperty('refresh_token')
    expect(body['expires_in']).toBe(60)
    expect(String(body['access_token'])).toMatch(/^EwB/)
    const verified = () =>
      world.entraId.accessTokens.verify(String(body['access_token']), 'https://graph.microsoft.com')
    expect(await verified()).toHaveProperty('claims')
    world.clock.move(61_000)
    expect(await verified()).toEqual({ refused: 'expired' })

    const ada = await world.signIn('ada@contoso.example')
    expect(ada.body).toHaveProperty('refresh_token')
    expect(Number(ada.body['expires_in'])).toBeGreaterThanOrEqual(3600)
    world.faults.switchAllOff()
    expect((await world.refresh(refreshToken)).body).toHaveProperty('refresh_token')
  })
})

describe('rotation of refresh tokens', () => {
  it('is lenient as at Microsoft: an old token stays valid', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    expect((await world.refresh(refreshToken)).status).toBe(200)
    expect((await world.refresh(refreshToken)).status).toBe(200)
  })

  it('is strict while the fault is on: a second use revokes the family, and no other', async () => {
    const world = await mailProgramForTest()
    const first = await world.signIn('ben@contoso.example')
    const other = await world.signIn('ben@contoso.example')
    const { id } = world.faults.switchOn('strict-rotation', { user: 'ben@contoso.example' })
    const second = await world.refresh(first.refreshToken)
    expect(second.status).toBe(200)
    expect(world.faults.callsOf(id)).toEqual([])

    expect((await world.refresh(first.refreshToken)).body).toMatchObject({
      error: 'invalid_grant',
      error_codes: [70000],
    })
    expect((await world.refresh(String(second.body['refresh_token']))).body).toMatchObject({ error: 'invalid_grant' })
    expect((await world.refresh(other.refreshToken)).status).toBe(200)
    expect(world.faults.callsOf(id)).toHaveLength(1)
  })

  it('accepts only one of two concurrent uses of a token', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.faults.switchOn('strict-rotation')
    const answers = await Promise.all([world.refresh(refreshToken), world.refresh(refreshToken)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  it('is complete when the response is lost', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.faults.switchOn('strict-rotation')
    const lost = world.faults.switchOn('token-answer-lost', {}, { times: 1 })
    await expect(world.refresh(refreshToken)).rejects.toThrow()
    expect(world.faults.listOn().map(({ name }) => name)).toEqual(['strict-rotation'])
    expect(world.faults.callsOf(lost.id)).toHaveLength(1)
    expect((await world.refresh(refreshToken)).body).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('a broken connection', () => {
  it('before the request is read changes nothing', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.faults.switchOn('strict-rotation')
    const { id } = world.faults.switchOn('entra-connection-cut', { user: 'ben@contoso.example' })
    await expect(world.refresh(refreshToken)).rejects.toThrow()
    world.faults.switchOff(id)
    expect((await world.refresh(refreshToken)).status).toBe(200)
  })
})

/** Faults that refuse no refresh. Their tests are below, and with the sign-in pages and discovery. */
const SHOWN_ELSEWHERE = new Set([
  'user-consent-admin-only',
  'device-code-blocked',
  'redirect-uri-mismatch',
  'certificate-unknown',
  'no-refresh-token',
  'strict-rotation',
  'token-answer-lost',
  'short-access-tokens',
  'opaque-access-tokens',
  'entra-maintenance-page',
  'entra-connection-cut',
  'entra-hangs',
  'discovery-down',
  'signing-key-rotated',
  'entra-clock-skew',
])

function neighbors({ register }: MailProgram): Record<string, string>[] {
  return [
    { tenant: 'fabrikam.example' },
    { user: 'ada@contoso.example' },
    { application: register({ displayName: 'Another program' }).appId },
  ]
}
