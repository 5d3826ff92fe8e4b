import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, screenComplaints } from './browser.ts'
import { signInAtMicrosoft } from './microsoft.ts'
import { connectedSupport, openSignedIn, openTab } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { isConnected, SHARED, type Connected } from '../proofs/walk/connect-support.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { authenticatorCode } from '../proofs/walk/authenticator-code.ts'

const MINUTE_MS = 60_000

/** One shared mailbox, switched to the other protocol and back. Each test continues where the one before ended. */
describe('the protocols of a mailbox', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let connected: Connected
  let page: Page

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres()])
    connected = await connectedSupport(postkey)
    await connected.ear.next('the import is done', isConnected)
    page = await openSignedIn(browser, postkey)
  }, 120_000)

  afterAll(async () => {
    connected.ear.close()
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('are shown with their reason, and changed only after a confirmation', async () => {
    await openAccount()
    await openTab(page, 'Connection')
    await connection().getByText('Default: needs no settings in Exchange.').first().waitFor()
    await connection().getByRole('button', { name: 'Read with IMAP instead' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Postkey checks the new connection first.').waitFor()
    await dialog.getByText('nothing is duplicated').waitFor()
    await look('roads-asked')
  })

  it('stay in use when the sign-in does not allow the other one, with two ways to allow it', async () => {
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Read with IMAP instead' }).click()
    await dialog.getByText('The sign-in doesn’t include permission for this mail protocol').waitFor()
    await dialog.getByRole('button', { name: 'Sign in again as anna@contoso.example' }).waitFor()
    await look('roads-not-allowed')
    expect(await receivesBy()).toBe('graph')
  })

  it('are allowed by an Entra admin and another sign-in, both started there', async () => {
    await page.getByRole('dialog').getByRole('button', { name: 'Consent as an Entra admin' }).click()
    await page.waitForURL(`${postkey.sandbox.login}/**`)
    await signInAtMicrosoft(page, 'ada@contoso.example')
    await page.getByText('via IMAP').first().waitFor()
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('link', { name: 'Continue to sign-in' }).click()
    await signInAgain()
  })

  it('read mail with IMAP from then on, immediately and without duplicates', async () => {
    const before = await subjects()
    await openAccount()
    await changeTo('Read with IMAP instead')
    await page.getByText('The mailbox now reads with IMAP').waitFor()
    await connection().getByText('IMAP IDLE (immediate)').waitFor()
    await look('roads-imap')

    await write('Read by IMAP')
    await expect.poll(subjects).toEqual([...before, 'Read by IMAP'].sort())
  })

  it('switch back to Graph with one click', async () => {
    await changeTo('Read with Graph instead')
    await page.getByText('The mailbox now reads with Microsoft Graph').waitFor()
    expect(await receivesBy()).toBe('graph')
    expect(await subjects()).toContain('Read by IMAP')
  })

  it('send with SMTP once that is allowed as well', async () => {
    await changeTo('Send with SMTP instead')
    await page.getByRole('dialog').getByRole('button', { name: 'Consent as an Entra admin' }).click()
    await page.waitForURL(`${postkey.sandbox.login}/**`)
    await signInAtMicrosoft(page, 'ada@contoso.example')
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('link', { name: 'Continue to sign-in' }).waitFor()
    await signInFor('Send with SMTP instead')
    await openAccount()
    await changeTo('Send with SMTP instead')
    await page.getByText('The mailbox now sends with SMTP').waitFor()
    await connection().getByText('Selected by an admin.').first().waitFor()

    await submit('By SMTP')
    await allGone()
  })

  it("keep a deferred message visible, with the server's response, until it is sent", async () => {
    await switchOn('smtp-greylisted')
    await submit('Put off')
    await openTab(page, 'Sending')
    await notSent().getByText('Server response:').waitFor()
    await notSent().getByText('450 4.2.0').waitFor()
    await look('unsent-waits')

    await allFaultsOff()
    await allGone()
    await notSent().getByText('No queued or failed messages.').waitFor()
  })

  it('explain how to check an unknown submission, and let a user decide', async () => {
    for (const fault of ['smtp-answer-lost', 'smtp-no-sent-copy']) await switchOn(fault)
    await submit('Perhaps gone')
    await notSent().getByText('Perhaps gone').waitFor()
    await expect
      .poll(
        async () => {
          await moveClock(2 * MINUTE_MS)
          return (await unsent()).map(({ state }) => state)
        },
        { interval: 1000 },
      )
      .toEqual(['unknown'])
    await notSent().getByText('Next steps').waitFor()
    await notSent().getByText('look for “Perhaps gone”').waitFor()
    await look('unsent-unknown')
    await notSent().getByRole('button', { name: 'Not sent: send again' }).click()
    await page.getByRole('dialog').getByText('recipients get it twice').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await notSent().getByRole('button', { name: 'Mark as sent', exact: true }).click()
    await notSent().getByText('No queued or failed messages.').waitFor()
    await allFaultsOff()
  })

  it('are switched by Postkey when Exchange closes one, and the page names it and the reason', async () => {
    await switchOn('smtp-auth-off-mailbox')
    await submit('By the other way')
    await openTab(page, 'Connection')
    await connection().getByText('The other protocol is unavailable: SMTP AUTH is off').waitFor()
    await allGone()
    await look('roads-closed')
  })

  async function signInFor(button: string): Promise<void> {
    await openAccount()
    await changeTo(button)
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in again as anna@contoso.example' }).click()
    await signInAgain()
  }

  async function submit(subject: string): Promise<void> {
    const content = { to: [{ address: 'kim@example.com' }], subject, text: 'Hello' }
    const body = { emailAccountId: connected.accountId, ...content }
    const answer = await page.request.post(`${postkey.address}/v1/submissions`, {
      headers: { origin: postkey.address, 'idempotency-key': subject.replaceAll(' ', '-') },
      data: body,
    })
    expect(answer.status(), await answer.text()).toBeLessThan(300)
  }

  async function unsent(): Promise<{ state: string }[]> {
    const path = `/v1/email-accounts/${connected.accountId}/outbox`
    return (await connected.client.call<{ submissions: { state: string }[] }>('GET', path)).submissions
  }

  /** Waits until all messages are handed over and their copies seen, which can take a server minutes. */
  async function allGone(): Promise<void> {
    const left = async () => {
      await moveClock(MINUTE_MS)
      return unsent()
    }
    await expect.poll(left, { interval: 1000 }).toEqual([])
  }

  async function switchOn(name: string): Promise<void> {
    await controlPanel('/api/faults', { name })
  }

  async function allFaultsOff(): Promise<void> {
    await fetch(`${postkey.sandbox.controlPanel}/api/faults`, { method: 'DELETE' })
  }

  async function moveClock(byMs: number): Promise<void> {
    await controlPanel('/api/clock', { byMs })
  }

  async function controlPanel(path: string, body: object): Promise<void> {
    const answer = await fetch(`${postkey.sandbox.controlPanel}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.ok, await answer.text()).toBe(true)
  }

  async function openAccount(): Promise<void> {
    await page.goto(`${postkey.address}/email-accounts/${connected.accountId}`)
    await page.getByRole('heading', { name: 'Contoso Support' }).waitFor()
  }

  async function changeTo(button: string): Promise<void> {
    await openTab(page, 'Connection')
    await connection().getByRole('button', { name: button }).click()
    await page.getByRole('dialog').getByRole('button', { name: button }).click()
  }

  /** Microsoft already knows the user, and asks for the rest. */
  async function signInAgain(): Promise<void> {
    await page.waitForURL((url) => url.origin !== postkey.address || url.pathname === '/oauth/callback')
    const email = page.getByLabel('Email')
    const password = page.getByLabel('Password')
    const back = page.getByRole('heading', { name: /sign-in renewed|signed in/i })
    await email.or(password).or(back).first().waitFor()
    // A known browser is not asked.
    if (await back.isVisible()) return
    if (await email.isVisible()) {
      await email.fill('anna@contoso.example')
      await page.keyboard.press('Enter')
    }
    await password.fill('Sandbox-2026')
    await page.keyboard.press('Enter')
    const yes = page.getByRole('button', { name: 'Yes' })
    const code = page.getByLabel('Code')
    // Each code works once: within the same half minute, wait for the next one.
    for (let last = ''; !(await yes.isVisible());) {
      await code.or(yes).first().waitFor()
      const next = await authenticatorCode(postkey.sandbox.controlPanel, 'anna@contoso.example')
      if (next === last || !(await code.isVisible())) {
        await page.waitForTimeout(1000)
        continue
      }
      last = next
      await code.fill(next)
      await page.keyboard.press('Enter')
      await page.waitForLoadState('networkidle')
    }
    await yes.click()
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
    await controlPanel('/api/outside/messages', {
      from: { name: 'Kim', address: 'kim@example.com' },
      to: SHARED,
      subject,
      text: 'Hello',
    })
  }

  function notSent(): Locator {
    return page.getByRole('region', { name: 'Outbox', exact: true })
  }

  function connection(): Locator {
    return page.getByRole('region', { name: 'Connection', exact: true })
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name, { fullPage: false })).toEqual([])
  }
})
