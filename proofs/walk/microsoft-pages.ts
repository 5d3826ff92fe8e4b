/** People at Microsoft's pages, by their forms: signing in, consenting, registering an application in the portal. */
import { authenticatorCode } from './authenticator-code.ts'
import { goThrough } from '../../sandbox/foreign/sign-in.ts'
import type { Person } from '../../sandbox/test/browser.ts'

/** Goes on from the page that is open until `isThere`, with a code of the authenticator where one is asked for. */
export async function signInAs(
  person: Person,
  address: string,
  { controlPanel, isThere }: { controlPanel: string; isThere: (url: string) => boolean },
): Promise<void> {
  await goThrough(person, address, {
    isThere,
    mostPages: 20,
    more: {
      mfa: async () => person.submit({ otc: await authenticatorCode(controlPanel, address) }, { button: 'next=yes' }),
      'admin-consent': () => person.submit({}, { button: 'consent=accept' }),
    },
  })
}

/** The lines of a work order, as far as a portal asks for them. */
export interface RegistrationOrder {
  displayName: string
  signInAudience: string
  redirectUri: string
  permissions: readonly { resourceAppId: string; id: string; type: string }[]
}

export interface Registration {
  clientId: string
  tenantId: string
  secret: string
}

/** Follows the work order line by line, as a user signed in to the portal. */
export async function registerApplication(
  page: Person,
  portal: string,
  order: RegistrationOrder,
): Promise<Registration> {
  await page.open(`${portal}/app-registrations/new`)
  const { displayName, signInAudience } = order
  await page.submit({ displayName, signInAudience }, { button: 'Register' })
  const [clientId, tenantId, overview] = [page.valueOf('appId'), page.valueOf('tenantId'), page.url]

  await page.open(`${overview}/authentication`)
  await page.submit({ platform: 'web', redirectUri: order.redirectUri }, { button: 'Configure' })
  if (!page.text.includes(order.redirectUri)) throw new Error(`the redirect URI was not taken: ${page.text}`)

  await page.open(`${overview}/credentials`)
  await page.submit({ description: 'Postkey' }, { button: 'Add' })
  const secret = page.valueOf('secretValue')

  for (const { resourceAppId, id, type } of order.permissions) {
    await page.open(`${overview}/api-permissions/add?api=${resourceAppId}&type=${type}`)
    await page.submit({ permission: id }, { button: 'Add permissions' })
    if (!page.text.includes('Added:')) throw new Error(`the permission ${id} was not added: ${page.text}`)
  }
  return { clientId, tenantId, secret }
}

/** *User consent settings*, by a Global Administrator who is signed in at the portal. */
export async function allowUserConsent(page: Person, portal: string): Promise<void> {
  await page.open(`${portal}/enterprise-applications/user-consent-settings`)
  await page.submit({ userConsent: 'allow' }, { button: 'Save' })
  if (!page.text.includes('Allow user consent for apps')) throw new Error(`the policy was not saved: ${page.text}`)
}
