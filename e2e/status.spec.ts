import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESKTOP, PHONE, screenComplaints } from './browser.ts'
import { startInbox, type InboxStage } from './inbox-stage.ts'
import type { PostkeyClient } from '../proofs/walk/postkey-client.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const SUBJECTS = ['Broken lid', 'Late parcel', 'Missing screw']

type Found = { conversations: { id: string; subject: string; status: string }[] }

/** An agent who keeps the list short: answered, snoozed and closed conversations leave it. */
describe('the status of conversations in a browser', () => {
  let stage: InboxStage
  let client: PostkeyClient
  let page: Page
  let row: InboxStage['row']

  beforeAll(async () => {
    stage = await startInbox(SUBJECTS)
    ;({ client, page, row } = stage)
  }, 120_000)

  afterAll(() => stage.stop())

  it('snoozes by keyboard from the list, and undoes it by z', async () => {
    await row(/Broken lid.*Needs reply/).focus()
    await page.keyboard.press('b')
    const dialog = page.getByRole('dialog', { name: 'Snooze until' })
    await dialog.getByRole('button', { name: /^Tomorrow/ }).waitFor()
    await look('status-snooze')
    await dialog.getByRole('button', { name: /^Tomorrow/ }).focus()
    await page.keyboard.press('Enter')
    await notice(/^Snoozed until .*: Broken lid/).waitFor()
    await dialog.waitFor({ state: 'detached' })
    expect(await status('Broken lid')).toBe('snoozed')
    expect(await focused()).toContain('Broken lid')

    await page.keyboard.press('z')
    await notice(/Broken lid/).waitFor({ state: 'detached' })
    await expect.poll(() => status('Broken lid')).toBe('open')
  })

  it('snoozes until a chosen time from the conversation, and shows it in its view until then', async () => {
    await row('Broken lid').click()
    await page.getByRole('button', { name: 'Snooze', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Snooze until' })
    const time = dialog.getByLabel('Date and time')
    await time.fill('2020-01-01T09:00')
    await dialog.getByText('Select a time within the next year').waitFor()
    const { now } = (await (await fetch(`${stage.postkey.sandbox.controlPanel}/api/clock`)).json()) as { now: string }
    await time.fill(new Date(Date.parse(now) + DAY_MS).toISOString().slice(0, 16))
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    // Below the entry of the snooze that was undone.
    await page
      .getByText(/snoozed it until/)
      .nth(1)
      .waitFor()

    await view('Snoozed').click()
    await row(/Broken lid.*Snoozed until/).waitFor()
    expect(await row('Late parcel').count()).toBe(0)
    await look('status-snoozed')

    await fetch(`${stage.postkey.sandbox.controlPanel}/api/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ byMs: 2 * DAY_MS }),
    })
    await row('Broken lid').waitFor({ state: 'detached' })
    await view('Inbox').click()
    await row('Broken lid').waitFor()
    expect(await row(/./).first().textContent()).toContain('Broken lid')
  })

  it('waits for the customer, whose answer opens the conversation', async () => {
    await row('Late parcel').focus()
    await page.keyboard.press('w')
    await notice('Waiting: Late parcel').waitFor()
    await page.keyboard.press('j')
    await row('Late parcel').waitFor({ state: 'detached' })
    await view('Waiting').click()
    await row(/Late parcel.*Waiting/).click()
    await page.getByRole('button', { name: 'Stop waiting', pressed: true }).waitFor()
    await look('status-waiting')

    await stage.kim.write({
      subject: 'Re: Late parcel',
      text: 'It came.',
      inReplyTo: `<${await messageIdOf('Late parcel')}>`,
    })
    await page.getByText('A reply reopened it.').waitFor()
    await row('Late parcel').waitFor({ state: 'detached' })
    await view('Needs reply').click()
    await row('Late parcel').waitFor()
  })

  it('marks as spam and deletes by keyboard, and brings back from the views', async () => {
    await view('Inbox').click()
    await row('Missing screw').focus()
    await page.keyboard.press('!')
    await notice('Marked as spam: Missing screw').waitFor()
    // The row below the cursor stays, so that the next key refers to it.
    await row(/Missing screw.*Spam/).waitFor()
    await page.keyboard.press('z')
    await row(/Missing screw.*Spam/).waitFor({ state: 'detached' })
    await row('Missing screw').click()
    await page.getByRole('button', { name: 'More conversation actions' }).click()
    await page.getByRole('menuitem', { name: 'Mark as spam' }).click()
    await page.getByText('This conversation is in Spam.').waitFor()
    await page.getByText('marked it as spam.').first().waitFor()
    await look('status-in-spam')
    // Each of these keys removes the element with the focus.
    await page.getByRole('alert').getByRole('button', { name: 'Not spam' }).press('Enter')
    await page.getByText('This conversation is in Spam.').waitFor({ state: 'detached' })
    await expect.poll(focusedName).toBe('Messages and notes')
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByRole('button', { name: /^(Follow|Unfollow)$/ }).press('d')
    await details.waitFor({ state: 'detached' })
    await expect.poll(focusedName).toBe('Messages and notes')
    for (const key of ['d', '!']) await page.keyboard.press(key)
    await page.getByText('This conversation is in Spam.').waitFor()
    await view(/^Spam/).click()
    await row(/Missing screw.*Spam/).waitFor()
    await look('status-spam')

    await row('Missing screw').focus()
    await page.keyboard.press('#')
    await notice('Deleted: Missing screw').waitFor()
    await row(/Missing screw.*Deleted/).waitFor()
    await view('Deleted').click()
    await row(/Missing screw.*Deleted/).focus()
    // The status can't be seen here, so no key changes it: of the row, and of the selection.
    for (const key of ['e', 'w', 'b', 'x', 'b']) await page.keyboard.press(key)
    await page.setViewportSize(PHONE)
    await look('status-deleted')
    await page.setViewportSize(DESKTOP)
    await page.getByRole('region', { name: 'Selected conversations' }).getByRole('button', { name: 'Restore' }).click()
    await notice('Moved 1 conversation to the inbox.').waitFor()
    await view('Inbox').click()
    await row('Missing screw').waitFor()
    expect(await status('Missing screw')).toBe('open')
  })

  it('keeps the list when the code of other parts could not be loaded', async () => {
    const other = await page.context().newPage()
    await other.route(/assets\/(history|customer-panel|empty-list|draft-list|inbox-dialogs)-/, (route) => route.abort())
    await other.goto(`${stage.postkey.address}/inbox`)
    const links = other.getByRole('list', { name: 'Conversations' }).getByRole('link')
    await links.filter({ hasText: 'Missing screw' }).click()
    const retry = other.getByRole('button', { name: 'Try again' })
    const details = other.getByRole('complementary', { name: 'Details' })
    await expect.poll(() => details.locator(retry).count()).toBe(2)
    await other.keyboard.press('i')
    await other.getByRole('alert').filter({ hasText: 'Can’t reach Postkey' }).nth(2).waitFor()
    await links.filter({ hasText: 'Missing screw' }).waitFor()

    const failing = {
      Mentions: other.getByRole('region', { name: 'Conversations', exact: true }),
      // Its name comes with its code.
      Drafts: other.locator('section:not([aria-label])'),
    }
    for (const [name, list] of Object.entries(failing)) {
      await other.getByRole('navigation').getByRole('link', { name, exact: true }).click()
      // The details and the former list have buttons of the same name.
      await other.waitForURL(`**/inbox?view=${name.toLowerCase()}`)
      await details.waitFor({ state: 'detached' })
      await list.locator(retry).waitFor()
    }
    await other.close()
  })

  it('undoes an assignment', async () => {
    await row('Missing screw').focus()
    await page.keyboard.press('i')
    await page.getByRole('dialog', { name: 'Assign' }).getByRole('button', { name: /^Me/ }).click()
    await notice(/^Assigned to .*: Missing screw/).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('z')
    await view('Unassigned').click()
    await row('Missing screw').waitFor()
    expect(stage.complaints).toEqual([])
  })

  const view = (name: string | RegExp) => page.getByRole('navigation').getByRole('link', { name, exact: true })
  const notice = (text: string | RegExp) => page.getByRole('alert').filter({ hasText: text })
  const focused = () => page.evaluate<string>('document.activeElement.textContent')

  const focusedName = () => page.evaluate<string | null>('document.activeElement.getAttribute("aria-label")')

  async function found(subject: string) {
    const { conversations } = await client.call<Found>('GET', '/v1/conversations?view=all')
    return conversations.find((one) => one.subject === subject)!
  }

  async function status(subject: string) {
    return (await found(subject)).status
  }

  async function messageIdOf(subject: string) {
    type View = { messages: { messageId: string }[] }
    const { messages } = await client.call<View>('GET', `/v1/conversations/${(await found(subject)).id}`)
    return messages[0]!.messageId
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name, { fullPage: false })).toEqual([])
  }
})
