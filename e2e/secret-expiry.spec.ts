import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, screenComplaints } from './browser.ts'
import { startMailRelay, type MailRelay } from '../proofs/mail-relay.ts'
import { connectedSupport, openSignedIn } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { ADMIN, type Connected } from '../proofs/walk/connect-support.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** One client secret that approaches its expiry. Each test continues where the one before ended. */
describe('the expiry of a client secret', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let relay: MailRelay
  let connected: Connected
  let page: Page
  let credentials: string

  beforeAll(async () => {
    relay = await startMailRelay()
    ;[browser, postkey] = await Promise.all([
      openBrowser(),
      startOnSharedPostgres({ alertHosts: `127.0.0.1:${relay.port}` }),
    ])
    connected = await connectedSupport(postkey)
    credentials = `/v1/cloud-providers/${connected.providerId}/credentials`
    const settings = { host: '127.0.0.1', port: relay.port, security: 'none', from: 'postkey@relay.example' }
    await connected.client.call('PUT', '/v1/alert-settings', { relay: settings })
    await connected.client.call('POST', '/v1/alert-settings/test', { to: ADMIN.email })
    page = await openSignedIn(browser, postkey)
  }, 120_000)

  afterAll(async () => {
    connected.ear.close()
    await browser.close()
    await relay.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('is requested while the expiry date is unknown, because no countdown is possible', async () => {
    await openProvider()
    await page.getByText('The expiry date of the client secret is unknown').waitFor()
    await page.getByText('expiry date unknown').waitFor()
    await look('end-of-a-secret-unknown')
    await page.getByRole('link', { name: 'Cloud Providers' }).click()
    await page.getByText('expiry date unknown').waitFor()
  })

  it.each([
    [60, 'later'],
    [30, 'soon'],
    [14, 'soon'],
    [7, 'red'],
    [3, 'red'],
  ])('is announced with the same number of days on the page, in the badge and by mail: %s', async (days, kind) => {
    await endIn(days)
    await openProvider()
    const notice = page.getByRole('alert').filter({ hasText: `The client secret expires in ${days} days` })
    await notice.getByText('support@contoso.example').waitFor()
    await page.getByText(`expires in ${days} days`, { exact: true }).waitFor()
    await expect
      .poll(() => subjectOf(relay.mails.at(-1)!))
      .toBe(`[Postkey] The client secret of Contoso expires in ${days} days`)
    if (days !== 60) await look(`end-of-a-secret-${kind}-${days}`)
  })

  it('is within a day on its last day', async () => {
    await endIn(1)
    await openProvider()
    await page.getByRole('alert').getByText('The client secret expires within a day').waitFor()
    await page.getByText('expires within a day', { exact: true }).waitFor()
    await look('end-of-a-secret-last-day')
    // One line on every other page.
    await page.getByRole('link', { name: 'Cloud Providers' }).click()
    await page.getByRole('status').getByText('Contoso: The client secret expires within a day.').waitFor()
    await look('end-of-a-secret-banner')
  })

  it('shows a warning when the entered date has passed but Microsoft still accepts the secret', async () => {
    await moveClock(2 * DAY_MS)
    await openProvider()
    await page.getByText('The client secret has passed its expiry date, but Microsoft still accepted it').waitFor()
    await page.getByText('expired 1 day ago').waitFor()
    await look('end-of-a-secret-past')
  })

  /** Exactly this number of days has started: half of the first is over. */
  async function endIn(days: number): Promise<void> {
    const { credentials: all } = await connected.client.call<{ credentials: { id: string }[] }>('GET', credentials)
    const expiresAt = new Date((await now()) + (days - 0.5) * DAY_MS).toISOString()
    await connected.client.call('PATCH', `${credentials}/${all[0]!.id}`, { expiresAt })
  }

  async function now(): Promise<number> {
    const answer = await fetch(`${postkey.sandbox.controlPanel}/api/clock`)
    return Date.parse(((await answer.json()) as { now: string }).now)
  }

  async function moveClock(byMs: number): Promise<void> {
    await fetch(`${postkey.sandbox.controlPanel}/api/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ byMs }),
    })
  }

  async function openProvider(): Promise<void> {
    await page.goto(`${postkey.address}/cloud-providers/${connected.providerId}?tab=credentials`)
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name, { fullPage: false })).toEqual([])
  }
})

/** Unfolds a long subject. */
function subjectOf(mail: string): string | undefined {
  return /^Subject: (.*(?:\r\n[ \t].*)*)/m.exec(mail)?.[1]?.replaceAll(/\r\n[ \t]/g, ' ')
}
