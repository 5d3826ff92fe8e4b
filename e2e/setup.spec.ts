import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { registerInPortal, signInAtMicrosoft, type PortalRegistration } from './microsoft.ts'
import { FIRST_ADMIN, joinAsFirstAdmin, openTab } from './stage.ts'
import { startPostkey, type StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { secretsLeftBy } from '../proofs/walk/traces.ts'

const SHARED = 'support@contoso.example'
const NOBODYS_SECRET = 'Qx8~not-the-secret-of-this-application-00'
const SOME_ID = '11111111-2222-3333-4444-555555555555'

/** First ten minutes of the product, with mouse and keyboard. Each test continues where the one before ended. */
describe('setup in a browser', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let registration: PortalRegistration
  const complaints: string[] = []

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startPostkey({ record: 'bodies', logLevel: 'trace' })])
    page = await openPage(browser)
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('starts by itself after the first admin has joined, at step A with the sandbox chosen', async () => {
    await joinAsFirstAdmin(page, postkey)
    await page.getByRole('heading', { name: 'A. Register an application' }).waitFor()

    expect(await page.getByLabel('Cloud', { exact: true }).inputValue()).toBe('sandbox')
    await page.getByRole('checkbox').first().waitFor()
    expect(await stateOf('Register an application')).toContain('not started')
    await look('set-up-a')
  })

  it('keeps the checkmarks of the work order over a reload', async () => {
    const first = page.getByRole('checkbox').first()
    await first.focus()
    await page.keyboard.press('Space')
    await page.getByText(/^1 of \d+ done$/).waitFor()
    await page.reload()
    await page.getByText(/^1 of \d+ done$/).waitFor()

    expect(await page.getByRole('checkbox').first().isChecked()).toBe(true)
  })

  it('sends the work order to a guest without a login, and shows the returned IDs as a proposal', async () => {
    await page.getByRole('tab', { name: 'Another person registers it' }).click()
    await page.getByRole('button', { name: 'Create link' }).click()
    const link = (await page.getByText(/\/work-order#/).textContent()) ?? ''
    await look('set-up-a-link')
    expect(await stateOf('Register an application')).toContain('waiting for someone')

    const guest = await openPage(browser)
    await guest.goto(link)
    await guest.getByRole('heading', { name: 'Register an application for Postkey' }).waitFor()
    await guest.getByRole('checkbox').first().waitFor()
    await look('guest-work-order', guest)
    registration = await registerInPortal(await openPage(browser), {
      portal: postkey.sandbox.portal,
      redirectUri: `${postkey.address}/oauth/callback`,
      permissions: await permissionsOn(guest),
    })
    await guest.getByRole('textbox', { name: 'Application (client) ID' }).fill(registration.clientId)
    await guest.getByRole('textbox', { name: 'Directory (tenant) ID' }).fill(registration.tenantId)
    await guest.getByLabel('A domain of the organization').fill('fabrikam.example')
    await guest.keyboard.press('Enter')
    await guest.getByText('The domain belongs to a different tenant than the ID').waitFor()
    await guest.getByLabel('A domain of the organization').fill('contoso.example')
    await guest.getByRole('button', { name: 'Return IDs' }).click()
    await guest.getByRole('heading', { name: 'IDs returned' }).waitFor()
    await guest.goto(link)
    await guest.reload()
    await guest.getByText('This link is no longer valid').waitFor()

    await page.getByText('IDs returned', { exact: true }).waitFor()
    await page.getByText('contoso.example, confirmed by Microsoft for this tenant').waitFor()
    await look('set-up-a-proposed')
    await page.getByRole('link', { name: 'Confirm and continue to B' }).click()
  })

  it('refuses the Secret ID at its field, and explains a secret that Microsoft refuses', async () => {
    await page.getByRole('heading', { name: 'B. Create a Cloud Provider' }).waitFor()
    expect(await page.getByLabel('Application (client) ID').inputValue()).toBe(registration.clientId)
    await page.getByLabel('Name').fill('Contoso')
    await page.getByRole('textbox', { name: 'Client secret' }).fill(SOME_ID)
    await page.getByText('This is the Secret ID, not the secret.').waitFor()
    await look('set-up-b-form')

    await page.getByLabel('Expiry date of the secret').fill('2030-05-01')
    await page.getByLabel('Deputy').fill('ben@contoso.example')
    await page.reload()
    expect(await page.getByLabel('Name').inputValue()).toBe('Contoso')
    expect(await page.getByLabel('Expiry date of the secret').inputValue()).toBe('2030-05-01')
    expect(await page.getByLabel('Deputy').inputValue()).toBe('ben@contoso.example')
    expect(await page.getByRole('textbox', { name: 'Client secret' }).inputValue()).toBe('')
    await page.getByRole('textbox', { name: 'Client secret' }).fill(NOBODYS_SECRET)
    await page.keyboard.press('Enter')
    await page.getByText('Microsoft rejected the client secret').first().waitFor()
    expect(await stateOf('Create a Cloud Provider')).toContain('needs attention')
    await look('set-up-b-wrong')

    await page.getByRole('textbox', { name: 'Client secret' }).fill(registration.secret)
    await page.keyboard.press('Enter')
    await page.getByText('No problems found. Users can sign in now.').waitFor()
    expect(await stateOf('Create a Cloud Provider')).toContain('done')
  })

  it('returns from a canceled consent with nothing changed', async () => {
    await page.getByRole('link', { name: 'Continue to C' }).click()
    await page.getByRole('heading', { name: 'C. Authenticate' }).waitFor()
    await page.getByLabel('Mailbox address').fill(SHARED)
    await look('set-up-c')
    await page.getByRole('button', { name: 'Consent at Microsoft' }).click()
    await signInAtMicrosoft(page, 'ada@contoso.example')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('heading', { name: 'The admin didn’t approve the application' }).waitFor()
    await page.getByRole('link', { name: 'Back to Setup' }).click()
    await page.getByRole('heading', { name: 'C. Authenticate' }).waitFor()
  })

  it('leads from the consent over a sign-in with MFA to the mailbox, without typing anything twice', async () => {
    expect(await page.getByLabel('Mailbox address').inputValue()).toBe(SHARED)
    await page.getByLabel('Mailbox address').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('link', { name: 'Continue to sign-in' }).click()
    await signInAtMicrosoft(page, 'anna@contoso.example', postkey.sandbox.controlPanel)
    await page.getByRole('link', { name: 'Continue: associate the mailbox' }).click()
    await page.getByRole('heading', { name: 'D. Associate a mailbox' }).waitFor()
    await page.getByLabel('Key').waitFor()

    expect(await page.getByLabel('Mailbox address').inputValue()).toBe(SHARED)
    expect(await page.getByRole('radio', { name: 'Shared mailbox' }).isChecked()).toBe(true)
    expect(await page.getByLabel('Key').inputValue()).toBe('SUP')
    expect(await page.getByRole('checkbox', { name: 'Inbox', exact: true }).isChecked()).toBe(true)
    await page.getByText(/^\d+ messages in 2 folders\. Conversations as Microsoft groups them/).waitFor()
    const windows = await page.getByLabel('Import mail from').getByRole('option').allTextContents()
    expect(windows).toContainEqual(expect.stringMatching(/^the last 30 days: \d+ conversations$/))
    expect(await page.getByLabel('Close conversations').inputValue()).toBe('2')
    await look('set-up-d')
  })

  it('associates by keyboard, shows the import, and checks Send As', async () => {
    await page.getByRole('button', { name: `Associate ${SHARED}` }).focus()
    await page.keyboard.press('Enter')
    await page.getByText(/messages imported\. New mail arrives automatically\./).waitFor()
    await page.getByText('connected', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Send a test email to the mailbox itself' }).click()
    await page.getByText('Test email sent.').waitFor()
    for (const letter of [
      'Register an application',
      'Create a Cloud Provider',
      'Authenticate',
      'Associate a mailbox',
    ]) {
      expect(await stateOf(letter)).toContain('done')
    }
    await look('set-up-connected')
  })

  it("opens a second mailbox with the same sign-in, and reports one that can't be opened", async () => {
    await page.getByRole('link', { name: /^With the sign-in of/ }).click()
    await page.getByLabel('Mailbox address').fill('nobody@contoso.example')
    await page.keyboard.press('Enter')
    await page.getByText('The mailbox can’t be opened yet.').waitFor()
    await look('set-up-d-wrong')
  })

  it('asks a guest without a login with a sign-in link, which names the requester and the purpose', async () => {
    await page.getByRole('link', { name: /^C Authenticate/ }).click()
    await page.getByLabel('Mailbox address').fill('billing@contoso.example')
    await page.getByRole('radio', { name: 'Send a sign-in link to the owner or a delegate' }).check()
    await page.getByRole('button', { name: 'Create sign-in link' }).click()
    const link = (await page.getByText(/\/sign-in-link#/).textContent()) ?? ''

    const guest = await openPage(browser)
    await guest.goto(link)
    await guest.getByRole('heading', { name: 'Sign in for billing@contoso.example' }).waitFor()
    await guest.getByText(FIRST_ADMIN.name).first().waitFor()
    await look('guest-sign-in', guest)
    await guest.getByRole('button', { name: 'Sign in at Microsoft' }).click()
    await guest.getByLabel('Email').waitFor()

    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('revoked').waitFor()
    const late = await openPage(browser)
    await late.goto(link)
    await late.getByText('This link is no longer valid').waitFor()
  })

  it('lists the Cloud Providers with their dependents, and removes none in use', async () => {
    await page.getByRole('link', { name: 'Cloud Providers' }).click()
    await page.getByText('1 sign-in · 1 mailbox').waitFor()
    await look('cloud-providers')
    await page.getByRole('link', { name: 'Contoso', exact: true }).click()
    await openTab(page, 'Sign-ins')
    await page.getByText(`${SHARED} stops.`).waitFor()
    await look('cloud-provider')

    await openTab(page, 'Overview')
    await page.getByRole('button', { name: 'Remove Cloud Provider' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/^Sign-ins depend on it: anna@contoso\.example\./).waitFor()
    expect(await dialog.getByRole('button', { name: 'Remove Cloud Provider' }).isDisabled()).toBe(true)
    await look('cloud-provider-removal')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  it('adds a second secret, and removes the old one', async () => {
    await openTab(page, 'Credentials')
    await page.getByRole('button', { name: 'Add secret' }).click()
    await page.getByRole('textbox', { name: 'Client secret' }).fill(registration.secret)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // Both have the same first characters, so each shows when it was added; the older one is below.
    const name = `Secret ${registration.secret.slice(0, 3)}…`
    await page
      .getByRole('button', { name: `Remove: ${name}, added` })
      .last()
      .click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('button', { name: `Remove: ${name}`, exact: true }).waitFor()
    expect(await page.getByRole('button', { name: /^Remove: Secret / }).count()).toBe(1)

    await page.getByRole('button', { name: `Enter expiry date: ${name}` }).click()
    await page.getByLabel('Expiry date of the secret').fill('2031-05-01')
    await look('cloud-provider-end-date')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: `Change expiry date: ${name}` }).waitFor()
    expect(await page.getByText('expires on').innerText()).toContain('2031')
  })

  it('is accessible: axe finds nothing serious on any screen, light or dark, and it fits a phone', () => {
    expect(complaints).toEqual([])
  })

  it('leaves no secret in its logs, responses, output and storage', async () => {
    const { finds, kinds } = await secretsLeftBy(postkey)

    expect(kinds).toEqual(expect.arrayContaining(['access_token', 'code', 'password', 'refresh_token', 'secret']))
    expect(finds).toEqual([])
  })

  async function stateOf(letter: string): Promise<string> {
    return await page.getByRole('navigation', { name: 'Setup steps' }).getByText(letter).locator('..').innerText()
  }

  async function look(name: string, at: Page = page): Promise<void> {
    complaints.push(...(await screenComplaints(at, name)))
  }
})

/** The permissions that the work order names, as the portal calls them. */
async function permissionsOn(page: Page): Promise<string[]> {
  const names = await page.getByRole('listitem').filter({ hasText: ' – ' }).locator('b').allTextContents()
  expect(names).toContain('Mail.Send.Shared')
  return names
}
