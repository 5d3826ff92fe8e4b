import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openBrowser, screenComplaints } from './browser.ts'
import { startMailRelay, type MailRelay } from './mail-relay.ts'
import { connectedSupport, openSignedIn } from './stage.ts'
import { ADMIN, type Connected } from './walk/connecting.ts'
import { startPostkey, type StartedPostkey } from './walk/started-postkey.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** One client secret on its way to its end. Each test goes on where the one before ended. */
describe('the end of a client secret', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let relay: MailRelay
  let connected: Connected
  let page: Page
  let credentials: string

  beforeAll(async () => {
    relay = await startMailRelay()
    ;[browser, postkey] = await Promise.all([openBrowser(), startPostkey({ alertHosts: `127.0.0.1:${relay.port}` })])
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
    postkey.forget()
  })

  it('is asked for as long as nobody knows it, since nothing can be counted down', async () => {
    await openProvider()
    await page.getByText('Nobody knows when the client secret ends').waitFor()
    await page.getByText('end date not known').waitFor()
    await look('end-of-a-secret-unknown')
    await page.getByRole('link', { name: 'Cloud Providers' }).click()
    await page.getByText('end date not known').waitFor()
  })

  it.each([
    [60, 'later'],
    [30, 'soon'],
    [14, 'soon'],
    [7, 'red'],
    [3, 'red'],
  ])('is told in the same number of days by page, countdown and mail: %s', async (days, kind) => {
    await endIn(days)
    await openProvider()
    const notice = page.getByRole('alert').filter({ hasText: `The client secret ends in ${days} days` })
    await notice.getByText('support@contoso.example').waitFor()
    await page.getByText(`ends in ${days} days`, { exact: true }).waitFor()
    await vi.waitUntil(
      () => subjectOf(relay.mails.at(-1)!) === `[Postkey] The client secret of Contoso ends in ${days} days`,
      {
        timeout: 20_000,
      },
    )
    if (days !== 60) await look(`end-of-a-secret-${kind}-${days}`)
  })

  it('is within a day on its last day', async () => {
    await endIn(1)
    await openProvider()
    await page.getByRole('alert').getByText('The client secret ends within a day').waitFor()
    await page.getByText('ends within a day', { exact: true }).waitFor()
    await look('end-of-a-secret-last-day')
    // Over every other page it is one line.
    await page.getByRole('link', { name: 'Cloud Providers' }).click()
    await page.getByRole('status').getByText('Contoso: The client secret ends within a day.').waitFor()
    await look('end-of-a-secret-banner')
  })

  it('that was typed in wrong says so once it has passed and Microsoft accepts the secret all the same', async () => {
    await moveClock(2 * DAY_MS)
    await openProvider()
    await page.getByText('The end date of the client secret has passed, and Microsoft accepted it so far').waitFor()
    await page.getByText('past its end date for 1 day').waitFor()
    await look('end-of-a-secret-past')
  })

  /** So that exactly so many have begun: half of the first is over. */
  async function endIn(days: number): Promise<void> {
    const { credentials: all } = await connected.client.call<{ credentials: { id: string }[] }>('GET', credentials)
    const endsAt = new Date((await now()) + (days - 0.5) * DAY_MS).toISOString()
    await connected.client.call('PATCH', `${credentials}/${all[0]!.id}`, { endsAt })
  }

  async function now(): Promise<number> {
    const answer = await fetch(`${postkey.sandbox.desk}/api/clock`)
    return Date.parse(((await answer.json()) as { now: string }).now)
  }

  async function moveClock(byMs: number): Promise<void> {
    await fetch(`${postkey.sandbox.desk}/api/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ byMs }),
    })
  }

  async function openProvider(): Promise<void> {
    await page.goto(`${postkey.address}/cloud-providers/${connected.providerId}`)
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name, { fullPage: false })).toEqual([])
  }
})

/** Folded when it is long. */
function subjectOf(mail: string): string | undefined {
  return /^Subject: (.*(?:\r\n[ \t].*)*)/m.exec(mail)?.[1]?.replaceAll(/\r\n[ \t]/g, ' ')
}
