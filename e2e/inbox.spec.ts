import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints, type Look } from './browser.ts'
import { connectedSupport, openSignedIn } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { SHARED, type Connected } from '../proofs/walk/connect-support.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { secretsLeftBy } from '../proofs/walk/traces.ts'

const AGENT = { name: 'Ben Okafor', email: 'ben@contoso.example', password: 'nine kettles on a shelf' }
const KIM = { name: 'Kim Lee', address: 'kim@customer.example' }
const EVE = { name: 'Eve', address: 'eve@evil.example' }

const HOSTILE = `<html><head><meta http-equiv="refresh" content="0;url=https://evil.example/refresh">
<link rel="stylesheet" href="https://evil.example/style.css"><style>@import url(https://evil.example/import.css);
p{background:url(https://evil.example/css.png)}</style><base href="https://evil.example/"></head>
<body onload="parent.document.title='pwned'"><script>parent.document.title='pwned'</script>
<p>Read this.</p><img src="https://evil.example/pixel.png"><img src=x onerror="parent.document.title='pwned'">
<svg onload="parent.document.title='pwned'"><image href="https://evil.example/svg.png"/></svg>
<form action="https://evil.example/form"><input name="a" autofocus onfocus="parent.document.title='pwned'"></form>
<div style="position:fixed;top:0;left:0;width:9999px;height:9999px;background:url(https://evil.example/bg.png)">over</div>
<iframe src="https://evil.example/frame"></iframe><video poster="https://evil.example/poster.png" autoplay></video>
<a href="javascript:parent.document.title='pwned'">act</a> <a href="https://evil.example/link">look</a>
<details open ontoggle="parent.document.title='pwned'">x</details></body></html>`

