import { describe, expect, it } from 'vitest'
import { currentMfaCode } from './authenticator.ts'
import { answerOf, authorizeUrl, CALLBACK, signInAs } from '../../test/entra.ts'
import { MAIL_SCOPES, mailProgramForTest } from '../../test/signed-in.ts'

const BEN = 'ben@contoso.example'
const ADA = 'ada@contoso.example'

/** Faults that end a sign-in: on a page, or with a redirect to the client. */
const ENDS: { fault: string; code: number; at: 'page' | 'client' | 'user-name' | 'password'; options?: object }[] = [
  { fault: 'conditional-access-block', code: 53003, at: 'page' },
  { fault: 'device-not-compliant', code: 53000, at: 'page' },
  { fault: 'device-not-joined', code: 53001, at: 'page' },
  { fault: 'device-not-managed', code: 530003, at: 'page' },
  { fault: 'tenant-policy-block', code: 530032, at: 'page' },
  { fault: 'assignment-required', code: 50105, at: 'page' },
  { fault: 'application-unknown', code: 700016, at: 'page' },
  { fault: 'single-tenant-application', code: 50194, at: 'page' },
  { fault: 'redirect-uri-mismatch', code: 50011, at: 'page' },
  { fault: 'application-disabled', code: 7000112, at: 'client' },
  { fault: 'resource-not-enabled', code: 650052, at: 'client' },
  { fault: 'resource-missing', code: 500011, at: 'client' },
  { fault: 'user-deleted', code: 50034, at: 'user-name' },
  { fault: 'user-disabled', code: 50057, at: 'password' },
  { fault: 'account-locked', code: 50053, at: 'password' },
  { fault: 'password-expired', code: 50055, at: 'password' },
  { fault: 'entra-unavailable', code: 90033, at: 'page' },
]

