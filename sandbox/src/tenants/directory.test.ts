import { beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../kernel/database.ts'
import { createDirectory, type Directory, EXCHANGE, GRAPH, PERSONAL_TENANT_ID, seedTenants } from './index.ts'

const clock = { now: () => new Date('2026-11-24T12:00:00Z') }

describe('the directory', () => {
  let database: Database
  let directory: Directory
  let contoso: string
  beforeEach(() => {
    database = openDatabase(':memory:')
    directory = createDirectory(database, clock)
    seedTenants(database, directory)
    contoso = directory.people.findTenant('contoso.example')!.id
  })

  it('is seeded once, across any number of starts', () => {
    seedTenants(database, directory)

    expect(directory.people.listTenants().map(({ displayName }) => displayName)).toEqual([
      'Contoso',
      'Fabrikam',
      'Microsoft accounts',
    ])
  })

  it('finds a tenant by id and by each verified domain, ignoring case', () => {
    const { people } = directory

    expect(people.findTenant('CONTOSO.example')?.id).toBe(contoso)
    expect(people.findTenant('contoso.onmicrosoft.example')?.id).toBe(contoso)
    expect(people.findTenant(contoso.toUpperCase())?.id).toBe(contoso)
    expect(people.findTenant('nowhere.example')).toBeUndefined()
    expect(people.findTenant(PERSONAL_TENANT_ID)?.displayName).toBe('Microsoft accounts')
  })

  it('finds users at home by address, and a guest as a separate object in the inviting tenant', () => {
    const { people } = directory
    const atHome = people.findUserByAddress('Carla@Fabrikam.example')!
    const invited = people.findUserInTenant(contoso, 'carla@fabrikam.example')!

    expect(atHome.userType).toBe('Member')
    expect(invited.userType).toBe('Guest')
    expect(invited.homeUserId).toBe(atHome.id)
    expect(people.findUserInTenant(contoso, 'pat@outlook.example')).toBeUndefined()
  })

  it('distinguishes mailbox permissions', () => {
    const { people } = directory
    const [anna, ben, support] = ['anna', 'ben', 'support'].map(
      (name) => people.findUserByAddress(`${name}@contoso.example`)!.id,
    ) as [string, string, string]

    expect(people.hasRight(support, anna, 'SendAs')).toBe(true)
    expect(people.hasRight(support, ben, 'FullAccess')).toBe(true)
    expect(people.hasRight(support, ben, 'SendAs')).toBe(false)
    people.revokeRight(support, ben, 'FullAccess')
    expect(people.hasRight(support, ben, 'FullAccess')).toBe(false)
  })

  it('returns the value of a secret once and recognizes it later by its hash', () => {
    const { applications } = directory
    const { id } = applications.add(contoso, { displayName: 'Postkey' })
    const { secretText, ...credential } = applications.addPassword(id, { displayName: 'first' })

    expect(applications.findPassword(applications.find(id)!, secretText)).toEqual(credential)
    expect(applications.findPassword(applications.find(id)!, credential.keyId)).toBeUndefined()
    expect(JSON.stringify(database.all('SELECT * FROM applications'))).not.toContain(secretText)
    applications.removePassword(id, credential.keyId)
    expect(applications.findPassword(applications.find(id)!, secretText)).toBeUndefined()
  })

  it('returns scopes of the tenant for everyone and scopes of a user for that user', () => {
    const { applications, consents } = directory
    const application = applications.add(contoso, { displayName: 'Postkey' })
    const client = consents.addServicePrincipal(contoso, application)
    const graph = consents.findServicePrincipal(contoso, GRAPH.appId)!
    consents.grant(client.id, graph.id, ['Mail.Read'], null)
    consents.grant(client.id, graph.id, ['Mail.Send'], 'anna')
    consents.grant(client.id, graph.id, ['User.Read'], 'anna')

    const scopes = (user: string) => [...consents.grantedScopes(contoso, application.appId, GRAPH, user)]
    expect(scopes('anna')).toEqual(['Mail.Read', 'Mail.Send', 'User.Read'])
    expect(scopes('ben')).toEqual(['Mail.Read'])
    expect([...consents.grantedScopes(contoso, application.appId, EXCHANGE, 'anna')]).toEqual([])
  })

  it('removes grants and roles with the service principal', () => {
    const { applications, consents } = directory
    const application = applications.add(contoso, { displayName: 'Postkey' })
    const client = consents.addServicePrincipal(contoso, application)
    const graph = consents.findServicePrincipal(contoso, GRAPH.appId)!
    consents.grant(client.id, graph.id, ['Mail.Read'], null)
    consents.assignAppRole(client.id, graph.id, GRAPH.application[0]!.id)
    expect(consents.grantedRoles(contoso, application.appId, GRAPH)).toEqual(['Mail.Read'])

    consents.removeServicePrincipal(client.id)

    expect(consents.listGrants(client.id)).toEqual([])
    expect(consents.grantedRoles(contoso, application.appId, GRAPH)).toEqual([])
  })
})