/** An agent with one mailbox, working by keyboard. */
describe('the inbox in a browser', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let connected: Connected
  let page: Page
  const fetched: string[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await openBrowser()
    postkey = await startOnSharedPostgres({ record: 'bodies', logLevel: 'trace' })
    connected = await connectedSupport(postkey)
    const { client, accountId } = connected
    const { grants } = await client.call<{ grants: { id: string }[] }>('GET', '/v1/grants')
    const mine = { address: 'anna@contoso.example', kind: 'user', grantId: grants[0]!.id }
    const anna = { ...mine, name: 'Anna', key: 'ANNA', contact: AGENT.email }
    const { id } = await client.call<{ id: string }>('POST', '/v1/email-accounts', anna)
    await client.call('PATCH', `/v1/email-accounts/${id}/identities/${id}`, { name: 'Anna Adminson' })
    await write({ from: KIM, to: mine.address, subject: 'Only for Anna', text: 'The kettle of the board.' })

    const { name, email, password } = AGENT
    const invited = { name, email, role: 'agent', emailAccountIds: [accountId] }
    const { url } = await client.call<{ url: string }>('POST', '/v1/invitations', invited)
    page = await openPage(browser)
    page.on('request', (request) => fetched.push(request.url()))
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()))
    await page.goto(url)
    await page
      .getByLabel(/^Password/)
      .first()
      .fill(password)
    await page
      .getByLabel(/^Confirm password/)
      .first()
      .fill(password)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  let question = ''

  it('shows new mail by itself, also to screen readers', async () => {
    await row(/Spare parts/).waitFor()
    const atLoad = await requestsDuring(async () => {
      await page.reload()
      await row(/Spare parts/).waitFor()
      await page.getByText('All mailboxes work').waitFor()
    })
    expect(atLoad.length).toBeLessThan(12)
    expect(atLoad.filter((path) => /members|outbox/.test(path))).toEqual([])
    // The font is one of the server's own files: the test of hostile mail checks all addresses.
    await until('[...document.fonts].some(({ family, status }) => /Inter/.test(family) && status === "loaded")')

    question = await write({ from: KIM, subject: 'The kettle leaks', text: 'It leaks at the bottom.' })
    const atArrival = await requestsDuring(() => row(/The kettle leaks/).waitFor())
    // The row of the new message, and no page again.
    const ofConversations = atArrival.filter((path) => path.startsWith('/v1/conversations'))
    expect(ofConversations.length).toBeGreaterThan(0)
    expect(ofConversations.filter((path) => !path.includes('ids=') && !path.endsWith('/counts'))).toEqual([])
    expect(atArrival.filter((path) => /members|outbox/.test(path))).toEqual([])

    expect(await row(/The kettle leaks/).textContent()).toMatch(/Kim Lee.*Unread.*SUP/)
    await page.getByRole('status').filter({ hasText: '1 new' }).waitFor()
    await look('inbox')
  })

  it('works by keyboard: move, open, assign, note, close', async () => {
    await page.keyboard.press('j')
    expect(await focusedText()).toContain('The kettle leaks')
    await page.keyboard.press('Enter')
    await message('Kim Lee').says('It leaks at the bottom.')
    await expect.poll(() => message('Kim Lee').look<number>('frame.clientHeight')).toBeGreaterThan(15)

    await page.keyboard.press('i')
    await page.getByRole('dialog', { name: 'Assign' }).getByRole('button', { name: 'Me (Ben Okafor)' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Ben Okafor took it.').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.keyboard.press('n')
    await page.keyboard.type('e and r are letters here.')
    await page.keyboard.press('Escape')
    expect(await page.getByLabel('Note', { exact: true }).inputValue()).toBe('e and r are letters here.')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('article', { name: 'Note by Ben Okafor' }).getByText('e and r are letters').waitFor()
    await look('conversation')

    await page.keyboard.press('e')
    await page.getByRole('button', { name: 'Reopen' }).waitFor()
    await row(/The kettle leaks/).waitFor({ state: 'detached' })
  })

  it('lists all shortcuts, and finds a command by its name', async () => {
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await help.getByText('Close or reopen conversation').waitFor()
    expect(await help.getByText('Cloud Providers').count()).toBe(0)
    await look('keys')
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })

    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find a command' }).fill('search')
    await page.getByRole('option', { name: 'Search mail' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await until('document.activeElement.type === "search"')
  })

  it('finds mail, shows the search, and clears it', async () => {
    await page.keyboard.type('kett')
    await page.keyboard.press('Enter')
    await page.getByText('1 result for “kett” in all conversations of all mailboxes.').waitFor()
    expect(await row(/The kettle leaks/).textContent()).toContain('Closed')
    await look('search', ['light'])
    await page.getByRole('link', { name: 'Clear search' }).click()
    await row(/Spare parts/).waitFor()
  })

  it('shows hostile mail as text: nothing runs, nothing is fetched', { timeout: 90_000 }, async () => {
    const quoted = 'Yes, it still does.\n\nBen wrote:\n> Does it leak?'
    await write({
      from: KIM,
      subject: 'Re: The kettle leaks',
      text: quoted,
      inReplyTo: question,
      references: [question],
    })
    await write({ from: EVE, subject: 'Attack', html: HOSTILE })
    await row(/Attack/).click()
    const eve = message('Eve')
    await eve.says('Read this.')
    await page.getByRole('button', { name: 'Show remote images' }).waitFor()

    const active = 'script,form,input,iframe,svg,video,meta[http-equiv],link,[onerror],[ontoggle],[onload]'
    expect(await eve.look(`body.querySelectorAll('${active}').length`)).toBe(0)
    expect(await eve.look('links.map(({ href }) => href)')).toEqual(['', 'https://evil.example/link'])
    expect(await eve.look('links[1].rel')).toContain('noopener noreferrer')
    expect(await eve.look('getComputedStyle(body.querySelector("div")).position')).toBe('static')
    await eve.click('a')
    expect(await page.title()).toMatch(/^(?:\(\d+\) )?Attack · Postkey$/)
    expect(fetched.filter((url) => !url.startsWith(postkey.address) && !url.startsWith('data:'))).toEqual([])
    await look('hostile', ['light'])
  })

  it('reopens a closed conversation on a reply, at the new message, with quotations folded', async () => {
    await row(/The kettle leaks/).click()
    const newest = message('Kim Lee')
    await newest.says('Yes, it still does.')
    await page.getByText('A reply reopened it.').waitFor()

    const quotation = 'body.querySelector("details").open'
    expect(await newest.look(quotation)).toBe(false)
    const folded = await newest.look<number>('frame.clientHeight')
    await newest.click('summary')
    expect(await newest.look(quotation)).toBe(true)
    await until(`[...document.querySelectorAll('iframe')].at(-1).clientHeight > ${folded}`)
    // Keys work wherever the focus is.
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await until('document.querySelectorAll("[data-unread][data-current]").length === 0')
    await look('reopened', ['dark'])
  })

  it('keeps the layout that the agent chose: width of the list, rows, sidebar', async () => {
    const list = page.getByRole('region', { name: 'Conversations', exact: true })
    const width = async () => (await list.boundingBox())?.width
    const rowHeight = async () => (await row(/Spare parts/).boundingBox())?.height
    expect([await width(), await rowHeight()]).toEqual([380, 64])

    await page.getByRole('separator', { name: 'Width of the list' }).focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(width).toBe(400)
    await page.getByRole('button', { name: /^Signed in as/ }).click()
    await page.getByRole('menuitemradio', { name: 'Compact' }).click()
    await expect.poll(rowHeight).toBe(44)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Collapse sidebar' }).click()
    await page.reload()

    await row(/Spare parts/).waitFor()
    expect([await width(), await rowHeight()]).toEqual([400, 44])
    await look('compact')
    await page.getByRole('button', { name: 'Expand sidebar' }).click()
  })

  it('never shows a mailbox without access', async () => {
    const { client } = connected
    type Found = { conversations: { id: string }[] }
    await expect
      .poll(
        async () => (await client.call<Found>('GET', '/v1/conversations?view=all&search=board')).conversations.length,
      )
      .toBe(1)
    const [hidden] = (await client.call<Found>('GET', '/v1/conversations?view=all&search=board')).conversations

    await page.getByRole('link', { name: 'All', exact: true }).click()
    await row(/The kettle leaks/).waitFor()
    expect(await page.getByText('Only for Anna').count()).toBe(0)
    await page.keyboard.press('/')
    await page.keyboard.type('board')
    await page.keyboard.press('Enter')
    await page.getByText('No results for “board”').waitFor()
    await look('nothing-found', ['light'])
    await page.goto(`${postkey.address}/inbox/${hidden!.id}`)
    await page.getByRole('alert').waitFor()
    expect(await page.getByText('Only for Anna').count()).toBe(0)
  })

  it('moves a conversation to another mailbox, out of the list of an agent without access, and undoes it', async () => {
    const { client, accountId } = connected
    await client.call('POST', '/v1/canned-responses', {
      ...{ name: 'Other team', isShared: true },
      text: 'Dear {{customer.first_name|customer}}, {{mailbox.name}} ({{mailbox.address}}) answers you.',
    })
    await write({ from: KIM, subject: 'Wrong team', text: 'Who can pay this?' })
    type View = { conversation: object; submissions: { state: string }[] }
    const stored = async () => {
      const { conversations } = await client.call<{ conversations: { id: string; subject: string }[] }>(
        'GET',
        '/v1/conversations?view=all',
      )
      return client.call<View>(
        'GET',
        `/v1/conversations/${conversations.find(({ subject }) => subject === 'Wrong team')!.id}`,
      )
    }
    await page.goto(`${postkey.address}/inbox`)
    await row(/Wrong team/).waitFor()
    const olga = await openSignedIn(browser, postkey)
    olga.on('pageerror', ({ message }) => complaints.push(message))
    const hers = (name: RegExp) => olga.getByRole('list', { name: 'Conversations' }).getByRole('link', { name })
    await olga.goto(`${postkey.address}/inbox`)
    // With a single mailbox, the key does nothing.
    await olga.getByRole('group', { name: 'Mailboxes' }).getByRole('link', { name: 'Anna' }).waitFor()

    // From the list by its key, with a notice to the customer.
    await hers(/Wrong team/).focus()
    await olga.keyboard.press('v')
    const dialog = olga.getByRole('dialog', { name: 'Move to another mailbox' })
    const target = dialog.getByRole('combobox', { name: 'Mailbox' })
    await expect.poll(() => target.inputValue()).toBe('Anna <anna@contoso.example>')
    const notify = dialog.getByRole('checkbox', { name: 'Notify the customer' })
    const canned = dialog.getByRole('combobox', { name: 'Canned response' })
    const text = dialog.getByRole('textbox', { name: 'Message' })
    await notify.check()
    await canned.click()
    await olga.getByRole('option', { name: 'Other team' }).click()
    // The sender name of the other mailbox, not its name in Postkey.
    const filled = 'Dear Kim, Anna Adminson (anna@contoso.example) answers you.'
    await expect.poll(() => text.inputValue()).toBe(filled)
    await notify.uncheck()
    await notify.check()
    expect([await canned.inputValue(), await text.inputValue()]).toEqual(['', ''])
    await canned.click()
    await olga.getByRole('option', { name: 'Other team' }).click()
    await expect.poll(() => text.inputValue()).toBe(filled)
    // Text is not discarded by Esc.
    await text.press('Escape')
    expect(await text.inputValue()).toBe(filled)
    expect(await screenComplaints(olga, 'inbox-move', { fullPage: false })).toEqual([])
    // A notice that fails stays in the dialog, and a repeated click sends it.
    const failure = Promise.withResolvers<undefined>()
    await olga.route('**/v1/submissions', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback()
      await failure.promise
      return route.abort()
    })
    const act = dialog.getByRole('button', { name: 'Move', exact: true })
    await act.click()
    // Closing during the request would lose the text of a notice that fails.
    for (const name of ['Cancel', 'Close']) {
      await expect.poll(() => dialog.getByRole('button', { name }).isDisabled()).toBe(true)
    }
    failure.resolve(undefined)
    await dialog.getByRole('alert').filter({ hasText: 'it isn’t known if the customer is notified' }).waitFor()
    await olga.getByRole('alert').filter({ hasText: 'Moved to anna@contoso.example: Wrong team' }).waitFor()
    expect(await text.inputValue()).toBe(filled)
    expect(await screenComplaints(olga, 'inbox-move-failed', { fullPage: false })).toEqual([])
    await olga.unroute('**/v1/submissions')
    await act.click()
    await dialog.waitFor({ state: 'detached' })
    await olga.keyboard.press('z')
    await expect.poll(stored).toMatchObject({ conversation: { emailAccountId: accountId } })
    expect((await stored()).submissions.filter(({ state }) => state !== 'canceled')).toEqual([])

    // From the menu of the conversation, which the agent without access has open.
    await row(/Wrong team/).click()
    await page.getByRole('heading', { name: 'Wrong team', level: 2 }).waitFor()
    await page.getByRole('button', { name: 'Reply to Kim Lee' }).click()
    const reply = page.getByRole('region', { name: 'Reply' }).getByRole('textbox', { name: 'Text' })
    await reply.and(page.locator(':focus')).waitFor()
    await page.keyboard.type('Our accounts team can.')
    await hers(/Wrong team/).click()
    const details = olga.getByRole('complementary', { name: 'Details' })
    const movedThere = details.getByText('Anna · ANNA')
    const moveAway = async () => {
      await olga.getByRole('button', { name: 'More conversation actions' }).click()
      await olga.getByRole('menuitem', { name: 'Move to mailbox…' }).click()
      await act.click()
      await dialog.waitFor({ state: 'detached' })
      await movedThere.waitFor()
    }
    // The agent is no longer reported as a viewer.
    const left = page.waitForRequest((request) => request.method() === 'DELETE' && request.url().endsWith('/presence'))
    await moveAway()
    await row(/Wrong team/).waitFor({ state: 'detached' })
    const heading = page.getByRole('heading', { name: 'Wrong team', level: 2 })
    await heading.waitFor({ state: 'detached' })
    await page.getByText('This draft no longer exists').waitFor()
    await left
    // Moved back, the agent continues to write, and the text is saved.
    const id = new URL(olga.url()).pathname.split('/').at(-1)
    await client.call('POST', `/v1/conversations/${id}/move`, { emailAccountId: accountId })
    await movedThere.waitFor({ state: 'detached' })
    await heading.waitFor()
    await page.getByText('Saved', { exact: true }).waitFor()
    await reply.press('End')
    await page.keyboard.type(' They write to you.')
    await page.getByText('Saved', { exact: true }).waitFor()
    await moveAway()
    await heading.waitFor({ state: 'detached' })
    // The text of the agent stays, and can be saved as a new message. The message is gone.
    await page.getByText('This draft no longer exists').waitFor()
    expect(await page.getByTitle('Text of the message from Kim Lee').count()).toBe(0)
    await look('left-while-writing')
    await page.getByRole('button', { name: 'Save as a new draft' }).click()
    const kept = page.getByRole('region', { name: 'New message' }).getByRole('textbox', { name: 'Text' })
    await kept.filter({ hasText: 'Our accounts team can. They write to you.' }).waitFor()
    await page.getByText('Saved', { exact: true }).waitFor()
    await details.getByText('Olga moved it from support@contoso.example to anna@contoso.example.').first().waitFor()
    expect(await screenComplaints(olga, 'inbox-moved', { fullPage: false })).toEqual([])
    await olga.context().close()
  })

  it('violates no policy of its own page', () => {
    // The hidden conversation answers 404, as intended.
    expect(complaints.filter((line) => !line.includes('404'))).toEqual([])
  })

  it('leaves no secret in its logs, responses, output and storage', async () => {
    const { finds, kinds } = await secretsLeftBy(postkey)

    expect(kinds).toEqual(expect.arrayContaining(['access_token', 'code', 'password', 'refresh_token', 'secret']))
    expect(finds).toEqual([])
  })

  const row = (name: RegExp) => page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name })
  /** The page's policy forbids evaluating text inside it, so the test queries it from outside. */
  const until = (expression: string) => expect.poll(() => page.evaluate(expression)).toBe(true)
  const focusedText = () => page.evaluate<string>('document.activeElement.textContent')

  /**
   * The newest message from a sender. Its frame runs no script, not even a driver's, so the test looks in from outside.
   */
  function message(from: string) {
    const inside = (expression: string) => `(() => {
      const frame = [...document.querySelectorAll('iframe[title="Text of the message from ${from}"]')].at(-1)
      const body = frame?.contentDocument?.body
      if (!body) return undefined
      const links = [...body.querySelectorAll('a')]
      return ${expression}
    })()`
    return {
      look: <T = unknown>(expression: string) => page.evaluate<T>(inside(expression)),
      says: (words: string) => until(inside(`body.innerText.includes(${JSON.stringify(words)})`)),
      async click(selector: string) {
        const place = `(() => {
          const [outer, inner] = [frame, body.querySelector('${selector}')].map((each) => each.getBoundingClientRect())
          return { x: outer.x + inner.x + inner.width / 2, y: outer.y + inner.y + inner.height / 2 }
        })()`
        const { x, y } = await page.evaluate<{ x: number; y: number }>(inside(place))
        await page.mouse.click(x, y)
      },
    }
  }

  /** Paths of the API requests that the page sends meanwhile. */
  async function requestsDuring(act: () => Promise<void>): Promise<string[]> {
    const before = fetched.length
    await act()
    return fetched
      .slice(before)
      .map((url) => new URL(url))
      .filter(({ pathname }) => pathname.startsWith('/v1/'))
      .map(({ pathname, search }) => pathname + search)
  }

  async function write(letter: Record<string, unknown>): Promise<string> {
    const answer = await fetch(`${postkey.sandbox.controlPanel}/api/outside/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: SHARED, ...letter }),
    })
    expect(answer.status, await answer.clone().text()).toBeLessThan(300)
    return ((await answer.json()) as { messageId: string }).messageId
  }

  async function look(name: string, schemes?: Look['schemes']): Promise<void> {
    expect(await screenComplaints(page, `inbox-${name}`, { fullPage: false, ...(schemes && { schemes }) })).toEqual([])
  }
})
