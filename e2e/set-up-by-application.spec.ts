import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { registerInPortal, uploadCertificate, type PortalRegistration } from './microsoft.ts'
import { startPostkey, type StartedPostkey } from './walk/started-postkey.ts'
import { secretsLeftBy } from './walk/traces.ts'

const ADMIN = { name: 'Olga Orlova', email: 'olga@contoso.example', password: 'a walk through the woods' }

/** An organization that forbids secrets and lets the application open mailboxes. Each test goes on where the one before ended. */
describe('the set-up with a certificate and no sign-in', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let portal: Page
  let registration: PortalRegistration
  const complaints: string[] = []

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startPostkey({ record: 'bodies', logLevel: 'trace' })])
    page = await openPage(browser, { acceptDownloads: true })
    portal = await openPage(browser)
    page.setDefaultTimeout(30_000)
    portal.setDefaultTimeout(30_000)
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    postkey.forget()
  })

  it('asks how Postkey proves itself, and makes no secret in the work order where a certificate is chosen', async () => {
    await page.goto(postkey.firstAdminLink)
    await page.getByLabel('Your name').fill(ADMIN.name)
    await page.getByLabel('Email address').fill(ADMIN.email)
    await page.getByLabel('Password').first().fill(ADMIN.password)
    await page.getByLabel('Password again').fill(ADMIN.password)
    await page.keyboard.press('Enter')
    await page.getByRole('radio', { name: /^Also the application itself, for chosen mailboxes/ }).check()
    await page.getByText(/New client secret/).waitFor()
    await page.getByRole('radio', { name: 'A certificate that Postkey makes' }).check()
    await page.getByText(/^Make no client secret/).waitFor()
    expect(await page.getByText(/New client secret/).count()).toBe(0)
    await look('set-up-a-certificate')

    await page.getByRole('tab', { name: 'Azure CLI' }).click()
    expect(await page.getByRole('region', { name: 'Azure CLI' }).innerText()).not.toContain('secret=')
    registration = await registerInPortal(portal, {
      portal: postkey.sandbox.portal,
      redirectUri: `${postkey.address}/oauth/callback`,
      permissions: ['User.Read'],
      withoutSecret: true,
    })
    await page.getByRole('link', { name: 'I have the ids: go on to B' }).click()
  })

  it('makes the certificate in B, as was chosen in A, and keeps the choice over a reload', async () => {
    await page.getByRole('heading', { name: 'B. Create a Cloud Provider' }).waitFor()
    expect(await page.getByRole('radio', { name: 'A certificate that Postkey makes' }).isChecked()).toBe(true)
    await page.getByRole('radio', { name: 'A client secret' }).check()
    await page.reload()
    await page.getByRole('textbox', { name: 'Client secret' }).waitFor()
    await page.getByRole('radio', { name: 'A certificate that Postkey makes' }).check()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Contoso')
    await page.getByLabel('Application (client) ID').fill(registration.clientId)
    await page.getByLabel('Directory (tenant) ID').fill(registration.tenantId)
    await page.getByLabel('Good for').selectOption('12')
    await look('set-up-b-certificate-form')
    await page.getByRole('button', { name: 'Create and make the certificate' }).click()
    await page.getByRole('heading', { name: 'Upload the certificate' }).waitFor()
  })

  it('waits for the upload as for something that nobody did wrong, and leads nowhere before it', async () => {
    expect(await stateOf('Create a Cloud Provider')).toContain('waiting for someone')
    expect(await page.getByRole('link', { name: 'Go on to C' }).count()).toBe(0)
    await look('set-up-b-upload')
    await page.getByRole('button', { name: 'It is uploaded: check now' }).click()
    await page.getByRole('button', { name: 'It is uploaded: check now' }).isEnabled()
    expect(await stateOf('Create a Cloud Provider')).toContain('waiting for someone')
  })

  it('hands out the public part alone, and goes on once it is at Microsoft', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the certificate' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('postkey.cer')
    const file = join(postkey.place.folder, 'postkey.cer')
    await download.saveAs(file)
    expect(readFileSync(file, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s*$/)
    await uploadCertificate(portal, file)

    await page.getByRole('button', { name: 'It is uploaded: check now' }).click()
    await page.getByRole('link', { name: 'Go on to C' }).waitFor()
    expect(await stateOf('Create a Cloud Provider')).toContain('done')
    await look('set-up-b-certificate')
  })

  it('is for everybody: axe finds nothing serious on any screen, light or dark, and a phone is wide enough', () => {
    expect(complaints).toEqual([])
  })

  it('leaves no secret and no private key in what it logged, answered, printed and stored', async () => {
    const { finds } = await secretsLeftBy(postkey)
    expect(finds).toEqual([])
  })

  async function stateOf(letter: string): Promise<string> {
    return await page.getByRole('navigation', { name: 'The four steps' }).getByText(letter).locator('..').innerText()
  }

  async function look(name: string, at: Page = page): Promise<void> {
    complaints.push(...(await screenComplaints(at, name)))
  }
})
