import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESKTOP, openBrowser, openPage, screenComplaints } from './browser.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { joinAsFirstAdmin } from './stage.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

/** A receiver whose answer a test changes. Each test continues where the one before ended. */
describe('webhooks in a browser', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let status = 200
  const got: string[] = []
  const receiver = createServer((request, response) => {
    got.push(String(request.headers['webhook-id']))
    request.resume().on('end', () => response.writeHead(status).end('the receiver answers'))
  })
  const address = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const section = () => page.getByRole('region', { name: 'Webhooks', exact: true })
  const row = () => section().getByRole('listitem')
  const dialog = () => page.getByRole('dialog')

  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    ;[browser, postkey] = await Promise.all([
      openBrowser(),
      startOnSharedPostgres({ alertHosts: new URL(address()).host }),
    ])
    page = await openPage(browser)
    page.setDefaultTimeout(15_000)
    await joinAsFirstAdmin(page, postkey)
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    await page.goto(`${postkey.address}/settings`)
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
    receiver.closeAllConnections()
    receiver.close()
  })

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name)).toEqual([])
    await page.setViewportSize(DESKTOP)
  }

  async function makeTag(name: string): Promise<void> {
    const headers = { origin: postkey.address }
    const answer = await page.request.post(`${postkey.address}/v1/tags`, { headers, data: { name, color: 'teal' } })
    expect(answer.status()).toBe(201)
  }

  it('are created by keyboard for some events, with a secret that is shown once', async () => {
    await section().getByText('No webhooks.').waitFor()
    await section().getByRole('button', { name: 'Add webhook' }).press('Enter')
    await dialog().getByRole('textbox', { name: 'Name' }).fill('Shop')
    await dialog().getByRole('textbox', { name: 'Address' }).fill(`${address()}/hook`)
    await dialog().getByRole('textbox', { name: 'Events' }).fill('tags')
    await page.keyboard.press('Enter')
    await dialog().getByText('A kind of event').first().waitFor()
    await dialog().getByRole('textbox', { name: 'Events' }).fill('tag.*')
    await page.keyboard.press('Enter')
    await dialog()
      .getByText(/^whsec_/)
      .waitFor()
    await look('webhook-secret')
    await dialog().getByRole('button', { name: 'Done' }).press('Enter')
    await row().getByText('tag.* · owner').waitFor()
    expect(await page.content()).not.toContain('whsec_')
  })

  it('are tested, and show what they delivered', async () => {
    await row().getByRole('button', { name: 'Test Shop' }).press('Enter')
    await page.getByText('Shop accepted the test').waitFor()
    expect(got.at(-1)).toMatch(/^test-/)
    await makeTag('Repairs')
    await expect.poll(() => got.length, { timeout: 30_000 }).toBe(2)
    await page.reload()
    await row()
      .getByText(/last delivery/)
      .waitFor()
    await row().getByRole('button', { name: 'Deliveries of Shop' }).press('Enter')
    await dialog().getByText('Delivered · tag.created').waitFor()
    await dialog()
      .getByRole('button', { name: /^Request of event/ })
      .press('Enter')
    await dialog().getByText('"kind": "tag.created"').waitFor()
    await dialog()
      .getByRole('button', { name: /^Replay event/ })
      .press('Enter')
    await expect.poll(() => got.length, { timeout: 30_000 }).toBe(3)
    expect(got[2]).toBe(got[1])
    await look('webhook-deliveries')
    await page.keyboard.press('Escape')
  })

  it('show older deliveries on request, and that an event was deleted', async () => {
    const client = new Client({ connectionString: postkey.place.database!.url })
    await client.connect()
    await client.query(`INSERT INTO webhook_deliveries (id, endpoint_id, event_id, kind, order_key, state, created_at)
      SELECT gen_random_uuid(), endpoint_id, 1000000 + n, kind, order_key, 'delivered', created_at
      FROM generate_series(1, 60) AS n, (SELECT * FROM webhook_deliveries LIMIT 1) AS one ORDER BY n`)
    await client.end()
    const shown = dialog().getByRole('button', { name: /^Request of event/ })
    await row().getByRole('button', { name: 'Deliveries of Shop' }).press('Enter')
    await expect.poll(() => shown.count()).toBe(50)
    await dialog().getByRole('button', { name: 'Load older deliveries' }).press('Enter')
    await dialog().getByRole('button', { name: 'Load older deliveries' }).waitFor({ state: 'detached' })
    expect(await shown.count()).toBe(62)
    await dialog().getByRole('button', { name: 'Request of event 1000060' }).press('Enter')
    await dialog().getByText('The event was deleted').waitFor()
    expect(await dialog().getByRole('button', { name: 'Replay event 1000060' }).count()).toBe(0)
    await look('webhook-deleted-event')
    await page.keyboard.press('Escape')
  })

  it('show a receiver that refuses, and what waits', async () => {
    status = 422
    await makeTag('Returns')
    await expect.poll(() => got.length, { timeout: 30_000 }).toBeGreaterThan(3)
    await page.reload()
    await row()
      .getByText(/1 delivery fails since/)
      .waitFor()
    await row()
      .getByText(/The receiver refused the event/)
      .waitFor()
    await row().getByRole('button', { name: 'Deliveries of Shop' }).press('Enter')
    await dialog().getByRole('combobox', { name: 'Deliveries shown' }).press('Enter')
    await page.getByRole('option', { name: 'Waiting' }).click()
    await dialog()
      .getByText(/Answer: HTTP 422: the receiver answers/)
      .waitFor()
    await page.keyboard.press('Escape')
    await look('webhook-failing')
  })

  it('are disabled, and continue from now on', async () => {
    await row().getByRole('button', { name: 'More actions for Shop' }).press('Enter')
    await page.getByRole('menuitem', { name: 'Disable' }).press('Enter')
    const resume = row().getByRole('group', { name: 'Resume Shop' })
    await resume.getByRole('button', { name: 'Deliver what is waiting' }).waitFor()
    await row().getByText('Disabled', { exact: true }).waitFor()
    await look('webhook-disabled')
    status = 200
    await resume.getByRole('button', { name: 'Continue from now' }).press('Enter')
    await resume.waitFor({ state: 'detached' })
    await row()
      .getByText(/fails since/)
      .waitFor({ state: 'detached' })
  })

  it('for alerts show why they are disabled, and are switched on', async () => {
    const alerts = page.getByRole('region', { name: 'Alerts' })
    await alerts.getByRole('button', { name: 'Add alert webhook' }).press('Enter')
    await dialog().getByRole('textbox', { name: 'Name' }).fill('Pager')
    await dialog().getByRole('textbox', { name: 'Address' }).fill(`${address()}/alerts`)
    await page.keyboard.press('Enter')
    await dialog().getByRole('button', { name: 'Done' }).press('Enter')
    const { webhooks } = (await (await page.request.get(`${postkey.address}/v1/alert-settings`)).json()) as {
      webhooks: [{ id: string }]
    }
    const headers = { origin: postkey.address }
    const off = { headers, data: { state: 'disabled' } }
    await page.request.patch(`${postkey.address}/v1/alert-webhooks/${webhooks[0].id}`, off)
    await page.reload()
    await alerts.getByText(/^Disabled/).waitFor()
    await alerts.getByRole('button', { name: 'Switch Pager on' }).press('Enter')
    await alerts.getByText(/^Disabled/).waitFor({ state: 'detached' })
  })
})
