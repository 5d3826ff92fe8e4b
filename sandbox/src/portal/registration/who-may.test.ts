import { describe, expect, it } from 'vitest'
import { directoryForTest } from '../../../test/directory.ts'
import { mayManageApplication, mayManageServicePrincipal, mayRegisterApplications } from './who-may.ts'

describe('directory permissions', () => {
  it('allow the owners and the administrators of its own tenant to manage an application', () => {
    const { directory, contoso, ada, anna, ben, carla } = directoryForTest()
    const application = directory.applications.add(contoso.id, { displayName: 'Mail connector' })
    directory.applications.addOwner(application.id, anna.id)
    const may = [ada, anna, ben, carla].map((person) => mayManageApplication(directory, person, application))

    expect(may).toEqual([true, true, false, false])
  })

  it('allow only the administrators of another tenant to manage an application’s presence there', () => {
    const { directory, contoso, fabrikam, ada, anna, carla } = directoryForTest()
    const application = directory.applications.add(contoso.id, { displayName: 'Mail connector' })
    directory.applications.addOwner(application.id, anna.id)
    const abroad = directory.consents.addServicePrincipal(fabrikam.id, application)

    expect([ada, anna, carla].map((person) => mayManageServicePrincipal(directory, person, abroad))).toEqual([
      false,
      false,
      true,
    ])
  })

  it('allow members with an enabled account to register applications', () => {
    const { ada, ben, guest } = directoryForTest()

    expect([ada, ben, guest, { ...ben, accountEnabled: false }].map(mayRegisterApplications)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})
