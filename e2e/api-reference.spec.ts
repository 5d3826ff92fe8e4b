import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { startOnSharedPostgres } from './postkey.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

/** The API reference in the browser: complete, readable, and without a request to another host. */
describe('the API reference', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres()])
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('shows the routes by resource, from this server alone', async () => {
    const page = await openPage(browser)
    const foreign: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => {
      if (!/^(?:data|blob):/.test(request.url()) && new URL(request.url()).origin !== postkey.address) {
        foreign.push(request.url())
      }
    })
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(`${postkey.address}/docs`)
    await page.getByRole('heading', { name: 'Postkey', exact: true }).waitFor()
    await page.getByRole('link', { name: 'messages', exact: true }).first().click()
    await page.getByText('Received and sent messages with text, HTML, attachments and source.').first().waitFor()
    expect(await screenComplaints(page, 'api-reference', { fullPage: false })).toEqual([])
    expect(foreign).toEqual([])
    expect(complaints).toEqual([])
  })
})
