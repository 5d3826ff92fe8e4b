import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { screenComplaints } from './browser.ts'
import { startInbox, type InboxStage } from './inbox-stage.ts'
import type { PostkeyClient } from '../proofs/walk/postkey-client.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const SUBJECTS = ['Cold kettle', 'Loose handle']

interface Found {
  conversations: { id: string; subject: string; status: string; assigneeId?: string; needsReply: boolean }[]
}

/** An agent who finishes conversations by answering them, and sends one answer later. */
describe('ways to send in a browser', () => {
  let stage: InboxStage
  let client: PostkeyClient
  let page: Page
  let row: InboxStage['row']

  beforeAll(async () => {
    stage = await startInbox(SUBJECTS)
    ;({ client, page, row } = stage)
  }, 120_000)

  afterAll(() => stage.stop())

  it('send and close, and undo both by z', async () => {
    const before = await needing()
    await expect.poll(() => count('Needs reply')).toBe(String(before))
    await expect.poll(() => page.title()).toMatch(`(${before}) `)
    await row('Cold kettle').click()
    await reply()
    await text().fill('Switch it on.')
    await page.keyboard.press('Control+Shift+Enter')
    await composer().waitFor({ state: 'detached' })
    await expect.poll(() => found('Cold kettle')).toMatchObject({ status: 'closed', needsReply: false })
    expect((await found('Cold kettle')).assigneeId).toBeDefined()
    await expect.poll(() => count('Needs reply')).toBe(String(before - 1))
    await expect.poll(() => page.title()).toMatch(`(${before - 1}) `)

    await page.keyboard.press('z')
    await text().waitFor()
    await expect.poll(() => found('Cold kettle')).toMatchObject({ status: 'open', needsReply: true })
    expect((await found('Cold kettle')).assigneeId).toBeUndefined()
    await expect.poll(() => count('Needs reply')).toBe(String(before))
  })

  it('send and wait, from the menu', async () => {
    await composer().getByRole('button', { name: 'Delivery options' }).click()
    await page.getByRole('menuitem', { name: 'Send later…' }).click()
    await page.getByRole('dialog', { name: 'Send later' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Send later' }).waitFor({ state: 'detached' })
    expect(await text().textContent()).toBe('Switch it on.')

    await composer().getByRole('button', { name: 'Delivery options' }).click()
    await page.getByRole('menuitem', { name: 'Send and wait for customer' }).waitFor()
    await look('send-menu')
    await page.getByRole('menuitem', { name: 'Send and wait for customer' }).click()
    await composer().waitFor({ state: 'detached' })
    await expect.poll(() => found('Cold kettle')).toMatchObject({ status: 'waiting' })
    expect((await stage.kim.read()).text).toContain('Switch it on.')

    await view('Sent').click()
    await row(/Cold kettle.*Waiting/).waitFor()
    expect(await row('Loose handle').count()).toBe(0)
    await look('sent')
  })

  it('send later: visible, cancelable, and sent at its time', async () => {
    await view('Inbox').click()
    await row('Loose handle').click()
    await reply()
    await text().fill('We call you on Monday.')
    await later()
    await page.getByRole('alert').filter({ hasText: 'Scheduled for' }).waitFor()
    await page.getByText(/^scheduled for /).waitFor()

    await view('Scheduled').click()
    await page.getByText('Times in UTC').waitFor()
    await look('scheduled')
    await page.getByRole('button', { name: 'Cancel and edit' }).click()
    expect(await text().textContent()).toContain('We call you on Monday.')
    expect(await stage.kim.unread()).toBe(0)

    await later()
    await expect.poll(() => count('Scheduled')).toBe('1')
    await fetch(`${stage.postkey.sandbox.controlPanel}/api/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ byMs: 9 * DAY_MS }),
    })
    expect((await stage.kim.read()).text).toContain('We call you on Monday.')
    await expect.poll(() => count('Scheduled')).toBeUndefined()
    expect(await stage.kim.unread()).toBe(0)
    expect(stage.complaints).toEqual([])
  })

  it('goes on to the next conversation or back to the list after an action, if chosen', async () => {
    await view('All').click()
    const links = row(/./)
    await expect.poll(() => links.nth(0).textContent()).toContain('Loose handle')
    expect(await links.nth(1).textContent()).toContain('Cold kettle')
    const second = await links.nth(1).getAttribute('href')
    await choose('Next conversation')
    await row('Loose handle').click()
    await opened('Loose handle')
    await page.keyboard.press('w')
    await opened('Cold kettle')
    await expect.poll(() => page.locator(':focus').getAttribute('href')).toBe(second)

    await choose('Back to the list')
    await page.keyboard.press('e')
    await expect.poll(() => new URL(page.url()).pathname).toBe('/inbox')
    expect(stage.complaints).toEqual([])
  })

  it('or discard: also without a network, undone by z, and one draft after the other', async () => {
    await view('All').click()
    await row('Loose handle').click()
    await reply()
    await page.context().setOffline(true)
    await text().fill('Written in a tunnel.')
    // The sentence moves the buttons under the mouse.
    await composer()
      .getByText(/^Not saved: /)
      .waitFor()
    await composer().getByRole('button', { name: 'More draft actions' }).press('Enter')
    await page.getByRole('menuitem', { name: 'Discard draft' }).press('Enter')
    await page.getByRole('alert').filter({ hasText: 'Draft discarded' }).waitFor()
    expect(await composer().count()).toBe(0)
    await page.keyboard.press('z')
    await expect.poll(() => text().textContent()).toContain('Written in a tunnel.')
    await page.context().setOffline(false)

    await view('Drafts').click()
    const drafts = page.getByRole('list', { name: 'Drafts' }).getByRole('link')
    await drafts.filter({ hasText: 'Written in a tunnel.' }).waitFor()
    await view('All').click()
    await row('Cold kettle').click()
    await reply()
    await text().fill('Written above.')
    await view('Drafts').click()
    await drafts.nth(1).waitFor()
    const discard = page.getByRole('button', { name: /^Discard draft: / })
    await discard.first().press('Enter')
    await page.locator('a:focus', { hasText: 'Written in a tunnel.' }).waitFor()
    await discard.press('Enter')
    await page.locator('section:focus', { hasText: 'No drafts' }).waitFor()
    expect(stage.complaints).toEqual([])
  })

  /** Sets the personal setting. */
  async function choose(setting: string): Promise<void> {
    await page.getByRole('button', { name: /^Signed in as/ }).click()
    await page.getByRole('menuitemradio', { name: setting }).click()
    await page.keyboard.press('Escape')
  }

  const view = (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true })
  const composer = () => page.getByRole('region', { name: /^Reply$/ })
  const text = () => composer().getByRole('textbox', { name: 'Text', exact: true })

  const opened = (subject: string) => page.getByRole('heading', { name: subject, level: 2 }).waitFor()

  async function reply(): Promise<void> {
    await page.getByRole('button', { name: 'Reply', exact: true }).last().click()
    await text().waitFor()
  }

  async function later(): Promise<void> {
    await composer().getByRole('button', { name: 'Delivery options' }).click()
    await page.getByRole('menuitem', { name: 'Send later…' }).click()
    await page
      .getByRole('dialog', { name: 'Send later' })
      .getByRole('button', { name: /^Next week/ })
      .click()
    await composer().waitFor({ state: 'detached' })
  }

  /** Number beside a view; undefined for none. */
  async function count(name: string): Promise<string | undefined> {
    return (await view(name).getAttribute('aria-description')) ?? undefined
  }

  async function needing(): Promise<number> {
    const { conversations } = await client.call<Found>('GET', '/v1/conversations?view=needs-reply')
    return conversations.length
  }

  async function found(subject: string) {
    const { conversations } = await client.call<Found>('GET', '/v1/conversations?view=all')
    return conversations.find((one) => one.subject === subject)!
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name, { fullPage: false })).toEqual([])
  }
})
