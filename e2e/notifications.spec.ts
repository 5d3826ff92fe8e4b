import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityComplaints, openBrowser, screenComplaints } from './browser.ts'
import { AGENT, connectedSupport, joinAsAgent, openSignedIn } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { SHARED, type Connected } from '../proofs/walk/connect-support.ts'
import type { Customer } from '../proofs/walk/outside-customer.ts'
import { createPolledCustomer } from './customer.ts'
import type { PostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

/** Records the notifications of the browser, and lets a test move the focus, which Playwright gives to every page. */
const RECORDER = `
  window.shownByBrowser = []
  window.Notification = class extends window.Notification {
    constructor(title, options) {
      super(title, options)
      window.shownByBrowser.push({ title, body: options.body, click: () => this.onclick() })
    }
  }
  window.hasTestFocus = true
  document.hasFocus = () => window.hasTestFocus
`

describe('an agent with notifications', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let connected: Connected
  let client: PostkeyClient
  let kim: Customer
  let context: BrowserContext
  let ben: Page
  let benId: string
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await openBrowser()
    postkey = await startOnSharedPostgres({ record: 'bodies', logLevel: 'info' })
    connected = await connectedSupport(postkey)
    ;({ client } = connected)
    kim = createPolledCustomer(postkey, { name: 'Kim', address: 'kim@customer.example', to: SHARED })
    await joinAsAgent(browser, connected)
    const { people } = await client.call<{ people: { id: string; email: string }[] }>('GET', '/v1/people')
    benId = people.find((person) => person.email === AGENT.email)!.id

    ben = await openSignedIn(browser, postkey, AGENT)
    context = ben.context()
    await context.addInitScript(RECORDER)
    ben.on('pageerror', ({ message }) => complaints.push(message))
    await ben.goto(`${postkey.address}/inbox`)
    await bell(0).waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('sees an empty list at first', async () => {
    await bell(0).click()
    await ben.getByText('No notifications').waitFor()
    await lookAtPopover('empty')
    await ben.keyboard.press('Escape')
    await ben.getByText('No notifications').waitFor({ state: 'detached' })
  })

  it('sees new mail and an assignment at the bell, and opens the conversation by keyboard', async () => {
    await kim.write({ subject: 'Lost parcel', text: 'Where is it?' })
    await bell(1).waitFor()
    const { conversations } = await client.call<{ conversations: { id: string }[] }>(
      'GET',
      '/v1/conversations?view=all&search=parcel',
    )
    await client.call('PUT', `/v1/conversations/${conversations[0]!.id}/assignee`, { assigneeId: benId })
    await bell(2).waitFor()
    await bell(2).click()
    const assigned = entry(/assigned this to you/)
    await assigned.getByText('Lost parcel').waitFor()
    await entry(/New from Kim/).waitFor()
    await lookAtPopover('list')

    await assigned.focus()
    await ben.keyboard.press('Enter')
    await ben.getByRole('heading', { name: 'Lost parcel', level: 2 }).waitFor()
    await bell(0).waitFor()
  })

  it('sees no unread notification of the conversation that is open', async () => {
    const assign = (assigneeId: string | null) =>
      client.call('PUT', `/v1/conversations/${ben.url().split('/').at(-1)!.split('?')[0]!}/assignee`, { assigneeId })
    await assign(null)
    await assign(benId)
    await expect.poll(async () => (await notifications()).notifications.length).toBe(3)
    await expect.poll(async () => (await notifications()).unread).toBe(0)
    await ben.goto(`${postkey.address}/inbox`)
    await kim.write({ subject: 'Second parcel', text: 'Where is it?' })
    await bell(1).waitFor()
  })

  it('marks all as read and takes it back', async () => {
    await ben.goto(`${postkey.address}/notifications`)
    const unread = () => ben.locator('[data-unread]').count()
    await expect.poll(unread).toBeGreaterThan(0)
    const before = await unread()
    await ben.getByRole('button', { name: 'Mark all as read' }).click()
    await bell(0).waitFor()
    await ben.getByRole('button', { name: 'Undo' }).click()
    await bell(before).waitFor()
    await look('page')
    await ben.getByRole('button', { name: 'Mark all as read' }).click()
    await bell(0).waitFor()
  })

  it('chooses kinds, quiet hours and a digest, which stay after a reload', async () => {
    await ben.goto(`${postkey.address}/notifications/settings`)
    const mentioned = ben.getByRole('checkbox', { name: 'Mentioned' })
    const saved = ben.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.ok())
    await mentioned.uncheck()
    await saved
    await ben.getByRole('switch', { name: 'Use quiet hours' }).click()
    await ben.getByLabel(/^From/).fill('22:00')
    await ben.getByLabel('Email digest').selectOption({ label: 'Every hour' })
    await ben.getByRole('button', { name: 'Save settings' }).click()
    await ben.getByText('Notification settings saved').waitFor()
    await look('settings')

    await ben.reload()
    expect(await mentioned.isChecked()).toBe(false)
    expect(await ben.getByLabel(/^From/).inputValue()).toBe('22:00')
    expect(await ben.getByLabel('Email digest').locator('option:checked').textContent()).toBe('Every hour')
    await ben.getByRole('switch', { name: 'Use quiet hours' }).click()
    await ben.getByRole('button', { name: 'Save settings' }).click()
    await ben.getByText('Notification settings saved').waitFor()
  })

  it('is asked for the permission of the browser only after a click', async () => {
    const asked = () => ben.evaluate<number>('window.askedForPermission ?? 0')
    await ben.evaluate(
      `{ const ask = Notification.requestPermission.bind(Notification)
        Notification.requestPermission = () => { window.askedForPermission = 1; return ask() } }`,
    )
    await context.grantPermissions(['notifications'], { origin: postkey.address })
    expect(await asked()).toBe(0)
    await ben.getByRole('switch', { name: 'Show browser notifications' }).click()
    await expect.poll(asked).toBe(1)
    await expect.poll(() => ben.getByRole('switch', { name: 'Show browser notifications' }).isChecked()).toBe(true)
  })

  it('gets one notification of the browser with two open tabs, and none while a tab has the focus', async () => {
    await ben.goto(`${postkey.address}/inbox`)
    const tab = await context.newPage()
    await tab.goto(`${postkey.address}/notifications`)
    const shown = async () =>
      (
        await Promise.all(
          [ben, tab].map((page) => page.evaluate<{ body: string }[]>('shownByBrowser.map(({ body }) => ({ body }))')),
        )
      )
        .flat()
        .map(({ body }) => body)
    const focus = async (isFocused: boolean) => {
      for (const page of [ben, tab]) {
        await page.evaluate(
          `{ hasTestFocus = ${isFocused}; window.dispatchEvent(new Event('${isFocused ? 'focus' : 'blur'}')) }`,
        )
      }
      const held = `navigator.locks.query().then(({ held }) => held.some(({ name }) => name === 'postkey-focused'))`
      await expect.poll(() => ben.evaluate<boolean>(held)).toBe(isFocused)
    }
    await focus(true)
    await kim.write({ subject: 'While focused', text: 'Hello?' })
    await tab.getByText('While focused').waitFor()
    await focus(false)
    await kim.write({ subject: 'While away', text: 'Hello?' })
    await expect.poll(shown).toEqual(['While away'])
    await kim.write({ subject: 'Still away', text: 'Hello?' })
    await expect.poll(shown).toHaveLength(2)
    expect((await shown()).sort()).toEqual(['Still away', 'While away'])

    // Either tab may have shown it.
    const away = "shownByBrowser.find(({ body }) => body === 'While away')"
    const showing = (await ben.evaluate<boolean>(`${away} !== undefined`)) ? ben : tab
    await showing.evaluate(`${away}.click()`)
    await showing.getByRole('heading', { name: 'While away', level: 2 }).waitFor()
    await tab.close()
    expect(complaints).toEqual([])
  })

  it('gets a digest at an outside address, which causes no other digest', async () => {
    const lena = { name: 'Lena', email: 'lena@partner.example', password: 'seven lamps in a hallway' }
    const { controlPanel } = postkey.sandbox
    const outside = createPolledCustomer(postkey, { name: lena.name, address: lena.email, to: SHARED })
    await joinAsAgent(browser, connected, lena)
    const { request } = await openSignedIn(browser, postkey, lena)
    const saved = await request.put(`${postkey.address}/v1/notifications/preferences`, {
      headers: { origin: postkey.address },
      data: { timeZone: 'UTC', digest: { interval: 'quarter-hourly', emailAccountId: connected.accountId } },
    })
    expect(saved.status(), await saved.text()).toBe(200)
    const digestAfter = async (subject: string) => {
      await kim.write({ subject, text: 'Hello?' })
      const listed = async () => (await request.get(`${postkey.address}/v1/notifications`)).text()
      await expect.poll(listed).toContain(subject)
      await fetch(`${controlPanel}/api/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ byMs: 16 * 60_000 }),
      })
      return outside.read()
    }
    const first = await digestAfter('Broken cup')
    expect(first.subject).toBe('Postkey: 1 unread notification')
    expect(first.text).toContain('New from Kim: Broken cup')
    expect(first.text).toMatch(new RegExp(`${postkey.address}/inbox/[0-9a-f-]{36}`))

    // Neither the first digest nor its copy in Sent is an entry of the second one.
    const second = await digestAfter('Broken plate')
    expect(second.subject).toBe('Postkey: 1 unread notification')
    expect(second.text).toContain('New from Kim: Broken plate')
    expect(await outside.unread()).toBe(0)
  })

  const bell = (unread: number) =>
    ben.getByRole('button', { name: unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`, exact: true })
  const entry = (name: RegExp) => ben.getByRole('list', { name: 'Notifications' }).getByRole('link', { name })

  async function notifications() {
    const answer = await ben.request.get(`${postkey.address}/v1/notifications`)
    return (await answer.json()) as { notifications: object[]; unread: number }
  }

  /** Without a phone, on which the bell opens a page. */
  async function lookAtPopover(name: string): Promise<void> {
    for (const colorScheme of ['dark', 'light'] as const) {
      await ben.emulateMedia({ colorScheme })
      complaints.push(...(await accessibilityComplaints(ben)))
      await ben.screenshot({
        path: join(import.meta.dirname, 'screenshots', `notifications-${name}-${colorScheme}.png`),
      })
    }
  }

  async function look(name: string): Promise<void> {
    complaints.push(...(await screenComplaints(ben, `notifications-${name}`, { fullPage: false })))
  }
})
