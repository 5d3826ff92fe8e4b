import { describe, expect, it } from 'vitest'
import { PASSWORD } from '../tenants/index.ts'
import { entraForTest, payloadOf } from '../../test/entra.ts'

const BEN = 'ben@contoso.example'
const SCOPE = 'openid profile offline_access Mail.ReadWrite'

describe('the password grant', () => {
  it('issues tokens without a page to an application that allows public client flows', async () => {
    const { world, app, sign } = setUp()
    const { status, body } = await sign()

    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) as string })
    expect(payloadOf(body['id_token'])).toMatchObject({ oid: world.user(BEN).id, preferred_username: BEN })
    const refreshed = await world.token({
      client_id: app.appId,
      grant_type: 'refresh_token',
      refresh_token: String(body['refresh_token']),
    })
    expect(refreshed.status).toBe(200)
  })

  it('issues tokens to a user whose user name differs from the address', async () => {
    const { world, sign } = setUp()
    const { body } = await sign({ username: 'SLind@contoso.example', scope: `${SCOPE} email` })

    expect(payloadOf(body['id_token'])).toMatchObject({
      oid: world.user('sofia.lind@contoso.example').id,
      preferred_username: 'slind@contoso.example',
      email: 'sofia.lind@contoso.example',
    })
  })

  it('issues tokens to an application that authenticates with its secret', async () => {
    const { app, sign } = setUp({ isFallbackPublicClient: false })

    expect((await sign({ client_secret: app.secret })).status).toBe(200)
    await expectRefusal(sign(), 401, 'invalid_client', 7000218)
    await expectRefusal(sign({ client_secret: 'wrong' }), 401, 'invalid_client', 7000215)
  })

  it.each([
    ['an unknown user', { username: 'nobody@contoso.example' }, 50034, 'bad_token'],
    ['an address that is not the user name', { username: 'sofia.lind@contoso.example' }, 50034, 'bad_token'],
    ['a user of another tenant', { username: 'carla@fabrikam.example' }, 50034, 'bad_token'],
    ['a personal account', { username: 'pat@outlook.example' }, 50034, 'bad_token'],
    ['a wrong password', { password: 'wrong' }, 50126, undefined],
    ['a shared mailbox', { username: 'support@contoso.example' }, 50057, undefined],
    ['a user with a second factor', { username: 'anna@contoso.example' }, 50076, 'basic_action'],
  ])('refuses %s', async (_whom, fields, code, suberror) => {
    const { world, sign } = setUp()
    const answer = await expectRefusal(sign(fields, world.contoso.id), 400, 'invalid_grant', code)

    expect(answer['suberror']).toBe(suberror)
  })

  it('refuses a user who has not consented, because it cannot show a consent page', async () => {
    const { sign } = setUp({}, { granted: false })
    const answer = await expectRefusal(sign(), 400, 'invalid_grant', 65001)

    expect(answer['suberror']).toBe('consent_required')
  })

  it.each([
    ['mfa-required', 50076, 'basic_action'],
    ['mfa-enrolment-required', 50079, 'basic_action'],
    ['password-expired', 50055, 'user_password_expired'],
    ['account-locked', 50053, undefined],
    ['user-disabled', 50057, undefined],
    ['conditional-access-block', 53003, 'message_only'],
  ])('applies the fault %s', async (fault, code, suberror) => {
    const { world, sign } = setUp()
    world.faults.switchOn(fault, { user: BEN })
    const answer = await expectRefusal(sign(), 400, 'invalid_grant', code)

    expect(answer['suberror']).toBe(suberror)
  })

  it.each(['common', 'consumers'])('is unavailable for %s', async (tenant) => {
    const { sign } = setUp()

    await expectRefusal(sign({}, tenant), 400, 'invalid_request', 9001023)
  })

  it.each(['username', 'password'])('requires %s', async (name) => {
    const { sign } = setUp()
    const answer = await expectRefusal(sign({ [name]: '' }), 400, 'invalid_request', 900144)

    expect(answer['error_description']).toContain(`'${name}'`)
  })
})

function setUp(fields: { isFallbackPublicClient?: boolean } = {}, { granted = true } = {}) {
  const world = entraForTest()
  const app = world.register({
    isFallbackPublicClient: true,
    signInAudience: 'AzureADandPersonalMicrosoftAccount',
    ...fields,
  })
  if (granted) world.grantToAll(app.appId, ['openid', 'profile', 'email', 'offline_access', 'Mail.ReadWrite'])
  const sign = (more: Record<string, string> = {}, tenant = 'organizations') =>
    world.token(
      { client_id: app.appId, grant_type: 'password', username: BEN, password: PASSWORD, scope: SCOPE, ...more },
      { tenant },
    )
  return { world, app, sign }
}

async function expectRefusal(
  answering: Promise<{ status: number; body: Record<string, unknown> }>,
  status: number,
  error: string,
  code: number,
) {
  const answer = await answering
  expect([answer.status, answer.body['error'], answer.body['error_codes']]).toEqual([status, error, [code]])
  return answer.body
}
