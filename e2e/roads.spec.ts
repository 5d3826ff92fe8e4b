import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { signInAtMicrosoft } from './microsoft.ts'
import { ADMIN, connectSupport, isConnected, SHARED, type Connected } from './walk/connecting.ts'
import { startPostkey, type StartedPostkey } from './walk/started-postkey.ts'
import { createSteps } from './walk/steps.ts'

/** One shared mailbox, changed over to the second road and back. Each test goes on where the one before ended. */
describe('the roads of a mailbox', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let connected: Connected
  let page: Page

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startPostkey()])
    connected = await connectSupport(
      createSteps('', () => undefined),
      postkey,
      'admin-consent',
    )
    await connected.ear.next('the import is done', isConnected)
    page = await openPage(browser)
    page.setDefaultTimeout(30_000)
    await page.request.post(`${postkey.address}/v1/session`, {
      headers: { origin: postkey.address },
      data: { email: ADMIN.email, password: ADMIN.password },
    })
  }, 120_000)

  afterAll(async () => {
    connected.ear.close()
    await browser.close()
    await postkey.stop()
    postkey.forget()
  })

  it('are shown with their reason, and asked about before one is changed', async () => {
    await openAccount()
    await roads().getByText('in Exchange nothing has to be switched on for it').waitFor()
    await roads().getByRole('button', { name: 'Read by IMAP instead' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Postkey opens the mailbox by it first.').waitFor()
    await dialog.getByText('nothing comes twice').waitFor()
    await look('roads-asked')
  })

  it('stay as they are where the sign-in does not allow the other one, with the two ways to allow it', async () => {
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Read by IMAP instead' }).click()
    await dialog.getByText('The sign-in does not allow this way to reach mail').waitFor()
    await dialog.getByRole('button', { name: 'Sign in again as anna@contoso.example' }).waitFor()
    await look('roads-not-allowed')
    expect(await receivesBy()).toBe('graph')
  })

  it('are allowed by an Entra admin and one more sign-in, both begun there', async () => {
    await page.getByRole('dialog').getByRole('button', { name: 'Consent as an Entra admin' }).click()
    await signInAtMicrosoft(page, 'ada@contoso.example')
    await page.getByText('via IMAP').first().waitFor()
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('link', { name: 'Go on to the sign-in' }).waitFor()

    await openAccount()
    await changeTo('Read by IMAP instead')
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in again as anna@contoso.example' }).click()
    await signInAgain()
  })

  it('bring mail by IMAP from then on, in a moment, and nothing a second time', async () => {
    const before = await subjects()
    await openAccount()
    await changeTo('Read by IMAP instead')
    await page.getByText('The mailbox is read by IMAP now').waitFor()
    await roads().getByText('at once, over the open connection (IDLE)').waitFor()
    await look('roads-imap')

    await write('Read by IMAP')
    await expect.poll(subjects, { timeout: 30_000 }).toEqual([...before, 'Read by IMAP'].sort())
  })

  it('lead back to Graph by one click', async () => {
    await changeTo('Read by Graph instead')
    await page.getByText('The mailbox is read by Microsoft Graph now').waitFor()
    expect(await receivesBy()).toBe('graph')
    expect(await subjects()).toContain('Read by IMAP')
  })

  async function openAccount(): Promise<void> {
    await page.goto(`${postkey.address}/email-accounts/${connected.accountId}`)
    await page.getByRole('heading', { name: 'Contoso Support' }).waitFor()
  }

  async function changeTo(button: string): Promise<void> {
    await roads().getByRole('button', { name: button }).click()
    await page.getByRole('dialog').getByRole('button', { name: button }).click()
  }

  /** Microsoft knows already who is wanted, and asks for the rest. */
  async function signInAgain(): Promise<void> {
    await page.waitForURL(`${postkey.sandbox.login}/**`)
    const email = page.getByLabel('Email')
    const password = page.getByLabel('Password')
    await email.or(password).first().waitFor()
    if (await email.isVisible()) {
      await email.fill('anna@contoso.example')
      await page.keyboard.press('Enter')
    }
    await password.fill('Sandbox-2026')
    await page.keyboard.press('Enter')
    const asked = await fetch(`${postkey.sandbox.desk}/api/authenticator/anna@contoso.example`)
    await page.getByLabel('Code').fill(((await asked.json()) as { code: string }).code)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.waitForURL(`${postkey.address}/**`)
  }

  async function receivesBy(): Promise<string> {
    const path = `/v1/email-accounts/${connected.accountId}`
    return (await connected.client.call<{ receivesBy: string }>('GET', path)).receivesBy
  }

  async function subjects(): Promise<string[]> {
    const { conversations } = await connected.client.call<{ conversations: { subject: string }[] }>(
      'GET',
      '/v1/conversations?limit=100',
    )
    return conversations.map(({ subject }) => subject).sort()
  }

  async function write(subject: string): Promise<void> {
    const answer = await fetch(`${postkey.sandbox.desk}/api/outside/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: { name: 'Kim', address: 'kim@example.com' }, to: SHARED, subject, text: 'Hello' }),
    })
    expect(answer.ok).toBe(true)
  }

  function roads(): Locator {
    return page.getByRole('region', { name: 'Roads', exact: true })
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name, { fullPage: false })).toEqual([])
  }
})
