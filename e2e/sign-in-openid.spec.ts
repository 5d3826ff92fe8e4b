/** Sign-in by Microsoft: the provider, a linked account, and the confirmation at the provider. */
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { readDatabaseUrl } from '../proofs/walk/traces.ts'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { registerInPortal, signInAtMicrosoft } from './microsoft.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { FIRST_ADMIN, joinAsFirstAdmin } from './stage.ts'

const ADA = 'ada@contoso.example'

/** Each test continues where the one before ended. */
describe('sign-in by Microsoft in a browser', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres()])
    page = await openPage(browser)
    await joinAsFirstAdmin(page, postkey)
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  const look = async (name: string) => expect(await screenComplaints(page, name)).toEqual([])
  const identity = () => page.getByRole('dialog', { name: 'Confirm it’s you' })

  it('shows the redirect URI of the provider before its client exists', async () => {
    await page.goto(`${postkey.address}/settings`)
    await page.getByRole('button', { name: 'Add provider' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add provider' })
    await dialog.getByLabel('Another provider, or a separate registration').check()
    const redirectUri = await dialog.locator('pre').innerText()
    expect(redirectUri).toMatch(/\/sign-in\/callback\/[0-9a-f-]{36}$/)
    await dialog.getByLabel('New people').selectOption('Users with a group or app role')
    await dialog.getByLabel('Values for agents').fill('CN=Support, OU=Contoso\nmail-agents')
    await look('new-sign-in-provider')
    await dialog.getByLabel('New people').selectOption('Only invited people')

    const { clientId, tenantId, secret } = await register(redirectUri)
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Microsoft')
    const metadata = `${postkey.sandbox.login}/${tenantId.toUpperCase()}/v2.0/.well-known/openid-configuration`
    await dialog.getByRole('textbox', { name: 'Issuer' }).fill(metadata)
    await dialog.getByRole('textbox', { name: 'Client ID' }).fill(clientId)
    await dialog.getByRole('textbox', { name: 'Client secret' }).fill(secret)
    await dialog.getByRole('button', { name: 'Add provider' }).click()
    await page.getByText(`${postkey.sandbox.login}/${tenantId}/v2.0`, { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Enable Microsoft' }).click()
    await page.getByRole('button', { name: 'Disable Microsoft' }).waitFor()
    expect(await page.getByText(redirectUri).isVisible()).toBe(true)
  })

  it('links an account, confirms a sensitive action at Microsoft, and returns to the page', async () => {
    await page.goto(`${postkey.address}/account`)
    await page.getByRole('button', { name: 'Link your account at Microsoft' }).click()
    await page.waitForURL((url) => url.origin === postkey.sandbox.login)
    await signInAtMicrosoft(page, ADA)
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByText(`${ADA} at Microsoft`).waitFor()

    await leaveSessionOpen()
    await page.goto(`${postkey.address}/people`)
    await invite()
    const confirm = identity().getByRole('button', { name: 'Confirm with Microsoft' })
    await confirm.waitFor()
    await look('confirm-by-provider')
    await confirm.focus()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.origin === postkey.sandbox.login)
    await signInAtMicrosoft(page, ADA)
    await page.getByRole('heading', { name: 'People' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/people')
    await invite()
    await page.getByText('ben@contoso.example').waitFor()
    expect(await identity().isVisible()).toBe(false)
  })

  it('lists the linked account to admins, who confirm its removal', async () => {
    await page.goto(`${postkey.address}/people`)
    await page.getByRole('button', { name: `Actions for ${FIRST_ADMIN.name}` }).click()
    await page.getByRole('menuitem', { name: 'Linked sign-ins' }).click()
    await page.getByRole('button', { name: `Remove link to ${ADA}` }).waitFor()
    await look('linked-sign-ins')
    await page.getByRole('button', { name: `Remove link to ${ADA}` }).click()
    const removal = page.getByRole('dialog', { name: `Remove the link from ${ADA} to ${FIRST_ADMIN.name}?` })
    await removal.getByText('Your other open sessions').waitFor()
    await look('remove-linked-sign-in')
    await removal.getByRole('button', { name: 'Remove link' }).click()
    await page.getByText(`Link to ${ADA} removed`).waitFor()
    await page.getByText('No accounts at sign-in providers are linked.').waitFor()
  })

  /** Registers an application whose ID tokens have `auth_time`. */
  async function register(redirectUri: string) {
    const portal = await page.context().newPage()
    const order = { portal: postkey.sandbox.portal, redirectUri, permissions: ['Mail.Send'] }
    const registration = await registerInPortal(portal, order)
    await portal.getByRole('link', { name: 'Manifest' }).click()
    const manifest = portal.getByRole('textbox', { name: 'Manifest' })
    const json = JSON.parse(await manifest.inputValue()) as object
    const optionalClaims = { idToken: [{ name: 'auth_time', essential: false }] }
    await manifest.fill(JSON.stringify({ ...json, optionalClaims }))
    await portal.getByRole('button', { name: 'Save' }).click()
    await portal.getByText('The manifest is saved.').waitFor()
    await portal.close()
    return registration
  }

  async function invite(): Promise<void> {
    await page.getByRole('button', { name: 'Invite a person' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Invite a person' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Ben Okafor')
    await dialog.getByLabel('Email address').fill('ben@contoso.example')
    await page.keyboard.press('Enter')
  }

  /** The last proof of identity is then too long ago. */
  async function leaveSessionOpen(): Promise<void> {
    const database = new Client({ connectionString: readDatabaseUrl(postkey.place) })
    await database.connect()
    await database.query(`UPDATE sessions SET fresh_at = fresh_at - interval '10 minutes'`)
    await database.end()
  }
})