describe('a fault at the sign-in', () => {
  it.each(ENDS)(
    '$fault is reported at the right place, and not after it is switched off',
    async ({ fault, code, at }) => {
      const world = await mailProgramForTest()
      const scope = world.faults.catalogue.find(({ name }) => name === fault)!.scopes
      const on = scope.includes('application') ? { application: world.app.appId } : { user: BEN }
      const { id } = world.faults.switchOn(fault, on)
      const url = authorizeUrl(world.app.appId, { scope: MAIL_SCOPES })
      const person = await world.browse().open(url)
      if (at === 'user-name') await person.submit({ loginfmt: BEN }, { button: 'Next' })
      else if (at === 'password') {
        await person.submit({ loginfmt: BEN }, { button: 'Next' })
        await person.submit({ passwd: 'Sandbox-2026' }, { button: 'Sign in' })
      } else if (person.status === 200 && person.forms.length > 0) await signInAs(person, BEN, world)

      if (at === 'client') expect(answerOf(person)['error_description']).toContain(`AADSTS${code}:`)
      else if (at === 'page') expect(person.text).toContain(`AADSTS${code}:`)
      else expect(person.markup).toContain(`<span id="error-code">${code}</span>`)
      expect(world.faults.callsOf(id).length).toBeGreaterThan(0)

      world.faults.switchOff(id)
      const again = await world.browse().open(url)
      await signInAs(again, BEN, world)
      expect(answerOf(again)).toHaveProperty('code')
    },
  )

  it.each(ENDS)('$fault does not affect other users', async ({ fault }) => {
    const world = await mailProgramForTest()
    const other = world.register({ displayName: 'Another program' })
    const { scopes } = world.faults.catalogue.find(({ name }) => name === fault)!
    const neighbors: Record<string, string> = { tenant: 'fabrikam.example', user: ADA, application: other.appId }
    for (const scope of scopes) world.faults.switchOn(fault, { [scope]: neighbors[scope] })

    const person = await world.browse().open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
    await signInAs(person, BEN, world)
    expect(answerOf(person)).toHaveProperty('code')
    expect(world.faults.listOn().every(({ met }) => met === 0)).toBe(true)
  })

  it.each(['mfa-required', 'mfa-enrolment-required', 'security-defaults'])(
    '%s makes a user without a second factor register one, once',
    async (fault) => {
      const world = await mailProgramForTest()
      world.faults.switchOn(fault, { tenant: 'contoso.example' })
      world.clock.move(60_000)
      const person = await world.browse().open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
      await person.submit({ loginfmt: BEN }, { button: 'Next' })
      await person.submit({ passwd: 'Sandbox-2026' }, { button: 'Sign in' })
      expect(person.text).toContain('More information required')
      await person.submit({}, { button: 'Next' })
      await person.submit({ otc: currentMfaCode(world.user(BEN), world.clock)!.code })
      await person.submit({}, { button: 'No' })

      const { code = '' } = answerOf(person)
      const fields = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK }
      const { body } = await world.token({ ...world.client, ...fields })
      expect((await world.refresh(String(body['refresh_token']))).status).toBe(200)
    },
  )

  it('requires the second factor of a user with a session', async () => {
    const world = await mailProgramForTest()
    const { person } = await world.signIn(BEN)
    world.faults.switchOn('mfa-required', { user: BEN })
    await person.open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
    expect(person.text).toContain('More information required')
    await person.open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES, prompt: 'none' }))
    expect(answerOf(person)).toMatchObject({ error: 'interaction_required' })
  })

  it.each(['password-changed', 'sessions-revoked', 'mfa-expired', 'sign-in-frequency'])(
    '%s ends the browser session',
    async (fault) => {
      const world = await mailProgramForTest()
      const { person } = await world.signIn(BEN)
      world.clock.move(60_000)
      const { id } = world.faults.switchOn(fault, { tenant: 'contoso.example' })
      await person.open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
      expect(person.forms[0]?.controls.map(({ name }) => name)).toContain('loginfmt')
      world.faults.switchOff(id)
      await person.open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
      expect(answerOf(person)).toHaveProperty('code')
    },
  )

  it('requires consent again after it was withdrawn, and accepts it', async () => {
    const world = await mailProgramForTest()
    world.directory.people.setUserConsent(world.contoso.id, 'allow')
    world.clock.move(60_000)
    world.faults.switchOn('consent-withdrawn', { application: world.app.appId })
    world.clock.move(60_000)
    const person = await world.browse().open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
    await signInAs(person, BEN, world)
    expect(person.text).toContain('Permissions requested')
    await person.submit({}, { button: 'Accept' })
    expect(answerOf(person)).toHaveProperty('code')
    await person.open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
    expect(answerOf(person)).toHaveProperty('code')
  })

  it('ends at “Need admin approval” for new permissions when only admins can consent', async () => {
    const world = await mailProgramForTest()
    world.directory.people.setUserConsent(world.contoso.id, 'allow')
    const { id } = world.faults.switchOn('user-consent-admin-only', { tenant: 'contoso.example' })
    const person = await world.browse().open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
    await signInAs(person, BEN, world)
    expect(answerOf(person)).toHaveProperty('code')
    expect(world.faults.callsOf(id)).toEqual([])

    const other = world.register({ displayName: 'Another program' })
    await person.open(authorizeUrl(other.appId, { scope: MAIL_SCOPES }))
    expect(person.text).toContain('Need admin approval')
    expect(world.faults.callsOf(id)).toHaveLength(1)
    world.faults.switchOff(id)
    await person.open(authorizeUrl(other.appId, { scope: MAIL_SCOPES }))
    expect(person.text).toContain('Permissions requested')
  })

  it('ends at “Need admin approval” for all users when renewed approval is required, until an admin approves', async () => {
    const world = await mailProgramForTest()
    world.clock.move(60_000)
    world.faults.switchOn('need-admin-approval', { application: world.app.appId })
    world.clock.move(60_000)
    const person = await world.browse().open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
    await signInAs(person, BEN, world)
    expect(person.text).toContain('Need admin approval')
    expect(person.markup).toContain('<span id="error-code">90094</span>')

    world.grantToAll(world.app.appId, world.granted)
    await person.open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
    expect(answerOf(person)).toHaveProperty('code')
  })
})

