import { describe, expect, it } from 'vitest'
import { GRAPH } from '../../tenants/index.ts'
import { portalForTest, PORTAL } from '../../../test/portal.ts'
import { createPortalSite } from './portal-site.ts'

describe('the user, mailbox and consent pages of the portal', () => {
  it('change name, language and status of an account', async () => {
    const { page, ben, directory } = await atUser('ben')
    await page.submit(
      { displayName: 'Benjamin Ito', preferredLanguage: 'fr-fr', accountEnabled: false },
      { button: 'Save' },
    )
    expect(directory.people.getUser(ben.id)).toMatchObject({
      displayName: 'Benjamin Ito',
      preferredLanguage: 'fr-FR',
      accountEnabled: false,
    })

    await page.submit({ preferredLanguage: 'no language' }, { button: 'Save' })
    expect(page.status).toBe(400)
    expect(page.valueOf('preferredLanguage')).toBe('no language')
  })

  it('keep administrators from disabling their own account', async () => {
    const { page, ada, directory } = await atUser('ada')
    await page.submit({ accountEnabled: false }, { button: 'Save' })

    expect(page.text).toContain("You can't disable your own account.")
    expect(directory.people.getUser(ada.id).accountEnabled).toBe(true)
  })

  it('reset a password and revoke the sign-ins with the old one', async () => {
    const { page, ben, directory, clock } = await atUser('ben')
    await page.submit({ password: 'short' }, { button: 'Reset password' })
    expect(page.text).toContain('8 to 256 characters')
    await page.submit({ password: 'a new password' }, { button: 'Reset password' })

    expect(directory.people.getUser(ben.id)).toMatchObject({
      password: 'a new password',
      tokensValidFrom: clock.now().getTime(),
    })
    expect(page.markup).not.toContain('a new password')
  })

  it('revoke sessions', async () => {
    const { page, ben, directory, clock } = await atUser('ben')
    await page.submit({}, { button: 'Revoke sessions' })

    expect(directory.people.getUser(ben.id).tokensValidFrom).toBe(clock.now().getTime())
  })

  it('require multifactor authentication and stop requiring it', async () => {
    const { page, ben, directory } = await atUser('ben')
    await page.submit({}, { button: 'Require multifactor authentication' })
    expect(directory.people.getUser(ben.id).mfaSecret).toMatch(/^[A-Z2-7]{32}$/)
    await page.submit({}, { button: 'Stop requiring multifactor authentication' })
    expect(directory.people.getUser(ben.id).mfaSecret).toBeUndefined()
  })

  it('leave the password of a guest to the home directory', async () => {
    const { page, portal, guest } = await atUser('guest')
    expect(page.text).not.toContain('Reset password')

    const answer = await page.open(`${PORTAL}/users/${guest.id}`)
    const forced = await portal.inject({
      method: 'POST',
      url: `/users/${guest.id}/reset-password`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        cookie: Object.entries(answer.cookies())
          .map((pair) => pair.join('='))
          .join('; '),
      },
      payload: new URLSearchParams({ canary: answer.valueOf('canary'), password: 'a new password' }).toString(),
    })
    expect(forced.statusCode).toBe(403)
  })

  it('disable SMTP AUTH for the organization and enable it for one mailbox, and configure Sent copies', async () => {
    const { signedIn, ada, directory, contoso } = await portalForTest(createPortalSite)
    const { people } = directory
    const billing = people.findUserInTenant(contoso.id, 'billing@contoso.example')!
    const page = await signedIn(ada)
    await page.follow('Mailboxes')
    await page.submit({}, { button: 'Turn off' })
    expect(page.text).toContain('Off for your organization')
    expect(people.smtpAuthDisabledBy(billing.id)).toBe('tenant')

    await page.follow('Contoso Billing')
    await page.submit({}, { button: 'Turn on' })
    expect(people.smtpAuthDisabledBy(billing.id)).toBeUndefined()
    await page.submit({}, { button: 'Turn off' })
    expect(people.smtpAuthDisabledBy(billing.id)).toBe('mailbox')
    await page.submit({}, { button: 'As the organization' })
    expect(people.smtpAuthDisabledBy(billing.id)).toBe('tenant')

    await page.submit({}, { button: 'Keep copies' })
    expect(people.keepsCopyForSentAs(billing.id)).toBe(true)
    await page.submit({}, { button: 'Keep no copies' })
    expect(people.keepsCopyForSentAs(billing.id)).toBe(false)
  })

  it('grant and revoke mailbox permissions', async () => {
    const { signedIn, ada, ben, directory, contoso } = await portalForTest(createPortalSite)
    const billing = directory.people.findUserInTenant(contoso.id, 'billing@contoso.example')!
    const page = await signedIn(ada)
    await page.follow('Mailboxes')
    expect(page.text).toContain('SharedMailbox')
    expect(page.text).not.toContain('carla@fabrikam.example')
    await page.follow('Contoso Billing')
    expect(page.text).toContain('Anna Berg')

    await page.submit({ trusteeId: ben.id }, { button: 'Add Full Access' })
    await page.submit({ trusteeId: ben.id }, { button: 'Add Send As' })
    expect(directory.people.hasRight(billing.id, ben.id, 'FullAccess')).toBe(true)
    expect(directory.people.hasRight(billing.id, ben.id, 'SendAs')).toBe(true)
    expect(directory.people.hasRight(billing.id, ben.id, 'SendOnBehalf')).toBe(false)

    // The first button on the page is that of Anna's Full Access.
    await page.submit({}, { button: 'Remove' })
    expect(directory.people.listRights(billing.id).filter(({ right }) => right === 'FullAccess')).toEqual([
      { trusteeId: ben.id, right: 'FullAccess' },
    ])
  })

  it('grant an application access to one mailbox with chosen roles, revoke it, and refuse other administrators', async () => {
    const { signedIn, ada, ben, directory, contoso } = await portalForTest(createPortalSite)
    const { people, consents, applications } = directory
    const billing = people.findUserInTenant(contoso.id, 'billing@contoso.example')!
    const support = people.findUserInTenant(contoso.id, 'support@contoso.example')!
    const page = await signedIn(ada)
    await page.open(`${PORTAL}/mailboxes/${billing.id}`)
    expect(page.text).toContain('This directory has no applications yet')

    const { appId } = applications.add(contoso.id, { displayName: 'Mail connector' })
    consents.addServicePrincipal(contoso.id, { appId, displayName: 'Mail connector' })
    await page.open(`${PORTAL}/mailboxes/${billing.id}`)
    expect(page.text).not.toContain('Microsoft Graph')
    expect(page.text).toContain('New-ManagementRoleAssignment')
    await page.submit({ appId }, { button: 'Grant access' })
    expect(page.text).toContain('Mail connector: Application Mail.ReadWrite, Application Mail.Send')
    expect(people.applicationRoles(billing.id, appId)).toEqual(['Application Mail.ReadWrite', 'Application Mail.Send'])
    expect(people.applicationRoles(support.id, appId)).toEqual([])

    // A second mailbox does not affect the first one.
    await page.open(`${PORTAL}/mailboxes/${support.id}`)
    await page.submit({ appId }, { button: 'Grant access' })
    expect(people.applicationRoles(billing.id, appId)).toHaveLength(2)
    await page.submit({}, { button: 'Remove application' })
    expect(people.applicationRoles(support.id, appId)).toEqual([])
    expect(people.applicationRoles(billing.id, appId)).toHaveLength(2)

    const other = await signedIn(ben)
    await other.open(`${PORTAL}/mailboxes/${billing.id}`)
    expect(other.status).toBe(403)
  })

  it('change the tenant’s user consent policy', async () => {
    const { signedIn, ada, directory, contoso } = await portalForTest(createPortalSite)
    const page = await signedIn(ada)
    await page.open(`${PORTAL}/enterprise-applications/user-consent-settings`)
    for (const words of [
      'Do not allow user consent',
      'Let Microsoft manage your consent settings',
      'Allow user consent for apps',
    ]) {
      expect(page.text).toContain(words)
    }
    await page.submit({ userConsent: 'allow' }, { button: 'Save' })

    expect(directory.people.findTenant(contoso.id)?.userConsent).toBe('allow')
  })

  it('disable an enterprise application and revoke its user consent', async () => {
    const { signedIn, ada, anna, directory, contoso } = await portalForTest(createPortalSite)
    const { consents } = directory
    const { appId } = directory.applications.add(contoso.id, { displayName: 'Mail connector' })
    const principal = consents.addServicePrincipal(contoso.id, { appId, displayName: 'Mail connector' })
    consents.grant(
      principal.id,
      consents.findServicePrincipal(contoso.id, GRAPH.appId)!.id,
      ['Mail.Read', 'Mail.Send'],
      anna.id,
    )
    const page = await signedIn(ada)
    await page.open(`${PORTAL}/enterprise-applications`)
    await page.follow('Mail connector')
    expect(page.text).toContain('Anna Berg')

    await page.submit({ accountEnabled: false, appRoleAssignmentRequired: true }, { button: 'Save' })
    expect(consents.findServicePrincipalById(principal.id)).toMatchObject({
      accountEnabled: false,
      appRoleAssignmentRequired: true,
    })
    await page.submit({}, { button: 'Revoke permission' })
    expect(consents.grantedScopes(contoso.id, appId, GRAPH, anna.id)).toEqual(new Set(['Mail.Send']))
    await page.submit({}, { button: 'Delete' })
    expect(consents.findServicePrincipalById(principal.id)).toBeUndefined()
  })
})

async function atUser(who: 'ada' | 'ben' | 'guest') {
  const world = await portalForTest(createPortalSite)
  const page = await world.signedIn(world.ada)
  await page.open(`${PORTAL}/users/${world[who].id}`)
  return { ...world, page }
}
