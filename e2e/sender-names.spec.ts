import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, screenComplaints } from './browser.ts'
import { connectedSupport, openSignedIn, openTab } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { SHARED, type Connected } from '../proofs/walk/connect-support.ts'
import type { Customer } from '../proofs/walk/outside-customer.ts'
import { createPolledCustomer } from './customer.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

const ALIAS = 'sales@contoso.example'

/** A second sender name of a shared mailbox: created on its page, and chosen in the composer. */
describe('the sender names of a mailbox', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let connected: Connected
  let page: Page
  let customer: Customer

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres()])
    connected = await connectedSupport(postkey)
    customer = createPolledCustomer(postkey, { name: 'Kim', address: 'kim@customer.example', to: ALIAS })
    await fetch(`${postkey.sandbox.controlPanel}/api/mailbox-addresses`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mailbox: SHARED, aliases: [ALIAS], sendFromAlias: true }),
    })
    page = await openSignedIn(browser, postkey)
  }, 120_000)

  afterAll(async () => {
    connected.ear.close()
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('has an address that Microsoft does not report and that a test email proves', async () => {
    await page.goto(`${postkey.address}/email-accounts/${connected.accountId}`)
    await openTab(page, 'Sending')
    const addresses = page.getByRole('region', { name: 'Other addresses' })
    await addresses.getByRole('button', { name: 'Get from Microsoft' }).click()
    const untold = addresses.getByText('The mail server doesn’t report the addresses of the mailbox')
    await untold.waitFor()
    await addresses.getByLabel('Add an address').fill(ALIAS)
    await addresses.getByRole('button', { name: 'Add', exact: true }).click()
    await addresses.getByRole('button', { name: `Send test email from ${ALIAS}` }).click()
    await addresses.getByText('can send').waitFor()
    expect(await untold.count()).toBe(0)
  })

  it('are added with a signature', async () => {
    const names = page.getByRole('region', { name: 'Sender names' })
    await names.getByRole('button', { name: 'Add sender name' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Contoso Sales')
    await dialog.getByLabel('Address').selectOption(ALIAS)
    await dialog.getByRole('textbox', { name: 'Signature', exact: true }).fill('Contoso Sales\nWe are here from 9 to 5')
    expect(await screenComplaints(page, 'names-dialog', { fullPage: false })).toEqual([])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await names.getByText('Signature: Contoso Sales').waitFor()
    expect(await screenComplaints(page, 'names')).toEqual([])
  })

  it('answer a customer in the name they wrote to, with its signature', async () => {
    await customer.write({ subject: 'An offer for kettles', text: 'What do ten cost?' })
    await page.goto(`${postkey.address}/inbox`)
    await page.getByRole('link', { name: /An offer for kettles/ }).click()
    await page.getByRole('button', { name: 'Reply', exact: true }).last().click()
    const composer = page.getByRole('region', { name: 'Reply' })
    const chosen = composer.getByLabel('From')
    await chosen.waitFor()
    expect(await chosen.locator('option:checked').textContent()).toBe(`Contoso Sales <${ALIAS}>`)
    await composer.getByText('We are here from 9 to 5').waitFor()
    await composer.getByRole('textbox', { name: 'Text' }).fill('Two hundred.')
    expect(await screenComplaints(page, 'names-composer', { fullPage: false })).toEqual([])

    await composer.getByRole('button', { name: /^Send/ }).click()

    const { text, ...letter } = (await customer.read()) as Awaited<ReturnType<Customer['read']>> & { from?: unknown }
    expect(text).toMatch(/^Two hundred\.\r?\n\r?\n-- \r?\nContoso Sales\r?\nWe are here from 9 to 5\r?\n\r?\nOn /)
    expect(JSON.stringify(letter.from)).toContain(ALIAS)
  })

  it('send an automatic reply when it is on, which the conversation shows', async () => {
    await page.goto(`${postkey.address}/email-accounts/${connected.accountId}`)
    await openTab(page, 'Sending')
    const section = page.getByRole('region', { name: 'Automatic reply' })
    await section.getByText('Off. New mail gets no automatic reply.').waitFor()
    await section.getByRole('button', { name: 'Change' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('At most one reply per sender a day').waitFor()
    await dialog.getByLabel('Reply to new mail automatically').check()
    await dialog.getByLabel('When').selectOption('During these hours')
    expect(await screenComplaints(page, 'automatic-reply-dialog', { fullPage: false })).toEqual([])
    await dialog.getByLabel('When').selectOption('At any time')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await section.getByText('At most one reply per sender a day').waitFor()
    expect(await screenComplaints(page, 'automatic-reply')).toEqual([])

    const lee = createPolledCustomer(postkey, {
      name: 'Lee',
      address: 'lee@customer.example',
      to: ALIAS,
    })
    const messageId = await lee.write({ subject: 'Ten kettles', text: 'When do they come?' })
    const answer = await lee.read()

    expect(answer).toMatchObject({ subject: 'Re: Ten kettles', inReplyTo: [messageId] })
    expect(answer.text).toContain('Hello Lee')
    await page.goto(`${postkey.address}/inbox`)
    await page.getByRole('link', { name: /Ten kettles/ }).click()
    await page.getByText('Automatic reply').first().waitFor()
    expect(await screenComplaints(page, 'automatic-reply-conversation', { fullPage: false })).toEqual([])
  })
})