describe('an authority fault', () => {
  it('hides only its tenant, at every address', async () => {
    const world = await mailProgramForTest()
    const { id } = world.faults.switchOn('tenant-unknown', { tenant: 'contoso.example' })
    const at = (path: string) => world.entraId.site.inject(path)

    const discovery = await at('/contoso.example/v2.0/.well-known/openid-configuration')
    expect([discovery.statusCode, discovery.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_tenant', error_codes: [90002] }),
    ])
    expect((await at(`/${world.contoso.id}/discovery/v2.0/keys`)).statusCode).toBe(400)
    const person = await world
      .browse()
      .open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }, { tenant: 'contoso.example' }))
    expect(person.text).toContain('AADSTS90002:')
    expect(world.faults.callsOf(id).map(({ call }) => call)).toEqual(['discovery', 'keys', 'authorize'])
    for (const tenant of ['fabrikam.example', 'organizations', 'common']) {
      expect((await at(`/${tenant}/v2.0/.well-known/openid-configuration`)).statusCode).toBe(200)
    }
  })

  it('disables discovery and keys, but keeps the token endpoint available', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn(BEN)
    world.faults.switchOn('discovery-down')
    for (const path of ['/common/v2.0/.well-known/openid-configuration', '/common/discovery/v2.0/keys']) {
      const answer = await world.entraId.site.inject(path)
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8'])
    }
    expect((await world.refresh(refreshToken)).status).toBe(200)
    world.faults.switchAllOff()
    expect((await world.entraId.site.inject('/common/discovery/v2.0/keys')).statusCode).toBe(200)
  })

  it('returns a page where JSON is expected', async () => {
    const world = await mailProgramForTest()
    world.faults.switchOn('entra-maintenance-page', { application: world.app.appId }, { status: '200' })
    const answer = await world.entraId.site.inject({
      method: 'POST',
      url: '/organizations/oauth2/v2.0/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...world.client, grant_type: 'refresh_token', refresh_token: 'x' }).toString(),
    })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(answer.body).toContain('<!doctype html>')
    expect((await world.entraId.site.inject('/common/discovery/v2.0/keys')).headers['content-type']).toContain('json')
  })

  it('signs with a new key, keeps the old one published and records the call', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn(BEN)
    const kids = async () =>
      (await world.entraId.site.inject('/common/discovery/v2.0/keys')).json<{ keys: { kid: string }[] }>().keys
    const kidOf = async () => {
      const { body } = await world.refresh(refreshToken, { scope: MAIL_SCOPES })
      return (JSON.parse(Buffer.from(String(body['id_token']).split('.')[0]!, 'base64url').toString()) as { kid: string }).kid // prettier-ignore
    }
    const [before, old] = [await kids(), await kidOf()]
    const { id } = world.faults.switchOn('signing-key-rotated')
    expect(await kidOf()).not.toBe(old)
    expect((await kids()).length).toBe(before.length + 2)
    expect(world.faults.callsOf(id).map(({ call }) => call)).toEqual(['token (refresh_token)', 'keys'])
    world.faults.switchOff(id)
    expect((await kids()).length).toBe(before.length + 2)
  })

  it('shifts the clock as long as it is on', async () => {
    const world = await mailProgramForTest()
    const dateOf = async () =>
      Date.parse(String((await world.entraId.site.inject('/common/discovery/v2.0/keys')).headers.date))
    expect(await dateOf()).toBe(world.clock.now().getTime())
    world.faults.switchOn('entra-clock-skew', {}, { aheadSeconds: -600 })
    expect(await dateOf()).toBe(world.clock.now().getTime() - 600_000)
  })
})
