import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, screenComplaints } from './browser.ts'
import { placeAndRemoveHold } from './legal-hold.ts'
import { AGENT, connectedSupport, joinAsAgent, openSignedIn, writeInOrder } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { SHARED } from '../proofs/walk/connect-support.ts'
import type { Customer } from '../proofs/walk/outside-customer.ts'
import { createPolledCustomer } from './customer.ts'
import type { PostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

/** Longer intervals than this one are polls, which would show a colleague’s change without the event stream. */
const POLL_MS = 5_000

type Drafts = { drafts: { id: string; content: { subject: string } }[] }
type Found = { conversations: { id: string; subject: string; status: string; unread: boolean }[] }

/** Two browsers on one mailbox, each with a session of its own. */
describe('two agents in one inbox', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let client: PostkeyClient
  let kim: Customer
  let olga: Page
  let ben: Page
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await openBrowser()
    postkey = await startOnSharedPostgres({ record: 'bodies', logLevel: 'info' })
    const connected = await connectedSupport(postkey)
    ;({ client } = connected)
    kim = createPolledCustomer(postkey, { name: 'Kim', address: 'kim@customer.example', to: SHARED })
    const subjects = ['Third question', 'Second question', 'First question']
    const letters = subjects.map((subject) => ({ subject, text: `${subject}: how long does it take?` }))
    await writeInOrder(connected, kim, letters)
    await joinAsAgent(browser, connected)

    olga = await openSignedIn(browser, postkey)
    ben = await openSignedIn(browser, postkey, AGENT)
    for (const page of [olga, ben]) {
      page.on('pageerror', ({ message }) => complaints.push(message))
      await page.addInitScript(
        `window.setInterval = ((real) => (run, ms) => (ms < ${POLL_MS} ? real(run, ms) : 0))(window.setInterval)`,
      )
      await page.goto(`${postkey.address}/inbox`)
      await row(page, /First question/).waitFor()
    }
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('see each other view, write and leave by events, without polling', async () => {
    await row(olga, /First question/).click()
    await olga.getByRole('button', { name: 'Reply', exact: true }).waitFor()
    await row(ben, /First question/).click()
    await ben.getByRole('button', { name: 'Reply', exact: true }).waitFor()
    await present(olga).getByText('Ben Okafor is viewing').waitFor()
    await present(ben)
      .getByText(/ is viewing/)
      .waitFor()
    await look(olga, 'viewing')

    await ben.keyboard.press('r')
    await field(ben, 'Text').pressSequentially('About two days.')
    await present(olga).getByText('Ben Okafor is writing').waitFor()
    await olga.getByText('Ben Okafor has an unsent reply').waitFor()
    await look(olga, 'writing')

    await ben.keyboard.press('Escape')
    await composer(ben).waitFor({ state: 'detached' })
    await present(olga).getByText('Ben Okafor is viewing').waitFor()
    await ben.getByRole('link', { name: 'Inbox', exact: true }).click()
    await present(olga).getByText('Ben Okafor').waitFor({ state: 'detached' })
  })

  it('disappear at once when their tab is closed', async () => {
    const tab = await ben.context().newPage()
    await tab.goto(olga.url())
    await present(olga).getByText('Ben Okafor is viewing').waitFor()
    await tab.close()
    // Without a report of the closed tab, it takes 30 seconds.
    await present(olga).getByText('Ben Okafor').waitFor({ state: 'detached', timeout: 20_000 })
  })

  it('list their drafts, mark them in the rows, and discard and restore one', async () => {
    await row(ben, /First question.*Draft/).waitFor()
    const tab = await ben.context().newPage()
    await tab.goto(`${postkey.address}/inbox?view=drafts`)
    await row(olga, /First question.*Ben has an unsent reply/).waitFor()
    await ben.getByRole('link', { name: 'Drafts' }).click()
    const draft = ben.getByRole('list', { name: 'Drafts' }).getByRole('link')
    await draft.filter({ hasText: /^Kim.*ReplyRe: First questionAbout two days\./ }).waitFor()
    await look(ben, 'drafts')

    await ben.keyboard.press('j')
    await ben.getByRole('button', { name: 'Discard draft: Re: First question' }).click()
    await ben.getByText('Messages that you have begun and not sent').waitFor()
    await row(olga, /First question(?!.*unsent reply)/).waitFor()
    await notice(ben, 'Draft discarded: Re: First question').waitFor()
    await ben.keyboard.press('z')
    await draft.waitFor()
    await row(olga, /First question.*Ben has an unsent reply/).waitFor()

    await ben.keyboard.press('j')
    await ben.keyboard.press('Enter')
    await expect.poll(() => field(ben, 'Text').innerText()).toBe('About two days.')
    await ben.getByRole('heading', { name: 'First question', level: 2 }).waitFor()
    await field(ben, 'Subject').fill('Re: First question, answered')
    await draft.filter({ hasText: 'Re: First question, answered' }).waitFor()
    await tab.getByRole('link', { name: /Re: First question, answered/ }).waitFor()
    await tab.close()
    await field(ben, 'Subject').fill('Re: First question')
    await ben.setViewportSize({ width: 390, height: 844 })
    await look(ben, 'draft-phone')
    await ben.setViewportSize({ width: 1440, height: 900 })
    await ben.getByRole('link', { name: 'Inbox', exact: true }).click()
    await row(ben, /First question/).click()
    await ben.getByRole('button', { name: 'Continue writing' }).click()
    await field(ben, 'Text').waitFor()
  })

  it('hide the details for more space, also after a reload, and download a conversation', async () => {
    const details = olga.getByRole('complementary', { name: 'Details' })
    const width = () => olga.getByRole('region', { name: 'Conversation', exact: true }).boundingBox().then((box) => box!.width) // prettier-ignore
    await details.waitFor()
    const before = await width()
    await olga.getByRole('button', { name: 'Hide details' }).click()
    await details.waitFor({ state: 'detached' })
    expect((await width()) - before).toBeGreaterThan(250)
    await look(olga, 'details-hidden')
    await olga.reload()
    await olga.getByRole('button', { name: 'Show details' }).waitFor()
    expect(await details.count()).toBe(0)
    await olga.keyboard.press('d')
    await details.waitFor()

    await olga.getByRole('button', { name: 'More conversation actions' }).click()
    const download = olga.waitForEvent('download')
    await olga.getByRole('menuitem', { name: 'Download as .eml files (ZIP)' }).click()
    expect((await download).suggestedFilename()).toBe('First question.zip')
  })

  it('see a legal hold with its reason at once, which only an admin places, and removes with an undo', () =>
    placeAndRemoveHold({ admin: olga, agent: ben }))

  it('write a note about the customer, and lose no text to a slow save or to each other', async () => {
    const note = (page: Page) => page.getByRole('textbox', { name: 'Note about the customer' })
    const save = (page: Page) => page.getByRole('button', { name: 'Save note' })
    const late = Promise.withResolvers<undefined>()
    await olga.route('**/customer/note', (route) => late.promise.then(() => route.fallback()), { times: 1 })
    await note(ben).fill('Asks for Olga')
    await note(olga).fill('Prefers calls')
    await save(olga).click()
    await note(olga).fill('Prefers calls at noon')
    const saved = olga.waitForResponse('**/customer/note')
    late.resolve(undefined)
    await saved
    await save(olga).and(olga.locator(':enabled')).click()
    await save(olga).waitFor({ state: 'detached' })
    expect(await note(olga).inputValue()).toBe('Prefers calls at noon')

    await note(olga).fill('Also by')
    await row(olga, /Second question/).click()
    await olga.getByRole('heading', { name: 'Second question', level: 2 }).waitFor()
    await row(olga, /First question/).click()
    await expect.poll(() => note(olga).inputValue()).toBe('Also by')
    await olga.getByRole('button', { name: 'Cancel', exact: true }).click()

    await save(ben).click()
    await ben.getByRole('region', { name: 'Current note' }).getByText('Prefers calls at noon').waitFor()
    expect(await note(ben).inputValue()).toBe('Asks for Olga')
    await look(ben, 'note-changed')
    await note(ben).fill('Asks for Olga. Prefers calls at noon')
    await save(ben).press('Enter')
    await save(ben).waitFor({ state: 'detached' })
    expect(await note(ben).and(ben.locator(':focus')).count()).toBe(1)
    await expect.poll(() => note(olga).inputValue()).toBe('Asks for Olga. Prefers calls at noon')
  })

  it('are asked once before a second reply is sent', async () => {
    await olga.getByRole('button', { name: 'Reply', exact: true }).click()
    await field(olga, 'Text').fill('It takes two days.')
    await composer(olga).getByRole('button', { name: 'Send' }).click()
    await composer(olga).waitFor({ state: 'detached' })
    const question = ben.getByRole('dialog', { name: 'Send a second reply?' })
    const conversation = /\/v1\/conversations\/[0-9a-f-]+$/
    await ben.route(conversation, (route) => route.abort())
    await composer(ben).getByRole('button', { name: 'Send' }).click()
    await question.getByText(/^Another reply was sent/).waitFor()
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'detached' })
    await ben.unroute(conversation)
    await composer(ben).getByRole('button', { name: 'Send' }).click()
    await question.getByText(/^Olga replied/).waitFor()
    await look(ben, 'second-answer')
    expect(await submissions()).toHaveLength(1)
    await question.getByRole('button', { name: 'Cancel' }).click()
    expect(await field(ben, 'Text').innerText()).toBe('About two days.')
    await composer(ben).getByRole('button', { name: 'Send' }).click()
    await composer(ben).waitFor({ state: 'detached' })
    expect(await ben.getByRole('dialog').count()).toBe(0)
    expect(await submissions()).toHaveLength(2)
    await row(ben, /First question.*You: About two days\./).waitFor()
    await row(olga, /First question.*Ben: About two days\./).waitFor()
    await look(olga, 'rows')
  })

  it('close only the conversation they assigned, and undo it', async () => {
    // The members arrive late, after the dialog has focused its close button. Enter still assigns.
    const late = Promise.withResolvers<undefined>()
    const members = '**/v1/email-accounts/*/members'
    await ben.route(members, async (route) => late.promise.then(() => route.fallback()))
    await ben.goto(`${postkey.address}/inbox?view=unassigned`)
    await row(ben, /Second question/).waitFor()
    await row(ben, /Second question/).focus()
    await ben.keyboard.press('i')
    const dialog = ben.getByRole('dialog', { name: 'Assign' })
    await dialog.getByRole('button', { name: 'Close' }).and(ben.locator(':focus')).waitFor()
    late.resolve(undefined)
    await dialog.getByRole('button', { name: 'Me (Ben Okafor)' }).waitFor()
    await ben.unroute(members)
    await ben.keyboard.press('Enter')
    await ben.getByRole('dialog').waitFor({ state: 'detached' })
    await row(ben, /Second question.*Assigned to Ben Okafor/).waitFor()
    await expect.poll(() => focused(ben)).toContain('Second question')
    await ben.keyboard.press('e')
    await notice(ben, 'Closed: Second question').waitFor()
    expect(await statuses()).toEqual({
      'First question': 'open',
      'Second question': 'closed',
      'Third question': 'open',
    })
    expect(await focused(ben)).toContain('Second question')
    // One picture only: the notice disappears after some seconds.
    await ben.screenshot({ path: join(import.meta.dirname, 'screenshots', 'collaboration-closed.png') })

    await ben.keyboard.press('z')
    await notice(ben, 'Closed: Second question').waitFor({ state: 'detached' })
    await expect.poll(statuses).toMatchObject({ 'Second question': 'open' })

    // Messages of the same second have no fixed order, so the next row is read from the list.
    const focusedLink = () => ben.locator(':focus').getAttribute('href')
    const links = await Promise.all((await row(ben, /./).all()).map((each) => each.getAttribute('href')))
    const next = links[links.indexOf(await focusedLink()) + 1]
    expect(next).toBeDefined()
    await ben.keyboard.press('j')
    await expect.poll(focusedLink).toBe(next)
    await row(ben, /Second question/).waitFor({ state: 'detached' })
  })

  it('keep the cursor on a conversation that a colleague closed', async () => {
    await ben.goto(`${postkey.address}/inbox`)
    await row(ben, /Second question/).focus()
    const second = (await found()).find(({ subject }) => subject === 'Second question')!
    await client.call('POST', `/v1/conversations/${second.id}/close`)

    await row(ben, /Second question.*Closed/).waitFor()
    expect(await focused(ben)).toContain('Second question')
    await ben.keyboard.press('e')
    await expect.poll(statuses).toMatchObject({ 'Second question': 'open', 'Third question': 'open' })
  })

  it('leave no empty draft, also after a reload', async () => {
    await ben.keyboard.press('c')
    await field(ben, 'To').waitFor()
    expect((await drafts()).drafts).toEqual([])
    await ben.reload()
    await expect.poll(() => ben.url()).not.toContain('draft=')
    await row(ben, /Third question/).waitFor()
    expect(await composer(ben).count()).toBe(0)
    await ben.keyboard.press('c')
    await field(ben, 'Subject').fill('Offer')
    await composer(ben).getByText('Saved', { exact: true }).waitFor()
    await ben.getByRole('button', { name: 'More draft actions' }).click()
    await ben.getByRole('menuitem', { name: 'Discard draft' }).click()
    await composer(ben).waitFor({ state: 'detached' })
  })

  it('label a forward as such, also after a reload', async () => {
    await row(ben, /Third question/).click()
    await ben.getByRole('button', { name: 'Forward', exact: true }).click()
    await ben.getByRole('heading', { name: 'Forward', level: 3 }).waitFor()
    await field(ben, 'Text').fill('For you.')
    await composer(ben).getByText('Saved', { exact: true }).waitFor()
    await ben.reload()
    await ben.getByRole('heading', { name: 'Forward', level: 3 }).waitFor()
  })

  it('find recipients among participants and earlier mail, by keyboard and mouse', async () => {
    const requests: string[] = []
    const noteRequest = (request: { url: () => string }) => {
      if (request.url().includes('/v1/recipients')) requests.push(request.url())
    }
    ben.on('request', noteRequest)
    const to = field(ben, 'To')
    const list = ben.getByRole('listbox', { name: 'Suggested recipients' })
    const known = list.getByRole('option', { name: 'kim@customer.example' })
    const remove = () =>
      composer(ben)
        .getByRole('button', { name: /^Remove Kim/ })
        .click()

    // Without input: the participants, without a request.
    await to.press('ArrowDown')
    await known.waitFor()
    expect(requests).toEqual([])
    // Enter and Tab choose the marked option: there is none before something is typed.
    expect(await to.getAttribute('aria-activedescendant')).toBeNull()
    await to.press('Enter')
    expect(
      await composer(ben)
        .getByRole('button', { name: /^Remove Kim/ })
        .count(),
    ).toBe(0)
    const answered = ben.waitForResponse(/\/v1\/recipients/)
    await to.fill('ki')
    await known.waitFor()
    await (await answered).finished()
    expect(requests).toHaveLength(1)
    // The answer for the beginning has it too.
    await to.fill('kim cus')
    await look(ben, 'suggestions')
    expect(requests).toHaveLength(1)
    ben.off('request', noteRequest)
    // Esc closes only the list.
    await to.press('Escape')
    await list.waitFor({ state: 'detached' })
    await to.press('ArrowDown')
    await known.and(ben.locator('[aria-selected=true]')).waitFor()
    await to.press('Enter')
    await remove()

    await to.fill('customer')
    await known.click()
    await remove()
    expect(await to.and(ben.locator(':focus')).count()).toBe(1)
    await to.fill('kim')
    await known.waitFor()
    await to.press('Tab')
    expect(await to.and(ben.locator(':focus')).count()).toBe(1)
    await remove()
  })

  it('see no focus frame around the pane after sending', async () => {
    await field(ben, 'To').fill('lee@customer.example')
    await ben.keyboard.press('Control+Enter')
    await composer(ben).waitFor({ state: 'detached' })
    await notice(ben, 'Sending to lee@customer.example').waitFor()
    const outline = 'getComputedStyle(document.activeElement).outlineStyle'
    await expect.poll(() => ben.evaluate<string>('document.activeElement.ariaLabel')).toBe('Messages and notes')
    expect(await ben.evaluate<string>(outline)).toBe('none')
    await look(ben, 'after-sending')
    // The Tab key shows the frame, inside the pane.
    await ben.keyboard.press('Tab')
    await ben.keyboard.press('Shift+Tab')
    expect(await ben.evaluate<string>('document.activeElement.ariaLabel')).toBe('Messages and notes')
    expect(await ben.evaluate<string>(`${outline} + getComputedStyle(document.activeElement).outlineOffset`)).toBe(
      'solid-2px',
    )
  })

  it('read plain text on a dark page in dark mode', async () => {
    await ben.emulateMedia({ colorScheme: 'dark' })
    const colors = `(() => {
      const frame = document.querySelector('iframe[title^="Text of the message"]')
      const root = frame.contentDocument.documentElement
      const inside = frame.contentWindow.getComputedStyle(root)
      return { text: inside.color, behind: inside.backgroundColor, paper: getComputedStyle(frame.parentElement).backgroundColor }
    })()`
    const shown = () => ben.evaluate<{ text: string; behind: string; paper: string }>(colors)
    const clear = 'rgba(0, 0, 0, 0)'
    await expect.poll(shown).toEqual({ text: 'rgb(211, 214, 217)', behind: clear, paper: clear })
    await ben.emulateMedia({ colorScheme: 'light' })
    await expect.poll(async () => (await shown()).text).toBe('rgb(27, 29, 31)')
  })

  it('mention a colleague in a note, who finds it under Mentions and follows the conversation', async () => {
    const mentions = ben.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Mentions/ })
    await row(olga, /Second question/).click()
    await olga.getByRole('heading', { name: 'Second question', level: 2 }).waitFor()
    await olga.keyboard.press('n')
    const note = olga.getByRole('textbox', { name: 'Note', exact: true })
    await note.waitFor()
    await note.pressSequentially('Look, @oka')
    await olga.getByRole('option', { name: 'Ben Okafor', selected: true }).waitFor()
    await look(olga, 'mention')
    await olga.keyboard.press('Enter')
    expect(await note.inputValue()).toBe('Look, @Ben Okafor ')
    const first = (await found()).find(({ subject }) => subject === 'First question')!
    await note.pressSequentially(`like ${postkey.address}/inbox/${first.id}.`)
    await olga.keyboard.press('Control+Enter')
    await note.waitFor({ state: 'detached' })

    await expect.poll(() => mentions.textContent()).toBe('Mentions1')
    await mentions.click()
    await row(ben, /Second question/).click()
    const written = ben.getByRole('article', { name: /^Note by/ })
    await written.getByText('@Ben Okafor', { exact: true }).waitFor()
    await look(ben, 'mentioned')
    await expect.poll(() => mentions.textContent()).toBe('Mentions')

    const details = ben.getByRole('complementary', { name: 'Details' })
    await details.getByRole('button', { name: 'Unfollow' }).click()
    await details.getByRole('button', { name: 'Follow', exact: true }).click()
    await details.getByRole('button', { name: 'Unfollow' }).waitFor()
    await written.getByRole('link').click()
    await ben.getByRole('heading', { name: 'First question', level: 2 }).waitFor()

    // In the frame of a message too.
    const html: object = { html: `<p>As in <a href="${postkey.address}/inbox/${first.id}">the first one</a>.</p>` }
    await kim.write({ subject: 'A link', text: 'As in the first one.', ...html })
    await ben.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Inbox', exact: true }).click()
    await row(ben, /A link/).click()
    await ben.getByRole('heading', { name: 'A link', level: 2 }).waitFor()
    await ben.frameLocator('iframe[title^="Text of the message"]').getByRole('link').click()
    await ben.getByRole('heading', { name: 'First question', level: 2 }).waitFor()
    expect(ben.context().pages()).toHaveLength(1)
  })

  it('see that they are offline, instead of skeletons below a green badge', async () => {
    await ben.context().setOffline(true)
    await ben.getByRole('status').filter({ hasText: 'Offline' }).waitFor()
    expect(await ben.getByText('All mailboxes work').count()).toBe(0)
    // Not opened before, so that nothing of it is kept.
    await row(ben, /Error when I log in/).click()
    await ben.getByRole('alert').filter({ hasText: 'Can’t reach Postkey' }).waitFor()
    await look(ben, 'offline')

    await ben.context().setOffline(false)
    await ben.getByRole('button', { name: 'Reply', exact: true }).waitFor()
    await ben.getByText('All mailboxes work').waitFor()
  })

  it('are asked once for the mailbox of a message, and not when the view determines it', async () => {
    const { grants } = await client.call<{ grants: { id: string }[] }>('GET', '/v1/grants')
    const own = { address: 'anna@contoso.example', kind: 'user', grantId: grants[0]!.id }
    await client.call('POST', '/v1/email-accounts', { ...own, name: 'Anna', key: 'ANNA', contact: AGENT.email })
    await olga.goto(`${postkey.address}/inbox`)
    await accountLink(olga, 'Anna').waitFor()

    await olga.keyboard.press('c')
    const choice = olga.getByRole('dialog', { name: 'From which mailbox?' })
    await choice.getByRole('button', { name: /Contoso Support/ }).waitFor()
    await look(olga, 'from-which-mailbox')
    await choice.getByRole('button', { name: /Contoso Support/ }).click()
    const from = composer(olga).getByRole('combobox', { name: 'From' })
    expect(await from.locator('option:checked').textContent()).toContain(SHARED)
    await olga.keyboard.press('Escape')
    await composer(olga).waitFor({ state: 'detached' })

    await olga.getByRole('button', { name: 'New message' }).click()
    expect(await from.locator('option:checked').textContent()).toContain(SHARED)
    await olga.keyboard.press('Escape')
    await accountLink(olga, 'Anna').click()
    await olga.getByRole('button', { name: 'New message' }).click()
    await expect.poll(() => from.locator('option:checked').textContent()).toContain('anna@contoso.example')
    expect(complaints).toEqual([])
  })

  const row = (page: Page, name: RegExp) =>
    page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name })
  const accountLink = (page: Page, name: string) =>
    page.getByRole('group', { name: 'Mailboxes' }).getByRole('link', { name })
  const present = (page: Page) => page.getByRole('status', { name: 'Others in this conversation' })
  const composer = (page: Page) => page.getByRole('region', { name: /^(Reply|Reply all|Forward|New message)$/ })
  const field = (page: Page, name: string) =>
    composer(page).getByRole(name === 'To' ? 'combobox' : 'textbox', { name, exact: true })
  const notice = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text })
  const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent')
  const drafts = async () => (await ben.request.get(`${postkey.address}/v1/drafts`)).json() as Promise<Drafts>

  async function found() {
    return (await client.call<Found>('GET', '/v1/conversations?view=all&search=question')).conversations
  }

  async function statuses() {
    return Object.fromEntries((await found()).map(({ subject, status }) => [subject, status]))
  }

  /** Submissions of the first conversation, with or without a known copy. */
  async function submissions() {
    const first = (await found()).find(({ subject }) => subject === 'First question')!
    type View = { submissions: { state: string }[]; messages: { direction: string }[] }
    const view = await client.call<View>('GET', `/v1/conversations/${first.id}`)
    return [...view.submissions, ...view.messages.filter(({ direction }) => direction === 'out')]
  }

  async function look(page: Page, name: string): Promise<void> {
    expect(await screenComplaints(page, `collaboration-${name}`, { fullPage: false })).toEqual([])
  }
})
