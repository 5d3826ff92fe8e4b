import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { connectedSupport, fillSignInForm } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { ADMIN, SHARED } from '../proofs/walk/connect-support.ts'
import type { Customer } from '../proofs/walk/outside-customer.ts'
import { createPolledCustomer } from './customer.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

/** A picture of one pixel. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
/** One page with a red square. */
const SQUARE = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj
4 0 obj<</Length 28>>stream
1 0 0 rg 20 20 160 160 re f
endstream endobj
trailer<</Root 1 0 R>>`

/** Signatures and canned responses: made on their page, used in a reply, read by the customer. */
describe('prepared texts in a browser', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let kim: Customer
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await openBrowser()
    postkey = await startOnSharedPostgres({})
    await connectedSupport(postkey)
    kim = createPolledCustomer(postkey, {
      ...{ name: 'Kim Lee', address: 'kim@customer.example', to: SHARED },
    })
    await kim.write({ subject: 'Where is my order', text: 'I ordered a kettle on Monday.' })
    const attachments = [
      { name: 'dot.png', contentType: 'image/png', contentBytes: DOT.toString('base64') },
      { name: 'square.pdf', contentType: 'application/pdf', contentBytes: Buffer.from(SQUARE).toString('base64') },
    ]
    await fetch(`${postkey.sandbox.controlPanel}/api/outside/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        from: 'lee@customer.example',
        to: SHARED,
        subject: 'Two files',
        text: 'See.',
        attachments,
      }),
    })
    page = await openPage(browser)
    page.on('pageerror', ({ message }) => complaints.push(message))
    await page.goto(postkey.address)
    await fillSignInForm(page, ADMIN)
    await page.getByRole('link', { name: /Where is my order/ }).waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('are on a page that the menu of the person opens', async () => {
    await page.getByRole('button', { name: ADMIN.name }).click()
    await page.getByRole('menuitem', { name: 'Signature and canned responses' }).click()
    await page.getByRole('heading', { name: 'My signature' }).waitFor()

    await page.getByText('There are no canned responses yet.').waitFor()
    await look('writing-empty')
  })

  it('include a signature with placeholders', async () => {
    await page.getByRole('textbox', { name: 'Signature' }).click()
    await page.keyboard.type('{{agent.name}}, {{mailbox.address}}')
    await page.getByRole('button', { name: 'Save signature' }).click()

    await page.getByText('Signature saved').waitFor()
  })

  it('include canned responses in folders, with files', async () => {
    await page.getByRole('button', { name: 'Add canned response' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add canned response' })
    await dialog.getByLabel('Name').fill('On its way')
    await dialog.getByLabel('Folder').fill('Shipping')
    await dialog.getByRole('textbox', { name: 'Text' }).click()
    await page.keyboard.type('Hi {{customer.first_name|there}}, your order left us.')
    const label = { name: 'label.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 label') }
    await dialog.locator('input[type=file]').setInputFiles(label)
    await dialog.getByLabel('Share with all agents').check()
    await look('writing-dialog')
    await dialog.getByRole('button', { name: 'Save canned response' }).click()

    await dialog.waitFor({ state: 'detached' })
    await page.getByText('Not used yet').waitFor()
    await page.getByText('1 file').waitFor()
    await look('writing-list')
  })

  it('are inserted by `/` in a reply, with their placeholders filled', async () => {
    await page.goto(`${postkey.address}/inbox`)
    await page.getByRole('link', { name: /Where is my order/ }).click()
    await page.getByRole('button', { name: 'Reply', exact: true }).last().click()
    const composer = page.getByRole('region', { name: 'Reply' })
    const text = composer.getByRole('textbox', { name: 'Text' })
    await text.waitFor()
    expect(await composer.getByLabel('Signature', { exact: true }).innerText()).toBe(`${ADMIN.name}, ${SHARED}`)

    await text.press('/')
    const dialog = page.getByRole('dialog', { name: 'Insert canned response' })
    await dialog.getByRole('option').waitFor()
    await page.keyboard.type('way')
    await look('writing-picker')
    await page.keyboard.press('Enter')

    await composer.getByText('Hi Kim, your order left us.').waitFor()
    await composer.getByRole('button', { name: 'Remove label.pdf' }).waitFor()
    await text.press('Control+End')
    await page.keyboard.type(' Bye.')
    await look('writing-reply')
    await page.keyboard.press('Control+Enter')
    await composer.waitFor({ state: 'detached' })
  })

  it('reach the customer, above the quotation', async () => {
    const letter = (await kim.read()) as Awaited<ReturnType<Customer['read']>> & {
      html: string
      attachments: { name: string }[]
    }

    expect(letter.text).toMatch(/^Hi Kim, your order left us\.\s+Bye\./)
    expect(letter.html).toMatch(/Hi Kim[\s\S]*postkey-signature[\s\S]*support@contoso\.example[\s\S]*<blockquote/)
    expect(letter.attachments).toMatchObject([{ name: 'label.pdf' }])
    await page.goto(`${postkey.address}/writing`)
    await page.getByText('Used once').waitFor()
    expect(complaints).toEqual([])
  })

  it('show images and PDFs of a message, and download all files', async () => {
    await page.goto(`${postkey.address}/inbox`)
    await page.getByRole('link', { name: /Two files/ }).click()
    await page.getByRole('button', { name: 'Preview dot.png' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('img', { name: 'dot.png' }).waitFor()
    await page.keyboard.press('ArrowRight')
    await dialog.getByText('2 of 2').waitFor()
    const canvas = dialog.getByRole('img', { name: 'Pages of square.pdf' }).locator('canvas')
    await canvas.waitFor()
    const pixel = `(canvas) => canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data.join()`
    const color = () => page.evaluate(`(${pixel})(document.querySelector('[role=dialog] canvas'))`)
    await expect.poll(color, { timeout: 30_000 }).toBe('255,0,0,255')
    await look('preview-pdf')
    await page.keyboard.press('Escape')

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download all' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('Two files.zip')
    await look('attachments-thumbnails')
    expect(complaints).toEqual([])
  })

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name, { fullPage: false })).toEqual([])
  }
})
