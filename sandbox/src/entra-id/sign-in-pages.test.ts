import { describe, expect, it } from 'vitest'
import { PASSWORD } from '../tenants/index.ts'
import { answerOf, authorizeUrl, CALLBACK, entraForTest, LOGIN, signInAs } from '../../test/entra.ts'
import { currentMfaCode } from './index.ts'

describe('the sign-in pages', () => {
  it('lead from user name, password and "Stay signed in?" through consent back to the client', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))

    expect(person.text).toContain('to continue to Mail connector')
    await person.submit({ loginfmt: 'ben@contoso.example' }, { button: 'Next' })
    expect(person.text).toContain('ben@contoso.example')
    await person.submit({ passwd: PASSWORD }, { button: 'Sign in' })
    expect(person.text).toContain('Stay signed in?')
    await person.submit({}, { button: 'Yes' })
    expect(person.text).toContain('Permissions requested')
    expect(person.text).toContain('Sign you in and read your profile')
    expect(person.text).not.toContain('Consent on behalf of your organization')
    await person.submit({}, { button: 'Accept' })

    expect(person.url.startsWith(`${CALLBACK}?`)).toBe(true)
    expect(Object.keys(answerOf(person))).toEqual(['code', 'session_state', 'state'])
    expect(answerOf(person)['state']).toBe('a state')
  })

  it('require a code of the authenticator from users with MFA, and accept each code once', async () => {
    const world = entraForTest()
    const app = world.register()
    const anna = world.user('anna@contoso.example')
    const toMfa = async () => {
      const person = await world.browse().open(authorizeUrl(app.appId))
      await person.submit({ loginfmt: 'anna@contoso.example' })
      return person.submit({ passwd: PASSWORD })
    }
    const person = await toMfa()
    expect(person.text).toContain('Enter the code displayed in the authenticator app')
    await person.submit({ otc: '000000' })
    expect(person.text).toContain('Error code: 50074')

    const { code } = currentMfaCode(anna, world.clock)!
    await person.submit({ otc: code })
    expect(person.text).toContain('Stay signed in?')

    const again = await toMfa()
    await again.submit({ otc: code })
    expect(again.text).toContain('Error code: 50074')
  })

  it('show an error in a user name or password beside the field', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))

    await person.submit({ loginfmt: 'nobody@contoso.example' })
    expect(person.text).toContain('Error code: 50034')
    expect(person.valueOf('loginfmt')).toBe('nobody@contoso.example')
    await person.submit({ loginfmt: 'pat@outlook.example' })
    expect(person.text).toContain('Error code: 500208')
    await person.submit({ loginfmt: 'ben@contoso.example' })
    await person.submit({ passwd: 'wrong' })
    expect(person.text).toContain('Error code: 50126')
    await person.submit({}, { button: 'Back' })
    await person.submit({ loginfmt: 'support@contoso.example' })
    await person.submit({ passwd: PASSWORD })
    expect(person.text).toContain('Error code: 50057')
  })

  it('accept the user name and not the address where both differ, and correct a hint with the address', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId, { login_hint: 'sofia.lind@contoso.example' }))
    await person.submit({ loginfmt: 'sofia.lind@contoso.example' })
    expect(person.text).toContain('Error code: 50034')
    await person.submit({ loginfmt: 'slind@contoso.example' })
    await person.submit({ passwd: PASSWORD })
    await person.submit({}, { button: 'No' })

    expect(person.text).toContain('Permissions requested')
  })

  it('return to the client from every page with a Cancel button', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await person.submit({}, { button: 'Cancel' })
    expect(answerOf(person)).toEqual({ error: 'access_denied', error_subcode: 'cancel', state: 'a state' })

    await person.open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    await person.submit({}, { button: 'Cancel' })
    expect(answerOf(person)).toMatchObject({ error: 'access_denied', error_subcode: 'cancel', state: 'a state' })
    expect(answerOf(person)['error_description']).toContain('AADSTS65004')
  })

  it('do not appear in a browser with one signed-in account', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    await person.submit({}, { button: 'Accept' })

    await person.open(authorizeUrl(app.appId))

    expect(answerOf(person)['code']).toBeDefined()
  })

  it('let a user choose among the accounts of the browser, or use another one', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    await person.open(authorizeUrl(app.appId, { prompt: 'select_account' }))
    await person.submit({}, { button: 'account=other' })
    await signInAs(person, 'ada@contoso.example', world)

    await person.open(authorizeUrl(app.appId))
    expect(person.text).toContain('Ben Ito')
    await person.submit({}, { button: `account=${world.user('ada@contoso.example').id}` })

    expect(person.text).toContain('Consent on behalf of your organization')
  })

  it('require the password again when the client requests it', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)

    await person.open(authorizeUrl(app.appId, { prompt: 'login', login_hint: 'ben@contoso.example' }))

    expect(person.text).toContain('Enter password')
  })

  it('prefill the user name that the client suggests', async () => {
    const world = entraForTest()
    const app = world.register()

    const known = await world.browse().open(authorizeUrl(app.appId, { login_hint: 'ben@contoso.example' }))
    expect(known.text).toContain('Enter password')

    const unknown = await world.browse().open(authorizeUrl(app.appId, { login_hint: 'nobody@contoso.example' }))
    expect(unknown.valueOf('loginfmt')).toBe('nobody@contoso.example')
  })

  it('end a session when it was revoked, the account was disabled, or a day has passed', async () => {
    const world = entraForTest()
    const app = world.register()
    const ben = world.user('ben@contoso.example')
    for (const end of [
      () => world.directory.people.updateUser(ben.id, { tokensValidFrom: world.clock.now().getTime() + 1 }),
      () => world.directory.people.updateUser(ben.id, { accountEnabled: false }),
      () => world.clock.move(24 * 60 * 60 * 1000),
    ]) {
      world.directory.people.updateUser(ben.id, { accountEnabled: true, tokensValidFrom: 0 })
      const person = await world.browse().open(authorizeUrl(app.appId))
      await signInAs(person, 'ben@contoso.example', world)
      end()

      await person.open(authorizeUrl(app.appId))

      expect(person.text).toContain('to continue to Mail connector')
      expect(person.forms[0]?.controls.map(({ name }) => name)).toContain('loginfmt')
    }
  })

  it('keep users who chose it signed in for longer, even after the browser was closed', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await person.submit({ loginfmt: 'ben@contoso.example' })
    await person.submit({ passwd: PASSWORD })
    await person.submit({}, { button: 'Yes' })
    expect(person.headers.getSetCookie().join()).toMatch(
      /ESTSAUTH=[^;]+; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax/,
    )

    world.clock.move(30 * 24 * 60 * 60 * 1000)
    await person.open(authorizeUrl(app.appId))

    expect(person.text).toContain('Permissions requested')
  })

  it('give the browser a new secret with each sign-in', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    const first = person.cookies()['ESTSAUTH']
    await person.open(authorizeUrl(app.appId, { prompt: 'login' }))
    await signInAs(person, 'ben@contoso.example', world)

    expect(person.cookies()['ESTSAUTH']).not.toBe(first)
  })

  it('stop when the account is disabled during the sign-in', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await person.submit({ loginfmt: 'ben@contoso.example' })
    await person.submit({ passwd: PASSWORD })
    world.directory.people.updateUser(world.user('ben@contoso.example').id, { accountEnabled: false })
    await person.submit({}, { button: 'No' })

    expect(person.text).toContain('AADSTS50057')
  })

  it('accept input only from the browser that began the sign-in', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    const ctx = person.valueOf('ctx')
    const other = await world.browse().open(authorizeUrl(app.appId))
    const form = new URLSearchParams({ ctx, step: 'user-name', canary: other.valueOf('canary'), loginfmt: 'x' })

    const answer = await world.entraId.site.inject({
      method: 'POST',
      url: '/organizations/login',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        cookie: Object.entries(other.cookies())
          .map(([name, value]) => `${name}=${value}`)
          .join('; '),
      },
      payload: form.toString(),
    })

    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain('AADSTS50089')
  })

  it('expire once the client has its response', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    const consent = person.markup
    await person.submit({}, { button: 'Accept' })

    expect(consent).toContain('step')
    expect(world.database.all('SELECT * FROM sign_in_requests')).toEqual([])
  })

  it('sign a guest in with the home account, at the address of the inviting tenant', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId, {}, { tenant: 'contoso.example' }))
    await signInAs(person, 'carla@fabrikam.example', world)

    expect(person.text).toContain('Permissions requested')
  })

  it('show AADSTS50020 to a user who is not a guest of the tenant', async () => {
    const world = entraForTest()
    const app = world.register({}, world.fabrikam.id)
    const person = await world.browse().open(authorizeUrl(app.appId, {}, { tenant: world.fabrikam.id }))
    await signInAs(person, 'ben@contoso.example', world)

    expect(person.url).toBe(`${LOGIN}/${world.fabrikam.id}/login`)
    expect(person.text).toContain("AADSTS50020: User account 'ben@contoso.example' from identity provider")
  })

  it('sign personal accounts in where the application supports them', async () => {
    const world = entraForTest()
    const app = world.register({ signInAudience: 'AzureADandPersonalMicrosoftAccount' })
    for (const tenant of ['common', 'consumers']) {
      const person = await world.browse().open(authorizeUrl(app.appId, { prompt: 'consent' }, { tenant }))
      await signInAs(person, 'pat@outlook.example', world)
      expect(person.text).toContain('Permissions requested')
    }
  })
})
