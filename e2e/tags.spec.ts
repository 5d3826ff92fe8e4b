import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, screenComplaints } from './browser.ts'
import { AGENT, connectedSupport, joinAsAgent, openSignedIn, writeInOrder } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { SHARED } from '../proofs/walk/connect-support.ts'
import { createPolledCustomer } from './customer.ts'
import type { PostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

const COLORS = ['gray', 'red', 'pink', 'grape', 'violet', 'indigo', 'blue', 'cyan', 'teal', 'green', 'lime', 'yellow']

/** An admin and an agent, each in a browser of their own. */
describe('tags in a browser', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let client: PostkeyClient
  let olga: Page
  let ben: Page
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await openBrowser()
    postkey = await startOnSharedPostgres({ logLevel: 'info' })
    const connected = await connectedSupport(postkey)
    ;({ client } = connected)
    const kim = createPolledCustomer(postkey, {
      name: 'Kim',
      address: 'kim@customer.example',
      to: SHARED,
    })
    const subjects = ['Where is my order', 'The invoice is wrong']
    await writeInOrder(
      connected,
      kim,
      subjects.map((subject) => ({ subject, text: `${subject}?` })),
    )
    await joinAsAgent(browser, connected)
    olga = await openSignedIn(browser, postkey)
    ben = await openSignedIn(browser, postkey, AGENT)
    for (const page of [olga, ben]) {
      page.on('pageerror', ({ message }) => complaints.push(message))
      await page.goto(`${postkey.address}/inbox`)
      await row(page, /The invoice is wrong/).waitFor()
    }
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('are created and added by keyboard from the list, and seen by a colleague at once', async () => {
    await row(ben, /The invoice is wrong/).focus()
    await ben.keyboard.press('t')
    const dialog = ben.getByRole('dialog', { name: 'Tags' })
    await dialog.getByText('No tags yet. Type a name to create one.').waitFor()
    await ben.keyboard.type('Invoice')
    await ben.keyboard.press('Enter')
    await dialog.getByRole('option', { name: 'Invoice', exact: true, selected: true }).waitFor()
    await row(olga, /The invoice is wrong.*Tags: Invoice/).waitFor()
    await link(olga, 'Invoice').waitFor()

    await ben.keyboard.type('Urgent')
    await ben.keyboard.press('Enter')
    await dialog.getByRole('option', { name: 'Urgent', exact: true, selected: true }).waitFor()
    await look(ben, 'dialog')
    await ben.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => ben.evaluate<string>('document.activeElement.textContent')).toContain('The invoice')
    await row(ben, /Tags: Invoice, Urgent/).waitFor()
  })

  it('are restored as they were by z', async () => {
    await notice(ben, 'Tags changed: The invoice is wrong').waitFor()
    await ben.keyboard.press('z')
    await row(ben, /The invoice is wrong(?!.*Tags)/).waitFor()
    await row(ben, /The invoice is wrong/).click()
    await ben.getByRole('button', { name: 'Reply', exact: true }).waitFor()
    await ben.keyboard.press('t')
    await ben.getByRole('option', { name: 'Invoice', exact: true }).click()
    await ben.getByRole('option', { name: 'Invoice', exact: true, selected: true }).waitFor()
    await ben.keyboard.press('Escape')
    await ben.getByText('Ben Okafor added “Invoice”.').first().waitFor()
    await look(ben, 'conversation')
  })

  it('filter the list by the sidebar and by the tag of a conversation', async () => {
    await link(ben, 'Invoice').click()
    await ben.getByRole('heading', { name: 'Invoice', level: 1 }).waitFor()
    await row(ben, /Where is my order/).waitFor({ state: 'detached' })
    await look(ben, 'filtered')
    await ben.getByLabel('Views').selectOption('Closed')
    await ben.getByText('No closed conversations yet').waitFor()

    await ben.goto(`${postkey.address}/inbox`)
    await row(ben, /The invoice is wrong/).click()
    await ben.getByRole('list', { name: 'Tags' }).getByRole('link', { name: 'Invoice' }).click()
    await ben.getByRole('heading', { name: 'Invoice', level: 1 }).waitFor()
    await expect.poll(() => row(ben, /./).count()).toBe(1)
  })

  it('are administered in the settings, and a deleted one comes back', async () => {
    for (const color of COLORS) await client.call('POST', '/v1/tags', { name: `Color ${color}`, color })
    await olga.goto(`${postkey.address}/settings`)
    await olga.getByRole('button', { name: 'Edit Invoice' }).click()
    await olga.getByRole('textbox', { name: 'Name' }).fill('Rechnungsangelegenheiten')
    await olga.getByRole('combobox', { name: 'Color' }).selectOption('Orange')
    await olga.getByRole('button', { name: 'Save tag' }).click()
    await row(ben, /Tags: Rechnungsangelegenheiten/).waitFor()
    await olga.getByRole('button', { name: 'Delete Rechnungsangelegenheiten' }).click()
    await ben.getByRole('heading', { name: 'Deleted tag', level: 1 }).waitFor()
    await olga.screenshot({ path: join(import.meta.dirname, 'screenshots', 'tags-deleted.png') })
    await olga.keyboard.press('z')
    await row(ben, /Tags: Rechnungsangelegenheiten/).waitFor()
    await olga.getByRole('button', { name: 'Edit Color lime' }).waitFor()
    await olga.getByRole('heading', { name: 'Tags' }).scrollIntoViewIfNeeded()
    await look(olga, 'settings')
    await olga.goto(`${postkey.address}/audit`)
    await olga.getByText(/renamed the tag Invoice to Rechnungsangelegenheiten/).waitFor()
    expect(complaints).toEqual([])
  })

  const row = (page: Page, name: RegExp) =>
    page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name })
  const link = (page: Page, name: string) => page.getByRole('group', { name: 'Tags' }).getByRole('link', { name })
  const notice = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text })

  async function look(page: Page, name: string): Promise<void> {
    expect(await screenComplaints(page, `tags-${name}`, { fullPage: false })).toEqual([])
  }
})
