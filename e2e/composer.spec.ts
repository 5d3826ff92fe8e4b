import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { paste, pasteIn } from './clipboard.ts'
import { connectedSupport } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { ADMIN, SHARED } from '../proofs/walk/connect-support.ts'
import type { Customer } from '../proofs/walk/outside-customer.ts'
import { createPolledCustomer } from './customer.ts'
import type { PostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { secretsLeftBy } from '../proofs/walk/traces.ts'

const PHOTO = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 31) % 256))
/** A picture of one pixel. */
const DOT = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const OFFER = Buffer.from('%PDF-1.4 the offer')

interface Copy {
  cc: string
  html?: string
  attachments: { name: string; sizeBytes: number; path: string }[]
}

/** Writing mail: by mouse and keyboard, with a server that is away for a moment, and as recipients see it. */
describe('the composer in a browser', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let client: PostkeyClient
  let customers: Record<'kim' | 'lee' | 'max' | 'noa' | 'pat', Customer>
  const asked = { kim: '', lee: '' }
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await openBrowser()
    postkey = await startOnSharedPostgres({ record: 'bodies', logLevel: 'trace' })
    ;({ client } = await connectedSupport(postkey))
    const { grants } = await client.call<{ grants: { id: string }[] }>('GET', '/v1/grants')
    const own = { address: 'anna@contoso.example', kind: 'user', grantId: grants[0]!.id }
    await client.call('POST', '/v1/email-accounts', { ...own, name: 'Anna', key: 'ANNA', contact: ADMIN.email })
    const customer = (name: string) => createPolledCustomer(postkey, { name, address: addressOf(name), to: SHARED })
    const [kim, lee, max] = [customer('Kim'), customer('Lee'), customer('Max')]
    customers = { kim, lee, max, noa: customer('Noa'), pat: customer('Pat') }
    asked.kim = await kim.write({ subject: 'Where is my order', text: 'I ordered a kettle on Monday.' })
    const cc = addressOf('Max')
    asked.lee = await write({ from: addressOf('Lee'), cc, subject: 'Two kettles', text: 'One for Max.' })
    const attachments = [{ name: 'leak.jpg', contentType: 'image/jpeg', contentBytes: PHOTO.toString('base64') }]
    await write({ from: addressOf('Kim'), subject: 'A photo of the leak', text: 'See the photo.', attachments })

    page = await openPage(browser)
    page.on('pageerror', ({ message }) => complaints.push(message))
    await page.goto(postkey.address)
    await page.getByLabel('Email address').fill(ADMIN.email)
    await page.getByRole('textbox', { name: 'Password' }).fill(ADMIN.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
    await page.getByRole('link', { name: /A photo of the leak/ }).waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('starts a reply with its recipients, and the quotation folded below', async () => {
    await answer(/Where is my order/, 'Reply')

    expect(await composer().getByText(`Contoso Support <${SHARED}>`).count()).toBe(1)
    await expect.poll(() => isFocused(field('Text'))).toBe(true)
    expect(await recipients()).toEqual([addressOf('Kim')])
    expect(await field('Subject').inputValue()).toBe('Re: Where is my order')
    const quoted = composer().frameLocator('iframe[title="Quoted message"]').getByText('I ordered a kettle on Monday.')
    expect(await quoted.count()).toBe(0)
    await composer().getByRole('button', { name: 'Show quoted text' }).click()
    await quoted.waitFor()
    await look('answer')
  })

  it('leaves nothing behind of an empty reply, and returns the focus', async () => {
    // Late timers, as on a busy machine: the focus returns together with the removal of the composer.
    await page.evaluate(`window.setTimeout = ((real) => (run, ms = 0) => real(run, ms + 10_000))(window.setTimeout)`)
    await page.keyboard.press('Escape')

    await composer().waitFor({ state: 'detached' })
    expect(await isFocused(page.getByRole('button', { name: 'Reply', exact: true }).last())).toBe(true)
    await page.getByText('You have an unsent reply').waitFor({ state: 'detached' })
  })

  it('shows a notice in its place if its code could not be loaded, and opens after the page is loaded again', async () => {
    const other = await page.context().newPage()
    await other.route('**/assets/composer-form-*', (route) => route.abort())
    await other.goto(page.url())
    await other.getByRole('button', { name: 'Reply', exact: true }).last().click()
    const retry = other.getByRole('alert').getByRole('button', { name: 'Try again' })
    await retry.waitFor()
    // The rest of the inbox stays.
    await other
      .getByRole('list', { name: 'Conversations' })
      .getByRole('link', { name: /Two kettles/ })
      .waitFor()

    await other.unroute('**/assets/composer-form-*')
    await Promise.all([other.waitForEvent('load'), retry.click()])
    await other.getByRole('button', { name: 'Reply', exact: true }).last().click()

    await other.locator('[role=textbox]:focus').waitFor()
    await other.keyboard.press('Escape')
    await other.getByRole('textbox', { name: 'Text' }).waitFor({ state: 'detached' })
    await other.close()
  })

  it('keeps the text while it is written: it is there again after a reload', async () => {
    await page.getByRole('button', { name: 'Reply', exact: true }).last().click()
    await field('Text').waitFor()
    await page.keyboard.type('It left <today> & arrives on Monday.')
    await composer().getByText('Saved', { exact: true }).waitFor()

    await page.reload()

    await field('Text').waitFor()
    expect(await ownText()).toBe('It left <today> & arrives on Monday.')
    expect(await recipients()).toEqual([addressOf('Kim')])
  })

  it('asks for the version to keep when another window has changed the draft', async () => {
    const other = await page.context().newPage()
    await other.goto(page.url())
    await other.getByRole('textbox', { name: 'Text' }).fill('Written in the other window.')
    await other.getByText('Saved', { exact: true }).waitFor()
    await other.close()

    await field('Text').fill('It arrives on Monday.')
    await composer().getByText('This draft was changed in another window').waitFor()
    await composer().getByText('Written in the other window.').waitFor()
    await look('conflict')
    await composer().getByRole('button', { name: 'Keep this version' }).click()

    await composer().getByText('Saved', { exact: true }).waitFor()
    expect(await ownText()).toBe('It arrives on Monday.')
  })

  it('cancels a submission and restores the text', async () => {
    await field('Text').press('Control+Enter')
    await notice('Sending to Kim').waitFor()
    await composer().waitFor({ state: 'detached' })

    await page.keyboard.press('z')

    await field('Text').waitFor()
    expect(await ownText()).toBe('It arrives on Monday.')
    expect(await recipients()).toEqual([addressOf('Kim')])
  })

  it('treats a double click on Send as one', async () => {
    await composer().getByRole('button', { name: 'Send' }).dblclick()

    await notice('Sending to Kim').waitFor()
    await look('sending')
  })

  it('replies to all with added Cc recipients, and explains why an address is invalid', async () => {
    await answer(/Two kettles/, 'Reply all')
    expect(await recipients()).toEqual([addressOf('Lee'), addressOf('Max')])

    await field('Cc').fill('Noa <noa@customer.example>; pat')
    await page.keyboard.press('Tab')
    const reason = '“pat” isn’t a valid email address: it has no @.'
    await composer().getByText(reason).waitFor()
    await field('Text').fill('Both are on their way.')
    await page.keyboard.press('Control+Enter')
    await look('wrong-recipient')
    expect(await ownText()).toBe('Both are on their way.')

    // By keyboard: back to the field, to the wrong one, and remove it.
    await field('Cc').focus()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Delete')
    await composer().getByText(reason).waitFor({ state: 'detached' })
    await page.keyboard.press('Control+Enter')

    await notice('Sending to Lee').waitFor()
  })

  it('forwards a message with its attachments', async () => {
    await answer(/A photo of the leak/, 'Forward')
    expect(await field('Subject').inputValue()).toBe('Fwd: A photo of the leak')
    await composer().getByRole('button', { name: 'Remove leak.jpg' }).waitFor()

    await composer().getByRole('button', { name: 'Send' }).click()
    await composer().getByText('Enter a recipient.').waitFor()
    await field('To').fill(addressOf('Noa'))
    await page.keyboard.press('Control+Enter')

    await notice('Sending to noa@customer.example').waitFor()
  })

  it('sends from the chosen mailbox, and keeps the text when the choice changes', async () => {
    await page.keyboard.press('c')
    await page.getByRole('dialog', { name: 'From which mailbox?' }).getByRole('button', { name: /^Anna/ }).click()
    await field('To').waitFor()
    expect(await isFocused(field('To'))).toBe(true)
    await field('Text').fill('The offer is attached.')
    const from = composer().getByRole('combobox', { name: 'From' })
    const ofShared = composer().getByText(/up to 3 MB each in this shared mailbox/)
    const ofAnna = composer().getByText(/up to 25 MB each\./)

    await from.selectOption(`Contoso Support <${SHARED}>`)
    await ofShared.waitFor()
    await from.selectOption('Anna <anna@contoso.example>')
    await ofAnna.waitFor()

    expect(await ownText()).toBe('The offer is attached.')
  })

  it('leaves one draft after quick changes of the mailbox', async () => {
    const from = composer().getByRole('combobox', { name: 'From' })
    let goOn = () => {}
    const chosenTwice = new Promise<void>((resolve) => (goOn = resolve))
    await page.route('**/v1/drafts', (route) => chosenTwice.then(() => route.continue()), { times: 2 })

    await from.selectOption(`Contoso Support <${SHARED}>`)
    await from.selectOption(`Contoso Support <${SHARED}>`)
    goOn()
    await composer()
      .getByText(/up to 3 MB each in this shared mailbox/)
      .waitFor()
    await page.unroute('**/v1/drafts')

    // The draft of the former mailbox is deleted after the new one is stored.
    const drafts = () => client.call<{ drafts: unknown[] }>('GET', '/v1/drafts')
    await expect.poll(async () => (await drafts()).drafts.length).toBe(1)
    expect(await ownText()).toBe('The offer is attached.')
  })

  it('formats by keyboard, and cleans pasted text', async () => {
    await field('Text').press('Control+End')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Control+b')
    await page.keyboard.type('bold')
    await page.keyboard.press('Control+b')
    await page.keyboard.press('Enter')
    await page.keyboard.type('- one')
    await page.keyboard.press('Enter')
    await page.keyboard.type('two')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    const word = `<style>p{color:red}</style><p class="MsoNormal" style="color:red" onclick="x()"><b>From Word</b><o:p></o:p>
      <img src="https://tracker.example/x.png"></p><script>x()</script><table><tr><td>cell</td></tr></table>`
    await pasteIn(page, field('Text'), { html: word, text: 'From Word' })

    const html = await field('Text').innerHTML()
    expect(html).toContain('<strong>bold</strong>')
    expect(html).toMatch(/<ul[^>]*><li[^>]*><p[^>]*>one<\/p><\/li>/)
    expect(html).toContain('<strong>From Word</strong>')
    expect(html).not.toMatch(/Mso|color:red|onclick|script|tracker/)
    await look('formatted')
  })

  it('shows a pasted picture in the text, and removes it with its file', async () => {
    await pasteIn(page, field('Text'), { file: { name: 'dot.png', type: 'image/png', base64: DOT.toString('base64') } })
    const picture = field('Text').getByRole('img', { name: 'dot.png' })
    await picture.and(page.locator('[src*="/attachments/"]')).waitFor()
    // Zero until the picture is loaded.
    await expect.poll(() => picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBe(1)

    await pasteIn(page, field('Text'), {
      file: { name: 'big.png', type: 'image/png', base64: '', sizeBytes: 26 * 1024 * 1024 },
    })
    const files = composer().getByRole('list', { name: 'Attachments' }).getByRole('listitem')
    await files.filter({ hasText: 'big.png' }).getByRole('alert').waitFor()
    expect(await files.filter({ hasText: 'dot.png' }).count()).toBe(0)
    await composer().getByRole('button', { name: 'Remove big.png' }).click()
    await field('Text').getByRole('img', { name: 'big.png' }).waitFor({ state: 'detached' })
  })

  it('states the size limit of files, and refuses one without touching the others', async () => {
    await paste(page, field('To'), '"Pat, P." <pat@customer.example>')
    expect(await recipients()).toEqual([addressOf('Pat')])

    const film = { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(4 * 1024 * 1024) }
    const offer = { name: 'offer.pdf', mimeType: 'application/pdf', buffer: OFFER }
    await composer().locator('input[type=file]').setInputFiles([film, offer])

    const files = composer().getByRole('list', { name: 'Attachments' }).getByRole('listitem')
    await files.filter({ hasText: 'film.mp4' }).getByRole('alert').waitFor()
    expect(await files.filter({ hasText: 'offer.pdf' }).getByRole('alert').count()).toBe(0)
    await composer().getByText('Saved', { exact: true }).waitFor()
    await page.keyboard.press('Control+Enter')
    await composer().getByText('film.mp4 isn’t attached. Remove it or try again, then send.').waitFor()
    // The shared mailbox could send it by the other protocol.
    await composer().getByText('Sent by SMTP, files can be up to 25 MB').waitFor()
    await composer().getByRole('link', { name: 'Change how this mailbox sends' }).waitFor()
    await look('attachments')
    await composer().getByRole('button', { name: 'Remove film.mp4' }).click()
    await composer().getByText('Sent by SMTP, files can be up to 25 MB').waitFor({ state: 'detached' })
  })

  it('sends once when a message is sent again after a lost response', async () => {
    // The server accepts it, but the response is lost. The same address lists submissions, at any time.
    let isLost = false
    await page.route('**/v1/submissions', async (route) => {
      if (isLost || route.request().method() !== 'POST') return route.fallback()
      isLost = true
      await route.fetch()
      await route.abort()
    })
    await field('Text').press('Control+Enter')
    await page.getByRole('dialog', { name: 'Send without a subject?' }).getByRole('button', { name: /^Send/ }).click()
    await composer().getByText('Can’t reach Postkey').waitFor()
    expect(await ownText()).toMatch(/^The offer is attached\./)

    await composer().getByRole('button', { name: 'Try again' }).click()

    await notice('Sending to Pat, P.').waitFor()
    await composer().waitFor({ state: 'detached' })
    await page.unroute('**/v1/submissions')
  })

  it('reaches the customer as a reply, in its conversation, once', async () => {
    const letter = await read(customers.kim)

    expect(letter).toMatchObject({ inReplyTo: [asked.kim], references: [expect.stringMatching(/^pk\./), asked.kim] })
    expect(letter.subject).toBe('Re: Where is my order')
    expect(letter.text).toMatch(/^It arrives on Monday\.\s+On .* Kim wrote:\s+> I ordered a kettle on Monday\./)
    expect(letter.html).toContain('<blockquote')
    expect(await customers.kim.unread()).toBe(0)
  })

  it('reaches all recipients', async () => {
    const letter = await read(customers.lee)

    expect(letter).toMatchObject({ inReplyTo: [asked.lee], text: expect.stringContaining('Both are') as string })
    expect(letter.cc).toMatch(/max@customer\.example.*noa@customer\.example/)
    expect((await read(customers.max)).messageId).toBe(asked.lee)
    expect((await read(customers.max)).messageId).toBe(letter.messageId)
    expect((await read(customers.noa)).messageId).toBe(letter.messageId)
  })

  it('forwards attachments byte by byte', async () => {
    const letter = await read(customers.noa)

    expect(letter.text).toMatch(/Forwarded message[\s\S]*See the photo\./)
    expect(letter.attachments).toMatchObject([{ name: 'leak.jpg', sizeBytes: PHOTO.length }])
    expect(PHOTO.equals(await bytesOf(letter.attachments[0]!.path))).toBe(true)
  })

  it('sent the new message once, with its attachment', async () => {
    const letter = await read(customers.pat)

    const named = new Map(letter.attachments.map((each) => [each.name, each]))
    expect(letter).toMatchObject({ subject: '', inReplyTo: [] })
    expect([...named.keys()].sort()).toEqual(['dot.png', 'offer.pdf'])
    expect(OFFER.equals(await bytesOf(named.get('offer.pdf')!.path))).toBe(true)
    expect(DOT.equals(await bytesOf(named.get('dot.png')!.path))).toBe(true)
    expect(letter.html).toContain('<strong>bold</strong>')
    // The client shows the attached picture in its place.
    expect(letter.html).toMatch(/cell<img alt="dot\.png" src="data:image\/png;base64,R0lGOD/)
    expect(await customers.pat.unread()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('discards a draft, and brings it back with its last words and its files', async () => {
    await page.goto(`${postkey.address}/inbox`)
    await answer(/Where is my order/, 'Reply')
    await field('Text').fill('Never mind.')
    const offer = { name: 'offer.pdf', mimeType: 'application/pdf', buffer: OFFER }
    await composer().locator('input[type=file]').setInputFiles([offer])
    const file = composer().getByRole('list', { name: 'Attachments' }).getByText('offer.pdf')
    await composer().getByRole('button', { name: 'Remove offer.pdf' }).waitFor()
    await field('Text').fill('Never mind at all.')
    await discard()
    await page.getByText('You have an unsent reply').waitFor({ state: 'detached' })
    await notice('Draft discarded').getByRole('button', { name: 'Undo' }).click()
    await file.waitFor()
    expect(await ownText()).toBe('Never mind at all.')

    await discard()
    expect(await client.call('GET', '/v1/drafts')).toEqual({ drafts: [] })
  })

  it('shows recipients in one line until they are edited', async () => {
    await answer(/Two kettles/, 'Reply all')
    const folded = composer().getByRole('button', { name: /^To .*Change recipients$/ })
    await folded.waitFor()
    expect(await field('To').count()).toBe(0)
    await look('folded')
    // By keyboard, and back.
    await folded.focus()
    expect(await isFocused(field('To'))).toBe(true)
    await field('To').fill('jo@customer.example,')
    await field('Text').focus()
    await folded.filter({ hasText: /jo@customer\.example|and \d more/ }).waitFor()
    await discard()
  })

  it('takes no letter for a command while the composer opens', async () => {
    // Notices of earlier messages have a button of this name too.
    const actions = page.getByRole('toolbar', { name: 'Conversation actions' })
    const close = actions.getByRole('button', { name: 'Close', exact: true })
    await close.waitFor()
    const closings: string[] = []
    const noteClosing = (request: { url: () => string }) => {
      if (request.url().endsWith('/close')) closings.push(request.url())
    }
    page.on('request', noteClosing)
    // In the same task, then in each frame until the field has the focus.
    await page.evaluate(`(async () => {
      const press = (key) => {
        const code = 'Key' + key.toUpperCase()
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }))
      }
      press('r')
      while (document.activeElement.getAttribute('role') !== 'textbox') {
        press('e')
        await new Promise(requestAnimationFrame)
      }
    })()`)

    await field('Text').waitFor()
    await close.waitFor()
    page.off('request', noteClosing)
    expect(closings).toEqual([])
  })

  it('leaves no secret in its logs, responses, output and storage', async () => {
    const { finds, kinds } = await secretsLeftBy(postkey)

    expect(kinds).toEqual(expect.arrayContaining(['access_token', 'code', 'password', 'refresh_token', 'secret']))
    expect(finds).toEqual([])
  })

  const composer = () => page.getByRole('region', { name: /^(Reply|Reply all|Forward|New message)$/ })
  const field = (name: string) =>
    composer().getByRole(/^(To|B?[Cc]c)$/.test(name) ? 'combobox' : 'textbox', { name, exact: true })
  const ownText = () => field('Text').innerText()
  const notice = (text: string) => page.getByRole('alert').filter({ hasText: text })
  const isFocused = async (locator: Locator) => (await locator.and(page.locator(':focus')).count()) === 1

  async function answer(subject: RegExp, how: string): Promise<void> {
    // The details link the customer's other conversations too.
    await page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: subject }).click()
    await page.getByRole('button', { name: how, exact: true }).last().click()
    await field('Text').waitFor()
  }

  async function discard(): Promise<void> {
    await composer().getByRole('button', { name: 'More draft actions' }).click()
    await page.getByRole('menuitem', { name: 'Discard draft' }).click()
    await composer().waitFor({ state: 'detached' })
    await notice('Draft discarded').first().waitFor()
  }

  async function recipients(): Promise<string[]> {
    const folded = composer().getByRole('button', { name: /Change recipients$/ })
    if ((await folded.count()) > 0) await folded.focus()
    const pills = await composer()
      .getByRole('button', { name: /^Change / })
      .all()
    const labels = await Promise.all(pills.map(async (pill) => (await pill.getAttribute('title')) ?? ''))
    return labels.map((label) => /<(.*)>/.exec(label)?.[1] ?? label)
  }

  async function write(letter: Record<string, unknown>): Promise<string> {
    const answered = await fetch(`${postkey.sandbox.controlPanel}/api/outside/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: SHARED, ...letter }),
    })
    return ((await answered.json()) as { messageId: string }).messageId.replace(/^<|>$/g, '')
  }

  async function read(customer: Customer) {
    return (await customer.read()) as Awaited<ReturnType<Customer['read']>> & Copy
  }

  async function bytesOf(path: string): Promise<Buffer> {
    return Buffer.from(await (await fetch(new URL(path, postkey.sandbox.controlPanel))).arrayBuffer())
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, `composer-${name}`, { fullPage: false })).toEqual([])
  }
})

function addressOf(name: string): string {
  return `${name.toLowerCase()}@customer.example`
}
