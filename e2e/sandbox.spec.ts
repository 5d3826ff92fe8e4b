import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../sandbox/src/sandbox.ts'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { authenticatorCode } from '../proofs/walk/authenticator-code.ts'

const PASSWORD = 'Sandbox-2026'
const MAIL_SCOPES =
  'openid offline_access https://graph.microsoft.com/Mail.ReadWrite https://graph.microsoft.com/Mail.Send'

/** Steps of the README, with mouse and keyboard. Each screen is checked by axe and kept as a picture. */
describe('the sandbox in a browser', () => {
  let browser: Browser
  let sandbox: Sandbox
  let client: Server
  let redirectUri: string
  const app = { clientId: '', tenantId: '' }

  beforeAll(async () => {
    browser = await openBrowser()
    sandbox = await startSandbox()
    client = createServer((_request, response) => {
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><title>client</title><p>Back at the client</p>')
    })
    await new Promise<void>((resolve) => client.listen(0, 'localhost', resolve))
    redirectUri = `http://localhost:${(client.address() as AddressInfo).port}/callback`
  })

  afterAll(async () => {
    await browser.close()
    await sandbox.close()
    client.close()
  })

  it('an admin registers an application in the portal', { timeout: 120_000 }, async () => {
    const page = await openPage(browser)
    await page.goto(sandbox.addresses.portal)
    await look(page, 'sign-in')
    await signIn(page, 'ada@contoso.example', sandbox.addresses.portal)
    await look(page, 'portal')

    await page.getByRole('link', { name: 'New registration' }).click()
    await look(page, 'portal-new-registration')
    await page.getByLabel('Name', { exact: true }).fill('Postkey')
    await page.keyboard.press('Enter')
    await page.getByText('The application Postkey is registered.').waitFor()
    await look(page, 'portal-overview')
    app.clientId = await page.getByRole('textbox', { name: 'Application (client) ID' }).inputValue()
    app.tenantId = await page.getByRole('textbox', { name: 'Directory (tenant) ID' }).inputValue()

    await page.getByRole('link', { name: 'Authentication' }).click()
    await page.getByLabel('Platform').selectOption('Web')
    await page.getByLabel('Redirect URI').fill('http://contoso.example/callback')
    await page.getByRole('button', { name: 'Configure' }).click()
    await look(page, 'portal-redirect-uri-refused')
    expect(await page.getByLabel('Redirect URI').inputValue()).toBe('http://contoso.example/callback')
    await page.getByLabel('Redirect URI').fill(redirectUri)
    await page.getByRole('button', { name: 'Configure' }).click()
    await page.getByText(redirectUri).first().waitFor()

    await page.getByRole('link', { name: 'Certificates & secrets' }).click()
    await page.getByLabel('Description').first().fill('rehearsal')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('textbox', { name: 'Value' }).waitFor()
    await look(page, 'portal-secret')
    expect(await page.getByRole('textbox', { name: 'Value' }).inputValue()).toMatch(/^.{40}$/)
    await page.reload()
    expect(await page.getByRole('textbox', { name: 'Value' }).count()).toBe(0)
  })

  it('a user of a tenant with Microsoft’s default policy needs an admin, and gets in after consent', async () => {
    const page = await openPage(browser)
    await page.goto(authorizeUrl())
    await page.getByLabel('Email').fill('anna@contoso.example')
    await page.keyboard.press('Enter')
    await page.getByLabel('Password').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('50126').waitFor()
    await look(page, 'sign-in-wrong-password')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByLabel('Code').waitFor()
    await look(page, 'sign-in-mfa')
    await page.getByLabel('Code').fill(await authenticatorCode(sandbox.addresses.controlPanel, 'anna@contoso.example'))
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.getByRole('heading', { name: /need admin approval/i }).waitFor()
    await look(page, 'need-admin-approval')

    const admin = await openPage(browser)
    const question = new URLSearchParams({
      client_id: app.clientId,
      scope: MAIL_SCOPES,
      redirect_uri: redirectUri,
      state: 's',
    })
    await admin.goto(`${sandbox.addresses.login}/${app.tenantId}/v2.0/adminconsent?${question.toString()}`)
    await signIn(admin, 'ada@contoso.example')
    await admin.getByRole('button', { name: 'Accept' }).waitFor()
    await look(admin, 'admin-consent')
    await admin.getByRole('button', { name: 'Accept' }).click()
    await admin.waitForURL(`${redirectUri}?**`)
    expect(new URL(admin.url()).searchParams.get('admin_consent')).toBe('True')

    await page.goto(authorizeUrl())
    await page.waitForURL(`${redirectUri}?**`)
    expect(new URL(page.url()).searchParams.get('code')).toBeTruthy()
  })

  it('a customer writes to support, and the mail arrives in its inbox', async () => {
    const page = await openPage(browser)
    await page.goto(sandbox.addresses.controlPanel)
    await look(page, 'control-panel')
    await page.getByRole('link', { name: 'Authenticator', exact: true }).click()
    await look(page, 'authenticator')
    await page.getByRole('link', { name: 'Clock', exact: true }).click()
    await look(page, 'clock')
    await page.goto(sandbox.addresses.controlPanel)
    await page.getByRole('link', { name: 'Write to support@contoso.example as a customer' }).click()
    await look(page, 'outside-write')
    await page.getByLabel('Subject').fill('Does it work?')
    await page.getByLabel('Message', { exact: true }).fill('Hello from outside.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page
      .getByText(/arrived|sent/i)
      .first()
      .waitFor()
    await look(page, 'outside-sent')

    const support = sandbox.directory.people.findUserByAddress('support@contoso.example')!
    const inbox = sandbox.mailStore.wellKnownFolder(support.id, 'inbox')
    const received = sandbox.mailStore.listMessages({ mailboxId: support.id, folderId: inbox.id, limit: 100 })
    expect(received.map(({ subject }) => subject)).toContain('Does it work?')
  })

  function authorizeUrl(): string {
    const question = new URLSearchParams({
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: MAIL_SCOPES,
    })
    return `${sandbox.addresses.login}/${app.tenantId}/oauth2/v2.0/authorize?${question.toString()}`
  }
})

async function signIn(page: Page, address: string, destination?: string): Promise<void> {
  await page.getByLabel('Email').fill(address)
  await page.keyboard.press('Enter')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Yes' }).click()
  if (destination !== undefined) await page.waitForURL(`${destination}/**`)
}

async function look(page: Page, name: string): Promise<void> {
  expect(await screenComplaints(page, name)).toEqual([])
}
