import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Look, openBrowser, openPage, screenComplaints } from './browser.ts'
import { signInAtMicrosoft } from './microsoft.ts'
import { openMyAccount } from './own-account.ts'
import { connectedSupport, openTab } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { ADMIN, type Connected, isConnected, SHARED } from '../proofs/walk/connect-support.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

const ADA = 'ada@contoso.example'
const ANNA = 'anna@contoso.example'
const BEN = 'ben@contoso.example'
const DAY_MS = 24 * 60 * 60 * 1000

/** Support is connected by Anna. Each test continues where the one before ended. */
describe('the principals of a mailbox, in a browser', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let connected: Connected
  let page: Page

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres()])
    connected = await connectedSupport(postkey)
    await connected.ear.next('the import is done', isConnected)
    connected.ear.close()
    page = await openPage(browser)
    await page.goto(`${postkey.address}/email-accounts`)
    await page.getByLabel('Email address').fill(ADMIN.email)
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill(ADMIN.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Email Accounts' }).waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('reports a sign-in by a different user, and accepts it when an admin confirms', async () => {
    await renewSignInOf(ANNA)
    await signInAtMicrosoft(page, BEN)

    await page.getByRole('heading', { name: `You signed in as ${BEN}` }).waitFor()
    await look('wrong-person')
    await page.getByRole('link', { name: `Use the sign-in of ${BEN}` }).click()
    const request = alert('this mailbox was connected by Anna Berg')
    await request.waitFor()
    await look('principal-request')
    await request.getByRole('button', { name: 'Use the sign-in of Ben Ito' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('list').getByText(/read/i).first().waitFor()
    await look('principal-request-dialog', { fullPage: false, schemes: ['light'] })
    await dialog.getByRole('button', { name: 'Use the sign-in of Ben Ito' }).click()

    await request.waitFor({ state: 'detached' })
    expect(await accounts()).toMatchObject([{ principal: { grantId: await grantOf(BEN) } }])
  })

  it('offers the right account after a wrong one, and Microsoft then asks for the account', async () => {
    await renewSignInOf(BEN)
    await chooseAccount('Use another account')
    await page.getByLabel('Email').fill(ADA)
    await page.keyboard.press('Enter')
    await page.getByLabel('Password').fill('Sandbox-2026')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Yes' }).click()

    await page.getByRole('link', { name: `Sign in as ${BEN}` }).click()
    await chooseAccount(BEN)
    await page.getByRole('heading', { name: 'Sign-in renewed' }).waitFor()
  })

  it('rejects an unwanted sign-in and deletes it', async () => {
    await openAccount()
    const request = alert('Ada Admin')
    await request.getByRole('button', { name: 'Use the sign-in of Ada Admin' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Ada Admin can’t read the mailbox. Nothing has changed.').waitFor()
    expect(await dialog.getByRole('button', { name: 'Use the sign-in of Ada Admin' }).isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    await request.getByRole('button', { name: 'Reject' }).click()
    await request.waitFor({ state: 'detached' })
  })

  it('switches to the backup sign-in when Microsoft ends the main one, and back after a new sign-in', async () => {
    await openTab(page, 'Connection')
    const people = section('Access')
    await people.getByLabel('Backup sign-in').selectOption({ label: `Anna Berg (${ANNA})` })
    await people.getByRole('button', { name: 'Set as backup' }).click()
    await people.getByText('Anna Berg can open the mailbox.').waitFor()
    await look('backup-sign-in', { schemes: ['light'] })

    await controlPanel('/api/faults', { name: 'user-disabled', on: { user: BEN } })
    await controlPanel('/api/clock', { byMs: 2 * DAY_MS })
    await people.getByText('Anna Berg replaces Ben Ito').waitFor()
    await openTab(page, 'Overview')
    await alert('The mailbox is using its backup sign-in').first().waitFor()
    await look('backup-sign-in-in-use')

    await page.goto(`${postkey.address}/cloud-providers/${connected.providerId}?tab=sign-ins`)
    await page.getByText(`${SHARED} stops.`).waitFor()
    await look('dependents', { schemes: ['light'] })

    await fetch(`${postkey.sandbox.controlPanel}/api/faults`, { method: 'DELETE' })
    await openAccount()
    await page.getByRole('button', { name: `Sign in again as ${BEN}` }).click()
    await page.getByRole('link', { name: 'Continue to Email Accounts' }).or(page.getByLabel('Password')).waitFor()
    if (await page.getByLabel('Password').isVisible()) {
      await page.getByLabel('Password').fill('Sandbox-2026')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Yes' }).click()
    }
    await page.getByRole('link', { name: 'Continue to Email Accounts' }).waitFor()
    await openAccount()
    await section('Connection state').getByText('connected', { exact: true }).waitFor()
    await openTab(page, 'Connection')
    await section('Access').getByText('Anna Berg can open the mailbox.').waitFor()
  })

  it('lets a guest sign in with a code on another device, once an admin allows it', async () => {
    await page.goto(`${postkey.address}/cloud-providers/${connected.providerId}?tab=sign-ins`)
    await page.getByLabel('Allow sign-in with a code').click()
    await page.getByText('Sign-in with a code is allowed', { exact: true }).waitFor()
    await look('device-code-allowed', { schemes: ['light'] })
    const wanted = { cloudProviderId: connected.providerId, kind: 'sign-in', requestedAddress: SHARED }
    const { url } = await connected.client.call<{ url: string }>('POST', '/v1/sign-in-links', wanted)

    const guest = await openPage(browser)
    await guest.goto(url)
    await guest.getByRole('heading', { name: `Sign in for ${SHARED}` }).waitFor()
    await guest.getByRole('button', { name: 'Show a code for another device' }).click()
    await guest.getByText('Only enter a code you requested yourself.').waitFor()
    expect(await screenComplaints(guest, 'device-code-guest')).toEqual([])
    const device = await openPage(browser)
    await device.goto((await guest.getByRole('link', { name: /devicelogin/ }).getAttribute('href')) ?? '')
    await device.getByLabel('Code').fill(await guest.getByRole('heading', { level: 3 }).innerText())
    await device.keyboard.press('Enter')
    await signInAtMicrosoft(device, BEN)
    await device.getByRole('button', { name: 'Continue' }).click()
    await device.getByText('You may now close this window.').waitFor()

    await guest.getByText(`${BEN} has signed in`).waitFor()
  })

  it('lets an admin add Microsoft as a sign-in provider, link their account, and continue with it', async () => {
    const own = await openPage(browser)
    await own.goto(`${postkey.address}/settings`)
    await own.getByLabel('Email address').fill(ADMIN.email)
    await own.getByRole('textbox', { name: 'Password', exact: true }).fill(ADMIN.password)
    await own.keyboard.press('Enter')
    const signIn = own.getByRole('region', { name: 'Sign-in', exact: true })
    await signIn.getByText('No providers. People sign in with email address and password.').waitFor()
    await signIn.getByRole('button', { name: 'Add provider' }).click()
    const dialog = own.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Microsoft')
    expect(await screenComplaints(own, 'sign-in-provider-new', { fullPage: false })).toEqual([])
    await own.keyboard.press('Enter')
    await signIn.getByRole('button', { name: 'Enable Microsoft' }).click()
    await signIn.getByRole('button', { name: 'Disable Microsoft' }).waitFor()
    expect(await screenComplaints(own, 'sign-in-providers')).toEqual([])
    await openMyAccount(own, ADMIN.name)
    const linked = own.getByRole('region', { name: 'Your linked accounts' })
    await linked.getByRole('button', { name: 'Link your account at Microsoft' }).click()
    await signInAtMicrosoft(own, BEN)
    await linked.getByText(`${BEN} at Microsoft`).waitFor()
    expect(await screenComplaints(own, 'my-account-linked')).toEqual([])

    const fresh = await openPage(browser)
    await fresh.goto(`${postkey.address}/settings`)
    await fresh.getByRole('button', { name: 'Continue with Microsoft' }).waitFor()
    expect(await screenComplaints(fresh, 'sign-in-with-providers')).toEqual([])
    await fresh.getByRole('button', { name: 'Continue with Microsoft' }).click()
    // Postkey's page has an address field, too.
    await fresh.waitForURL(`${new URL(postkey.sandbox.login).origin}/**`)
    await signInAtMicrosoft(fresh, BEN)
    await fresh.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  })

  /** As "Sign in again" does, in a browser where another user might be signed in. */
  async function renewSignInOf(userName: string): Promise<void> {
    const body = {
      cloudProviderId: connected.providerId,
      kind: 'sign-in',
      requestedAddress: SHARED,
      reconnectGrantId: await grantOf(userName),
      switchAccount: true,
    }
    const url = await page.evaluate(async (sent) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch('/v1/authorizations', { method: 'POST', headers, body: JSON.stringify(sent) })
      return ((await answer.json()) as { url: string }).url
    }, body)
    await page.goto(url)
  }

  async function chooseAccount(name: string): Promise<void> {
    await page.getByRole('button', { name }).click()
  }

  async function openAccount(): Promise<void> {
    await page.goto(`${postkey.address}/email-accounts/${connected.accountId}`)
    await page.getByRole('heading', { name: 'Contoso Support' }).waitFor()
  }

  async function accounts(): Promise<unknown[]> {
    return (await connected.client.call<{ emailAccounts: unknown[] }>('GET', '/v1/email-accounts')).emailAccounts
  }

  async function grantOf(userName: string): Promise<string> {
    const { grants } = await connected.client.call<{ grants: { id: string; userName: string }[] }>('GET', '/v1/grants')
    const grant = grants.find((one) => one.userName === userName)
    if (!grant) throw new Error(`${userName} has not signed in`)
    return grant.id
  }

  async function controlPanel(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(postkey.sandbox.controlPanel + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }

  function section(name: string): Locator {
    return page.getByRole('region', { name, exact: true })
  }

  function alert(text: string): Locator {
    return page.getByRole('alert').filter({ hasText: text })
  }

  async function look(name: string, options?: Look): Promise<void> {
    expect(await screenComplaints(page, name, options)).toEqual([])
  }
})
