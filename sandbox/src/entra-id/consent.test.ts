import { describe, expect, it } from 'vitest'
import { EXCHANGE, GRAPH } from '../tenants/index.ts'
import { answerOf, authorizeUrl, CALLBACK, entraForTest, LOGIN, signInAs } from '../../test/entra.ts'

const MAIL = 'openid offline_access https://graph.microsoft.com/Mail.ReadWrite'

describe('user consent', () => {
  it('is not offered for mail under the policy Microsoft manages: an admin must approve', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId, { scope: MAIL }))
    await signInAs(person, 'ben@contoso.example', world)

    expect(person.text).toContain('Need admin approval')
    expect(person.text).toContain('Error code: 90094')
    await person.submit({}, { button: 'Return to the application without granting consent' })
    expect(answerOf(person)).toMatchObject({ error: 'access_denied', error_subcode: 'cancel', state: 'a state' })
    expect(answerOf(person)['error_description']).toContain('AADSTS90094')
  })

  it('can be given by an admin who signs in at the page that requires one', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId, { scope: MAIL }))
    await signInAs(person, 'ben@contoso.example', world)
    await person.submit({}, { button: 'Have an admin account? Sign in with that account' })
    await signInAs(person, 'ada@contoso.example', world)
    await person.submit({ forOrganization: true }, { button: 'Accept' })
    expect(answerOf(person)['code']).toBeDefined()

    const ben = await world.browse().open(authorizeUrl(app.appId, { scope: MAIL }))
    await signInAs(ben, 'ben@contoso.example', world)
    expect(answerOf(ben)['code']).toBeDefined()
  })

  it('follows the policy of the tenant', async () => {
    const world = entraForTest()
    const app = world.register()
    const { people } = world.directory
    const pageFor = async (scope: string) => {
      const person = await world.browse().open(authorizeUrl(app.appId, { scope }))
      await signInAs(person, 'ben@contoso.example', world)
      return person.text
    }
    people.setUserConsent(world.contoso.id, 'allow')
    expect(await pageFor(MAIL)).toContain('Permissions requested')
    expect(await pageFor('openid User.Read.All')).toContain('Need admin approval')
    people.setUserConsent(world.contoso.id, 'disabled')
    expect(await pageFor('openid User.Read')).toContain('Need admin approval')
  })

  it('covers only the consenting user, and makes the application present in the tenant', async () => {
    const world = entraForTest()
    const app = world.register()
    const { consents } = world.directory
    expect(consents.findServicePrincipal(world.contoso.id, app.appId)).toBeUndefined()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    await person.submit({}, { button: 'Accept' })

    const ben = world.user('ben@contoso.example')
    const client = consents.findServicePrincipal(world.contoso.id, app.appId)!
    expect(consents.listGrants(client.id)).toMatchObject([
      { consentType: 'Principal', principalId: ben.id, scope: 'User.Read openid profile offline_access' },
    ])
    const ada = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(ada, 'ada@contoso.example', world)
    expect(ada.text).toContain('Permissions requested')
  })

  it('is requested again for new permissions, and when the client requests it', async () => {
    const world = entraForTest()
    world.directory.people.setUserConsent(world.contoso.id, 'allow')
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    await person.submit({}, { button: 'Accept' })

    await person.open(authorizeUrl(app.appId, { scope: MAIL }))
    expect(person.text).toContain('Read and write access to your mail')
    await person.open(authorizeUrl(app.appId, { prompt: 'consent' }))
    expect(person.text).toContain('Permissions requested')
    await person.submit({}, { button: 'Accept' })
    expect(answerOf(person)['code']).toBeDefined()
  })

  it('to /.default covers all registered permissions and is requested once', async () => {
    const world = entraForTest()
    const app = world.register()
    const scope = 'https://graph.microsoft.com/.default openid'
    const person = await world.browse().open(authorizeUrl(app.appId, { scope }))
    await signInAs(person, 'ada@contoso.example', world)
    for (const value of ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'offline_access', 'IMAP.AccessAsUser.All']) {
      expect(person.text).toContain(value)
    }
    await person.submit({}, { button: 'Accept' })
    await person.open(authorizeUrl(app.appId, { scope }))
    expect(answerOf(person)['code']).toBeDefined()
  })

  it('to /.default of a resource that is not registered is refused', async () => {
    const world = entraForTest()
    const app = world.register({ requiredResourceAccess: [] })
    const person = await world.browse().open(authorizeUrl(app.appId, { scope: 'https://graph.microsoft.com/.default' }))
    await signInAs(person, 'ada@contoso.example', world)

    expect(answerOf(person)['error_description']).toContain('AADSTS650057')
  })

  it('can name several resources at once', async () => {
    const world = entraForTest()
    const app = world.register()
    const scope = `${MAIL} https://outlook.office.com/IMAP.AccessAsUser.All`
    const person = await world.browse().open(authorizeUrl(app.appId, { scope }))
    await signInAs(person, 'ada@contoso.example', world)
    await person.submit({ forOrganization: true }, { button: 'Accept' })

    const { consents } = world.directory
    const ben = world.user('ben@contoso.example')
    expect([...consents.grantedScopes(world.contoso.id, app.appId, EXCHANGE, ben.id)]).toEqual([
      'IMAP.AccessAsUser.All',
    ])
    expect(consents.grantedScopes(world.contoso.id, app.appId, GRAPH, ben.id).has('Mail.ReadWrite')).toBe(true)
  })

  it('to IMAP as listed under Graph in the portal covers IMAP at Exchange', async () => {
    const world = entraForTest()
    const app = world.register()
    world.grantToAll(app.appId, ['openid', 'IMAP.AccessAsUser.All'])
    const scope = 'openid https://outlook.office.com/IMAP.AccessAsUser.All'
    const person = await world.browse().open(authorizeUrl(app.appId, { scope }))
    await signInAs(person, 'ben@contoso.example', world)

    expect(answerOf(person)['code']).toBeDefined()
  })

  it('covers only the permissions that the page showed', async () => {
    const world = entraForTest()
    const app = world.register()
    const scope = 'https://graph.microsoft.com/.default openid'
    const person = await world.browse().open(authorizeUrl(app.appId, { scope }))
    await signInAs(person, 'ada@contoso.example', world)
    const { applications } = world.directory
    const graph = world.scopes(GRAPH, 'User.Read.All')
    applications.save({ ...applications.find(app.id)!, requiredResourceAccess: [graph] })

    await person.submit({}, { button: 'Accept' })

    expect(person.text).toContain('User.Read.All')
  })

  it('with a personal account cannot cover permissions that only work accounts have', async () => {
    const world = entraForTest()
    const app = world.register({ signInAudience: 'AzureADandPersonalMicrosoftAccount' })
    const person = await world
      .browse()
      .open(authorizeUrl(app.appId, { scope: 'openid Mail.Read.Shared' }, { tenant: 'common' }))
    await signInAs(person, 'pat@outlook.example', world)
    expect(answerOf(person)).toMatchObject({ error: 'invalid_scope' })
  })
})

