import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { registerInPortal, signInAtMicrosoft, uploadCertificate, type PortalRegistration } from './microsoft.ts'
import { joinAsFirstAdmin, openTab } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { secretsLeftBy } from '../proofs/walk/traces.ts'

const SUPPORT = 'support@contoso.example'
const BILLING = 'billing@contoso.example'
const ADA = 'ada@contoso.example'

/**
 * An organization that forbids secrets and lets the application open mailboxes. Each test continues where the one
 * before ended.
 */
describe('setup with a certificate and without a sign-in', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let portal: Page
  let registration: PortalRegistration
  const complaints: string[] = []

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([
      openBrowser(),
      startOnSharedPostgres({ record: 'bodies', logLevel: 'trace' }),
    ])
    page = await openPage(browser, { acceptDownloads: true })
    portal = await openPage(browser)
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('asks for the kind of credential, and creates no secret in the work order for a certificate', async () => {
    await joinAsFirstAdmin(page, postkey)
    await page.getByRole('radio', { name: /^Also by the application, for selected mailboxes/ }).check()
    await page.getByText(/New client secret/).waitFor()
    await page.getByRole('radio', { name: 'Certificate created by Postkey' }).check()
    await page.getByText(/^Create no client secret/).waitFor()
    expect(await page.getByText(/New client secret/).count()).toBe(0)
    await look('set-up-a-certificate')

    // A script for the sandbox would connect to the company's real tenant.
    await page.getByRole('tab', { name: 'Manifest' }).waitFor()
    expect(await page.getByRole('tab', { name: /Azure CLI|PowerShell/ }).count()).toBe(0)
    registration = await registerInPortal(portal, {
      portal: postkey.sandbox.portal,
      redirectUri: `${postkey.address}/oauth/callback`,
      permissions: ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Mail.ReadWrite.Shared', 'Mail.Send.Shared'],
      withoutSecret: true,
    })
    await portal.getByRole('link', { name: /^Grant admin consent/ }).click()
    await portal.getByRole('button', { name: 'Yes' }).click()
    await page.getByRole('link', { name: 'Continue to B with the IDs' }).click()
  })

  it('creates the certificate in B, as chosen in A, and keeps the choice over a reload', async () => {
    await page.getByRole('heading', { name: 'B. Create a Cloud Provider' }).waitFor()
    await page.getByText('Certificate created by Postkey').waitFor()
    await page.getByLabel('Valid for').waitFor()
    expect(await page.getByRole('radio').count()).toBe(0)
    await page.getByRole('button', { name: 'Change the choices of step A' }).click()
    expect(await page.getByRole('radio', { name: 'Certificate created by Postkey' }).isChecked()).toBe(true)
    await page.getByRole('radio', { name: 'Client secret' }).check()
    await page.reload()
    await page.getByRole('textbox', { name: 'Client secret' }).waitFor()
    await page.getByRole('button', { name: 'Change the choices of step A' }).click()
    await page.getByRole('radio', { name: 'Certificate created by Postkey' }).check()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Contoso')
    await page.getByLabel('Application (client) ID').fill(registration.clientId)
    await page.getByLabel('Directory (tenant) ID').fill(registration.tenantId)
    await page.getByLabel('Valid for').selectOption('12')
    await look('set-up-b-certificate-form')
    await page.getByRole('button', { name: 'Create with certificate' }).click()
    await page.getByRole('heading', { name: 'Upload the certificate' }).waitFor()
  })

  it('waits for the upload without reporting an error, and offers no next step before it', async () => {
    expect(await stateOf('Create a Cloud Provider')).toContain('waiting for someone')
    expect(await page.getByRole('link', { name: 'Continue to C' }).count()).toBe(0)
    await look('set-up-b-upload')
    await page.getByRole('button', { name: 'Check upload now' }).click()
    await page.getByRole('button', { name: 'Check upload now' }).isEnabled()
    expect(await stateOf('Create a Cloud Provider')).toContain('waiting for someone')
  })

  it('offers only the public part for download, and continues after its upload', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download certificate' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('postkey.cer')
    const file = join(postkey.place.folder, 'postkey.cer')
    await download.saveAs(file)
    expect(readFileSync(file, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s*$/)
    await uploadCertificate(portal, file)

    await page.getByRole('button', { name: 'Check upload now' }).click()
    await page.getByRole('link', { name: 'Continue to C' }).waitFor()
    expect(await stateOf('Create a Cloud Provider')).toContain('done')
    await look('set-up-b-certificate')
  })

  it('needs no sign-in where the application opens the mailboxes, and continues with it', async () => {
    await page.getByRole('link', { name: 'Continue to C' }).click()
    await page.getByRole('heading', { name: 'No sign-in needed' }).waitFor()
    expect(await stateOf('Authenticate')).toContain('done')
    await look('set-up-c-application')
    await page.getByRole('link', { name: 'Continue to D with the application' }).click()
  })

  it('shows the commands for Exchange while access is missing, and associates the mailbox afterwards', async () => {
    await page.getByRole('heading', { name: 'D. Associate a mailbox' }).waitFor()
    expect(await page.getByLabel('Opened by').inputValue()).toBe('application')
    await page.getByLabel('Mailbox address').fill(SUPPORT)
    await page.keyboard.press('Enter')
    await page.getByText('The mailbox can’t be opened yet.').waitFor()
    const commands = await page.getByRole('region', { name: 'Commands for Exchange', exact: true }).innerText()
    expect(commands).toContain(registration.clientId)
    expect(commands).toContain(SUPPORT)
    await look('set-up-d-commands')

    // Follows the README: in the portal, on the page of the mailbox.
    await portal.goto(`${postkey.sandbox.portal}/mailboxes`)
    await portal.getByRole('link', { name: 'Contoso Support' }).click()
    await portal.getByLabel('Application', { exact: true }).selectOption({ label: 'Postkey' })
    complaints.push(...(await screenComplaints(portal, 'sandbox-mailbox-applications')))
    await portal.getByRole('button', { name: 'Grant access' }).click()
    await portal.getByText('Postkey has access to Contoso Support').waitFor()
    await page.getByRole('button', { name: 'Check mailbox' }).click()
    await page.getByRole('button', { name: `Associate ${SUPPORT}` }).click()
    await page.getByText('connected', { exact: true }).waitFor()
    expect(await stateOf('Authenticate')).toContain('done')
    expect(await stateOf('Associate a mailbox')).toContain('done')
    await look('set-up-d-application')
  })

  it('keeps everything on the page of the Cloud Provider', async () => {
    await page.getByRole('link', { name: 'Cloud Providers' }).click()
    await page.getByRole('link', { name: 'Contoso', exact: true }).click()
    await page.getByText('Also by the application, for selected mailboxes').waitFor()
    await openTab(page, 'Access')
    await page.getByRole('region', { name: 'Commands for Exchange', exact: true }).waitFor()
    await openTab(page, 'Sign-ins')
    await page.getByRole('switch', { name: /^Allow sign-in with a code/ }).click()
    await page.getByText('Sign-in with a code is allowed').waitFor()
    await look('cloud-provider-certificate')
  })

  it('signs a user in with a code on another device, and continues', async () => {
    await signInByCode('ben@contoso.example')
    await look('set-up-c-code-done')
    await page.getByRole('link', { name: 'Continue: associate the mailbox' }).click()
    await page.getByRole('heading', { name: 'D. Associate a mailbox' }).waitFor()
  })

  it('shows the folders of a German mailbox as a tree, in both languages', async () => {
    await page.goto(`${postkey.address}/set-up?step=c`)
    await page.getByRole('link', { name: /Ben Ito/ }).click()
    await page.getByLabel('Mailbox address').fill('ben@contoso.example')
    await page.getByRole('radio', { name: 'User mailbox' }).check()
    await page.getByRole('button', { name: 'Check mailbox' }).click()
    const folders = page.getByRole('group', { name: 'Folders to read' })
    await folders.getByRole('checkbox', { name: 'Inbox · Posteingang', checked: true }).waitFor()
    await folders.getByText(/^2 of \d+ selected$/).waitFor()
    await look('set-up-d-folders')
    await page.goto(`${postkey.address}/set-up?step=d`)
  })

  it('lets a user open the mailbox instead of the application, after a confirmation', async () => {
    await page.getByRole('link', { name: 'Open Email Account' }).click()
    await openTab(page, 'Connection')
    await page.getByLabel('Opened by').selectOption({ label: 'Ben Ito (ben@contoso.example)' })
    await page.getByRole('button', { name: 'Use this sign-in' }).click()
    await page.getByRole('dialog').getByText('Access by the application').waitFor()
    await look('email-account-to-person')
    await page.getByRole('dialog').getByRole('button', { name: 'Use this sign-in' }).click()
    await page.getByText('The mailbox now uses this sign-in').waitFor()
  })

  it('offers a backup sign-in in D', async () => {
    await signInByCode('anna@contoso.example')
    await page.getByRole('link', { name: 'Continue: associate the mailbox' }).click()
    await page.getByText('Set up a backup sign-in').waitFor()
    await page.getByLabel('Backup sign-in').selectOption({ label: 'Anna Berg (anna@contoso.example)' })
    await look('setup-d-backup-sign-in')
    await page.getByRole('button', { name: 'Set as backup' }).click()
    await page.getByText('Anna Berg is now the backup').waitFor()
  })

  it('refuses an application without access in Exchange, with the commands, and changes nothing', async () => {
    await letInto([])
    await page.getByRole('link', { name: 'Open Email Account' }).click()
    await openTab(page, 'Connection')
    await page.getByLabel('Opened by').selectOption({ label: 'the application' })
    await page.getByRole('button', { name: 'Use the application' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('The backup sign-in, which is no longer needed').waitFor()
    await dialog.getByRole('button', { name: 'Use the application' }).click()
    await dialog.getByText('The application can’t open the mailbox').waitFor()
    await dialog.getByRole('region', { name: 'Commands for Exchange', exact: true }).waitFor()
    await look('email-account-application-refused')

    await letInto([SUPPORT])
    await dialog.getByRole('button', { name: 'Use the application' }).click()
    await page.getByText('The mailbox now uses the application').waitFor()
    expect(await page.getByLabel('Opened by').inputValue()).toBe('application')
    await page.getByRole('link', { name: 'Audit' }).click()
    await page
      .getByText(/changed who opens .* to the application/)
      .first()
      .waitFor()
  })

  it('checks the rows of several mailboxes, and names the permission for the list of the organization', async () => {
    await page.goto(`${postkey.address}/email-accounts`)
    await page.getByRole('link', { name: 'Connect several mailboxes' }).click()
    await page.getByLabel('Opened by').selectOption({ label: 'Application of Contoso' })
    await page.getByRole('tab', { name: 'From the organization' }).click()
    await page.getByText(/Select User\.ReadBasic\.All/).waitFor()
    await look('connect-several-denied')
    await page.getByRole('button', { name: 'Use a CSV instead' }).click()

    const many = Array.from({ length: 500 }, (_, index) => `shop-${index}@contoso.example`).join('\n')
    await page.getByLabel('Addresses or CSV').fill(many)
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByRole('button', { name: 'Connect 500 mailboxes' }).waitFor()
    await look('connect-several-full')

    await page.getByLabel('Addresses or CSV').fill(`${many}\n${ADA}`)
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('Expected 1 to 500 mailboxes.').waitFor()
    expect(await page.getByRole('button', { name: 'Connect 501 mailboxes' }).isDisabled()).toBe(true)

    const lines = [
      'address,kind',
      SUPPORT,
      `${BILLING},shared`,
      `${BILLING.toUpperCase()},`,
      `${ADA},user`,
      'billing,team',
    ]
    await page.getByLabel('Addresses or CSV').fill(lines.join('\n'))
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'Check' }).press('Enter')
    await page.getByText('2 new, 1 already connected, 1 duplicate, 1 with errors').waitFor()
    await page.getByText('Correct kind in line 6.').waitFor()
    expect(await page.getByRole('button', { name: 'Connect 2 mailboxes' }).isDisabled()).toBe(true)
    await look('connect-several-checked')
  })

  it('connects them, shows failures after a reload, and connects a failed one after the repair', async () => {
    await letInto([SUPPORT, BILLING])
    await page.getByRole('checkbox', { name: 'Leave out the row with errors' }).press('Space')
    await page.getByRole('button', { name: 'Connect 2 mailboxes' }).press('Enter')
    await page.getByRole('heading', { name: 'Completed' }).waitFor()
    await page.reload()
    await page.getByText('1 of 4 connected, 1 failed, 2 connected before or twice in the list').waitFor()
    await page.getByText('Exchange denied the application access to the mailbox').waitFor()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download failed rows (CSV)' }).click(),
    ])
    expect(readFileSync(await file.path(), 'utf8')).toContain(`${ADA},user`)
    await look('account-batch-failed')
    await letInto([SUPPORT, BILLING, ADA])
    await page.getByRole('button', { name: `Try again: ${ADA}` }).press('Enter')
    await page.getByText('2 of 4 connected, 2 connected before or twice in the list').waitFor()
    await look('account-batch-completed')
    await page.getByRole('link', { name: 'Connect several mailboxes' }).click()
    await page.getByRole('link', { name: /^Completed: 2 of 4 connected/ }).waitFor()
  })

  it('is accessible: axe finds nothing serious on any screen, light or dark, and it fits a phone', () => {
    expect(complaints).toEqual([])
  })

  it('leaves no secret and no private key in its logs, responses, output and storage', async () => {
    const { finds } = await secretsLeftBy(postkey)
    expect(finds).toEqual([])
  })

  /** Effect of the generated commands in Exchange. */
  async function letInto(addresses: readonly string[]): Promise<void> {
    const answer = await fetch(`${postkey.sandbox.controlPanel}/api/application-access/${registration.clientId}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mailboxes: addresses, roles: ['Application Mail.ReadWrite', 'Application Mail.Send'] }),
    })
    expect(answer.status).toBe(204)
  }

  async function signInByCode(address: string): Promise<void> {
    await page.goto(`${postkey.address}/set-up?step=c`)
    await page.getByLabel('Mailbox address').fill(SUPPORT)
    await page.getByRole('radio', { name: /^Show a code/ }).check()
    await page.getByRole('button', { name: 'Show code' }).click()
    await page.getByText('Only enter a code you requested yourself.').waitFor()
    if (address.startsWith('ben')) await look('set-up-c-code')
    const microsoft = await openPage(browser)
    await microsoft.goto(await page.getByRole('link', { name: /\/devicelogin$/ }).innerText())
    await microsoft.getByLabel('Code').fill(await page.locator('h3', { hasText: /^[A-Z0-9]{8,9}$/ }).innerText())
    await microsoft.keyboard.press('Enter')
    await signInAtMicrosoft(microsoft, address, address.startsWith('anna') ? postkey.sandbox.controlPanel : undefined)
    await microsoft.getByRole('button', { name: 'Continue' }).click()
    const accept = microsoft.getByRole('button', { name: 'Accept' })
    await accept.or(microsoft.getByText('You have signed in')).first().waitFor()
    if (await accept.isVisible()) await accept.click()
    await page.getByText(`${address} has signed in`).waitFor()
  }

  async function stateOf(letter: string): Promise<string> {
    return await page.getByRole('navigation', { name: 'Setup steps' }).getByText(letter).locator('..').innerText()
  }

  async function look(name: string, at: Page = page): Promise<void> {
    complaints.push(...(await screenComplaints(at, name)))
  }
})
