import { describe, expect, it } from 'vitest'
import { entraForTest, signInAs } from '../../test/entra.ts'

const SCOPE = 'openid profile offline_access User.Read'
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code'
const BEN = 'ben@contoso.example'

describe('the device code flow', () => {
  it('issues a code that is valid for 15 minutes, with a polling interval of 5 seconds', async () => {
    const { begin } = setUp()
    const { status, body } = await begin()
    expect(status).toBe(200)
    expect(body).toEqual({
      user_code: expect.stringMatching(/^[A-Z2-9]{9}$/) as string,
      device_code: expect.stringMatching(/^[\w-]{100,}$/) as string,
      verification_uri: 'http://login.test/devicelogin',
      expires_in: 900,
      interval: 5,
      message: `To sign in, use a web browser to open the page http://login.test/devicelogin and enter the code ${String(body['user_code'])} to authenticate.`,
    })
  })

  it.each(['/devicelogin', '/device'])('issues tokens after the user entered the code at %s', async (path) => {
    const { world, app, begin, poll, openWith } = setUp()
    const { body } = await begin()
    expect(await poll(body)).toMatchObject({
      status: 400,
      body: { error: 'authorization_pending', error_codes: [70016] },
    })

    // As users type it: lower case, with a space.
    const typed = String(body['user_code'])
      .toLowerCase()
      .replace(/^(....)/, '$1 ')
    const person = await openWith(typed, path)
    await signInAs(person, BEN, world)
    expect(person.text).toContain('Are you trying to sign in to Device program?')
    expect(await poll(body)).toMatchObject({ body: { error: 'authorization_pending' } })
    await person.submit({}, { button: 'Continue' })
    expect(person.text).toContain('You have signed in to the Device program application on your device.')

    const answer = await poll(body)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) as string })
    expect(answer.body).toHaveProperty('id_token')
    expect(await poll(body)).toMatchObject({ status: 400, body: { error: 'expired_token' } })
    const refreshed = await world.token({
      client_id: app.appId,
      grant_type: 'refresh_token',
      refresh_token: String(answer.body['refresh_token']),
    })
    expect(refreshed.status).toBe(200)
  })

  it('requests missing consent after the user confirmed the sign-in', async () => {
    const { world, begin, poll, openWith } = setUp({ granted: false })
    world.directory.people.setUserConsent(world.contoso.id, 'allow')
    const { body } = await begin()
    const person = await openWith(String(body['user_code']))
    await signInAs(person, BEN, world)
    await person.submit({}, { button: 'Continue' })
    expect(person.text).toContain('Permissions requested')
    await person.submit({}, { button: 'Accept' })
    expect((await poll(body)).status).toBe(200)
  })

  it('issues tokens only once for two concurrent polls', async () => {
    const { world, begin, poll, openWith } = setUp()
    const { body } = await begin()
    const person = await openWith(String(body['user_code']))
    await signInAs(person, BEN, world)
    await person.submit({}, { button: 'Continue' })
    const answers = await Promise.all([poll(body), poll(body)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  it('returns an error to the device when the user declines', async () => {
    const { world, begin, poll, openWith } = setUp()
    const { body } = await begin()
    const person = await openWith(String(body['user_code']))
    await signInAs(person, BEN, world)
    await person.submit({}, { button: 'Cancel' })
    expect(await poll(body)).toMatchObject({ status: 400, body: { error: 'authorization_declined' } })
  })

  it('expires after 15 minutes, for the device and for the user', async () => {
    const { world, begin, poll, openWith } = setUp()
    const { body } = await begin()
    const person = await openWith(String(body['user_code']))
    world.clock.move(900_000)
    expect(await poll(body)).toMatchObject({ status: 400, body: { error: 'expired_token', error_codes: [70020] } })
    await person.submit({ loginfmt: BEN }, { button: 'Next' })
    expect(person.text).toContain('AADSTS70019:')
    const late = await openWith(String(body['user_code']))
    expect(late.text).toContain('That code didn’t work.')
  })

  it('refuses an unknown code, and a code of another client', async () => {
    const { world, begin, poll, openWith } = setUp()
    const { body } = await begin()
    const other = world.register({ displayName: 'Another', isFallbackPublicClient: true })
    for (const fields of [{ device_code: 'x' }, { device_code: String(body['device_code']), client_id: other.appId }]) {
      expect(await poll({ ...body, ...fields }, fields)).toMatchObject({
        status: 400,
        body: { error: 'bad_verification_code', error_codes: [70018] },
      })
    }
    expect(await poll({}, { device_code: '' })).toMatchObject({
      body: { error: 'invalid_request', error_codes: [900144] },
    })
    expect((await openWith('NOTACODE9')).text).toContain('That code didn’t work.')
  })

  it('requires the secret of a confidential client', async () => {
    const { world, begin, poll, openWith } = setUp({ fields: { isFallbackPublicClient: false } })
    const { body } = await begin()
    const person = await openWith(String(body['user_code']))
    await signInAs(person, BEN, world)
    await person.submit({}, { button: 'Continue' })
    expect(await poll(body)).toMatchObject({ status: 401, body: { error_codes: [7000218] } })
  })

  it('accepts personal accounts at /consumers', async () => {
    const { world, begin, poll, openWith } = setUp({
      fields: { signInAudience: 'AzureADandPersonalMicrosoftAccount' },
      tenant: 'consumers',
    })
    const { body } = await begin()
    const person = await openWith(String(body['user_code']))
    await signInAs(person, 'pat@outlook.example', world)
    await person.submit({}, { button: 'Continue' })
    await person.submit({}, { button: 'Accept' })
    const answer = await poll(body)
    expect(answer.status).toBe(200)
    expect(String(answer.body['access_token'])).toMatch(/^EwB/)
  })

  it('shows a Conditional Access block on the page while the device keeps polling', async () => {
    const { world, app, begin, poll, openWith } = setUp()
    const on = { application: app.appId }
    const { id } = world.faults.switchOn('device-code-blocked', on)
    const { body } = await begin()
    const person = await openWith(String(body['user_code']))
    await signInAs(person, BEN, world)
    expect(person.text).toContain('AADSTS53003:')
    expect(await poll(body)).toMatchObject({ body: { error: 'authorization_pending' } })
    expect(world.faults.callsOf(id).map(({ call }) => call)).toEqual(['device page'])

    world.faults.switchOff(id)
    world.faults.switchOn('device-code-blocked', { user: 'ada@contoso.example' })
    const again = await openWith(String(body['user_code']))
    await signInAs(again, BEN, world)
    await again.submit({}, { button: 'Continue' })
    expect((await poll(body)).status).toBe(200)
  })
})

function setUp({ granted = true, fields = {}, tenant = 'organizations' } = {}) {
  const world = entraForTest()
  const app = world.register({ displayName: 'Device program', isFallbackPublicClient: true, ...fields })
  if (granted) world.grantToAll(app.appId, ['User.Read', 'openid', 'profile', 'offline_access'])

  async function begin() {
    const answer = await world.entraId.site.inject({
      method: 'POST',
      url: `/${tenant}/oauth2/v2.0/devicecode`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ client_id: app.appId, scope: SCOPE }).toString(),
    })
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
  }
  const poll = ({ device_code: code }: Record<string, unknown>, more: Record<string, string> = {}) =>
    world.token({ client_id: app.appId, grant_type: GRANT_TYPE, device_code: String(code), ...more }, { tenant })
  const openWith = async (code: string, path = '/devicelogin') => {
    const person = await world.browse().open(`http://login.test${path}`)
    return person.submit({ otc: code }, { button: 'Next' })
  }
  return { world, app, begin, poll, openWith }
}
