import type { Database } from '../kernel/database.ts'
import type { Directory } from './directory.ts'
import { PERSONAL_TENANT_ID, type User } from './directory-objects.ts'
import { RESOURCES } from './permissions.ts'

/** Password of all users in the sandbox. */
export const PASSWORD = 'Sandbox-2026'

/** Microsoft's own applications with which users and scripts sign in; they need no consent. */
export const FIRST_PARTY = {
  azurePortal: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  azureCli: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  graphPowerShell: '14d82eec-204b-4c2f-b7e8-296a70dab67e',
} as const

const CONTOSO = '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11'
const FABRIKAM = '8b2d4f60-93c7-4e1a-a4d5-71e6c9b0f322'

/** Creates the seeded directory: two organizations and a personal account. Does nothing when it already exists. */
export function seedTenants(database: Database, { people, consents }: Directory): void {
  if (people.listTenants().length > 0) return
  database.transaction(() => {
    const organization = { userConsent: 'microsoft-recommended', regionScope: 'EU' } as const
    people.addTenant({
      id: CONTOSO,
      displayName: 'Contoso',
      domains: ['contoso.example', 'contoso.onmicrosoft.example'],
      ...organization,
    })
    people.addTenant({ id: FABRIKAM, displayName: 'Fabrikam', domains: ['fabrikam.example'], ...organization })
    people.addTenant({
      id: PERSONAL_TENANT_ID,
      displayName: 'Microsoft accounts',
      domains: ['outlook.example'],
      userConsent: 'allow',
      regionScope: 'WW',
    })
    for (const { id } of people.listTenants()) {
      for (const resource of RESOURCES) consents.addServicePrincipal(id, resource)
    }

    const ada = person(CONTOSO, '1', 'Ada Admin', 'ada@contoso.example', { globalAdministrator: true })
    const anna = person(CONTOSO, '2', 'Anna Berg', 'anna@contoso.example', {
      mfaSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    })
    const ben = person(CONTOSO, '3', 'Ben Ito', 'ben@contoso.example', { preferredLanguage: 'de-DE' })
    const carla = person(FABRIKAM, '4', 'Carla Duarte', 'carla@fabrikam.example', { globalAdministrator: true })
    const pat = person(PERSONAL_TENANT_ID, '5', 'Pat Personal', 'pat@outlook.example', {})
    // A user whose user principal name differs from the mail address, as after a marriage or with short user names.
    const sofia = person(CONTOSO, '9', 'Sofia Lind', 'slind@contoso.example', { mail: 'sofia.lind@contoso.example' })
    for (const user of [ada, anna, ben, carla, pat, sofia]) {
      people.addUser(user)
      people.addMailbox({ userId: user.id, kind: 'user' })
    }

    people.addUser({
      ...person(CONTOSO, '6', 'Carla Duarte', 'carla_fabrikam.example#EXT#@contoso.onmicrosoft.example', {}),
      mail: 'carla@fabrikam.example',
      password: undefined,
      userType: 'Guest',
      homeUserId: carla.id,
    })

    // A shared mailbox is a disabled account without sign-in (a sign-in attempt fails with AADSTS50057).
    const shared = { password: undefined, accountEnabled: false }
    const support = person(CONTOSO, '7', 'Contoso Support', 'support@contoso.example', shared)
    const billing = person(CONTOSO, '8', 'Contoso Billing', 'billing@contoso.example', shared)
    for (const user of [support, billing]) {
      people.addUser(user)
      people.addMailbox({ userId: user.id, kind: 'shared' })
      people.grantRight(user.id, anna.id, 'FullAccess')
    }
    people.grantRight(support.id, anna.id, 'SendAs')
    people.grantRight(support.id, ben.id, 'FullAccess')
    people.grantRight(billing.id, anna.id, 'SendOnBehalf')
  })
}

function person(tenantId: string, number: string, displayName: string, address: string, more: Partial<User>): User {
  return {
    id: `00000000-0000-4000-8000-00000000000${number}`,
    tenantId,
    userPrincipalName: address,
    displayName,
    mail: address,
    password: PASSWORD,
    mfaSecret: undefined,
    accountEnabled: true,
    userType: 'Member',
    homeUserId: undefined,
    globalAdministrator: false,
    preferredLanguage: 'en-US',
    tokensValidFrom: 0,
    ...more,
  }
}