describe('the admin consent endpoint', () => {
  const url = (path: string, fields: Record<string, string>) =>
    `${LOGIN}/${path}?${new URLSearchParams({ redirect_uri: CALLBACK, state: '12345', ...fields }).toString()}`

  it('grants the named permissions to everyone when an admin approves', async () => {
    const world = entraForTest()
    const app = world.register()
    const scope = 'https://graph.microsoft.com/Mail.Send'
    const person = await world.browse().open(url('organizations/v2.0/adminconsent', { client_id: app.appId, scope }))
    await signInAs(person, 'ada@contoso.example', world)
    expect(person.text).toContain('Review for your organization: Contoso')
    await person.submit({}, { button: 'Accept' })

    expect(answerOf(person)).toEqual({ admin_consent: 'True', tenant: world.contoso.id, scope, state: '12345' })
    const { consents } = world.directory
    const client = consents.findServicePrincipal(world.contoso.id, app.appId)!
    expect(consents.listGrants(client.id)).toMatchObject([{ consentType: 'AllPrincipals', scope: 'Mail.Send' }])
  })

  it('grants all registered permissions, including application permissions, in v1 style', async () => {
    const world = entraForTest()
    const role = GRAPH.application.find(({ value }) => value === 'Mail.Send')!
    const app = world.register({
      requiredResourceAccess: [
        world.scopes(GRAPH, 'Mail.Read'),
        { resourceAppId: GRAPH.appId, resourceAccess: [{ id: role.id, type: 'Role' }] },
      ],
    })
    const person = await world.browse().open(url(`${world.contoso.id}/adminconsent`, { client_id: app.appId }))
    await signInAs(person, 'ada@contoso.example', world)
    expect(person.text).toContain('Send mail as any user')
    await person.submit({}, { button: 'Accept' })

    expect(answerOf(person)).toEqual({ admin_consent: 'True', tenant: world.contoso.id, state: '12345' })
    expect(world.directory.consents.grantedRoles(world.contoso.id, app.appId, GRAPH)).toEqual(['Mail.Send'])
  })

  it('redirects to the client with an error when the admin declines', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(url('contoso.example/adminconsent', { client_id: app.appId }))
    await signInAs(person, 'ada@contoso.example', world)
    await person.submit({}, { button: 'Cancel' })

    expect(answerOf(person)).toMatchObject({ error: 'consent_required', state: '12345' })
  })

  it('requires an admin, a tenant and a scope', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(url('organizations/adminconsent', { client_id: app.appId }))
    await signInAs(person, 'ben@contoso.example', world)
    expect(person.text).toContain('Need admin approval')

    await person.open(url('common/adminconsent', { client_id: app.appId }))
    expect(person.text).toContain('AADSTS90019')
    await person.open(url('organizations/v2.0/adminconsent', { client_id: app.appId }))
    expect(answerOf(person)['error_description']).toContain('AADSTS900144')
  })
})
