import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, PHONE, DESKTOP, screenComplaints } from './browser.ts'
import { connectedSupport, openSignedIn, writeInOrder } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { ADMIN, SHARED } from '../proofs/walk/connect-support.ts'
import { createPolledCustomer } from './customer.ts'
import type { PostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

interface Found {
  conversations: {
    id: string
    emailAccountId: string
    subject: string
    status: string
    assigneeId?: string
    tagIds: string[]
  }[]
}

/** Changes of many conversations, by keyboard and mouse. */
describe('bulk actions in a browser', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let client: PostkeyClient
  let olga: Page
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
    const subjects = ['Question four', 'Question three', 'Question two', 'Question one']
    await writeInOrder(
      connected,
      kim,
      subjects.map((subject) => ({ subject, text: `${subject}?` })),
    )
    olga = await openSignedIn(browser, postkey)
    olga.on('pageerror', ({ message }) => complaints.push(message))
    await olga.goto(`${postkey.address}/inbox`)
    await row(/Question one/).waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('select by x, close with e, and reopen with z', async () => {
    await row(/Question one/).focus()
    await olga.keyboard.press('x')
    await olga.keyboard.press('j')
    await olga.keyboard.press('x')
    await bar().getByText('2 selected').waitFor()
    await look('bar')
    const chosen = (await found()).filter(({ status }) => status === 'open').length
    await olga.keyboard.press('e')
    await notice('Closed 2 conversations.').waitFor()
    await bar().waitFor({ state: 'detached' })
    await expect.poll(openCount).toBe(chosen - 2)
    await olga.keyboard.press('z')
    await expect.poll(openCount).toBe(chosen)
    await expect.poll(() => row(/Question/).count()).toBe(4)
  })

  it('select a range by Shift, and clear it by Escape', async () => {
    await row(/./).nth(0).hover()
    await check(0).click()
    await row(/./)
      .nth(2)
      .click({ modifiers: ['Shift'] })
    await bar().getByText('3 selected').waitFor()
    expect(olga.context().pages()).toHaveLength(1)
    await olga.keyboard.press('Escape')
    await bar().waitFor({ state: 'detached' })
    await olga.getByRole('heading', { name: 'Inbox', level: 1 }).waitFor()

    await row(/./).nth(3).focus()
    await olga.keyboard.press('x')
    await row(/./).nth(1).focus()
    await olga.keyboard.press('Shift+X')
    await bar().getByText('3 selected').waitFor()
    await olga.keyboard.press('Escape')
  })

  it('assign and tag the selected conversations, also beside an open one', async () => {
    await row(/Question one/).click()
    await olga.getByRole('button', { name: 'Reply', exact: true }).waitFor()
    for (const name of [/Question two/, /Question three/]) {
      await row(name).hover()
      await olga.getByRole('checkbox', { name }).click()
    }
    await olga.keyboard.press('i')
    await olga.getByRole('dialog', { name: 'Assign' }).getByRole('button', { name: /^Me / }).click()
    await notice('Assigned 2 conversations.').waitFor()
    await expect.poll(async () => (await found()).filter((each) => each.assigneeId !== undefined).length).toBe(2)

    for (const name of [/Question two/, /Question three/]) {
      await row(name).hover()
      await olga.getByRole('checkbox', { name }).click()
    }
    await olga.keyboard.press('t')
    const dialog = olga.getByRole('dialog', { name: 'Tags' })
    await dialog.getByRole('combobox').fill('Refund')
    await olga.keyboard.press('Enter')
    await notice('Changed the tags of 2 conversations.').waitFor()
    await look('tags')
    await olga.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(async () => (await found()).filter(({ tagIds }) => tagIds.length > 0).length).toBe(2)
    await row(/Question two.*Tags: Refund/).waitFor()
  })

  it('print an open conversation on a page without scripts', async () => {
    await olga.getByRole('button', { name: 'More conversation actions' }).click()
    const [paper] = await Promise.all([
      olga.context().waitForEvent('page'),
      olga.getByRole('menuitem', { name: 'Print conversation' }).click(),
    ])
    await paper.getByRole('heading', { name: 'Question one' }).waitFor()
    await paper.getByText('Question one?').waitFor()
    await paper.emulateMedia({ media: 'print' })
    await paper.screenshot({ path: join(import.meta.dirname, 'screenshots', 'print.png') })
    await paper.close()
  })

  it('change all of a view, with progress when it takes long', async () => {
    await olga.goto(`${postkey.address}/inbox`)
    await row(/Question one/).focus()
    await olga.keyboard.press('x')
    await bar().getByRole('button', { name: 'Select all in this view' }).click()
    await bar().getByText('All in this view, up to 5,000').waitFor()
    await olga.setViewportSize(PHONE)
    await look('whole-view')
    await olga.setViewportSize(DESKTOP)
    const all = await openCount()

    const late = Promise.withResolvers<undefined>()
    await olga.route('**/v1/conversations/bulk', (route) => late.promise.then(() => route.fallback()))
    await bar().getByRole('button', { name: 'Close', exact: true }).click()
    await olga.getByText('0 conversations so far. You can keep working.').waitFor()
    await olga.screenshot({ path: join(import.meta.dirname, 'screenshots', 'bulk-progress.png') })
    late.resolve(undefined)
    await expect.poll(openCount).toBe(0)
    await olga.getByText(/^Closed \d+ conversations\.$/).waitFor()
    // The focused one stays, as closed. With it alone, `e` would reopen.
    await expect.poll(() => row(/Question/).count()).toBe(1)
    await olga.keyboard.press('z')
    await expect.poll(openCount).toBe(all)
    await expect.poll(() => row(/Question/).count()).toBe(4)
  })

  it('keep what is done when a part fails, and go on with an undo that failed', async () => {
    const before = await openCount()
    await row(/Question one/).focus()
    await olga.keyboard.press('x')
    await bar().getByRole('button', { name: 'Select all in this view' }).click()
    await bar().getByText('All in this view').waitFor()
    await bar().getByRole('button', { name: 'Close', exact: true }).waitFor()
    // One more part, which fails, and so does the first undo.
    let requests = 0
    await olga.route('**/v1/conversations/bulk', async (route) => {
      requests += 1
      if (requests === 1) {
        const response = await route.fetch()
        const result = (await response.json()) as object
        await route.fulfill({ response, json: { ...result, next: 'later' } })
      } else if (requests <= 3) await route.abort()
      else await route.fallback()
    })
    await olga.keyboard.press('e')
    await notice(`Closed ${before} conversations.`).waitFor()
    await notice('Can’t reach Postkey').waitFor()
    await olga.keyboard.press('z')
    await notice(`${before} conversations not restored yet.`).waitFor()
    await olga.keyboard.press('z')
    await expect.poll(openCount).toBe(before)
    await olga.unroute('**/v1/conversations/bulk')
  })

  it('move the selected conversations to another mailbox by v, and return them by z', async () => {
    const { grants } = await client.call<{ grants: { id: string }[] }>('GET', '/v1/grants')
    const own = { address: 'anna@contoso.example', kind: 'user', grantId: grants[0]!.id }
    const { id } = await client.call<{ id: string }>('POST', '/v1/email-accounts', {
      ...{ ...own, name: 'Anna', key: 'ANNA', contact: ADMIN.email },
    })
    await olga.getByRole('group', { name: 'Mailboxes' }).getByRole('link', { name: 'Anna' }).waitFor()
    const moved = async () =>
      (await found())
        .filter(({ emailAccountId, subject }) => emailAccountId === id && subject.startsWith('Question'))
        .map(({ subject }) => subject)
        .sort()
    const dialog = olga.getByRole('dialog', { name: 'Move to another mailbox' })
    const target = dialog.getByRole('combobox', { name: 'Mailbox' })

    await choose(/Question one/, /Question two/)
    await olga.keyboard.press('v')
    await expect.poll(() => target.inputValue()).toBe('Anna <anna@contoso.example>')
    await look('move')
    await dialog.getByRole('button', { name: 'Move', exact: true }).click()
    await notice('Moved 2 conversations to anna@contoso.example.').waitFor()
    await look('moved')
    await bar().waitFor({ state: 'detached' })
    await expect.poll(moved).toEqual(['Question one', 'Question two'])

    // One is there already.
    await choose(/Question two/, /Question three/)
    await bar().getByRole('button', { name: 'Move', exact: true }).click()
    await target.click()
    await olga.getByRole('option', { name: /^Anna/ }).click()
    // Enter uses no other mailbox than the typed one.
    await target.fill('no such mailbox')
    await dialog.getByRole('button', { name: 'Move', exact: true, disabled: true }).waitFor()
    await olga.keyboard.press('Enter')
    await target.fill('support@')
    await olga.keyboard.press('Enter')
    await expect.poll(() => target.inputValue()).toMatch(/support@/)
    await target.fill('anna@')
    await olga.keyboard.press('Enter')
    await expect.poll(() => target.inputValue()).toBe('Anna <anna@contoso.example>')
    await olga.keyboard.press('Enter')
    await notice('Moved 1 conversation to anna@contoso.example. 1 conversation already there.').waitFor()
    await expect.poll(moved).toEqual(['Question one', 'Question three', 'Question two'])
    await olga.keyboard.press('z')
    await expect.poll(moved).toEqual(['Question one', 'Question two'])
    expect(complaints).toEqual([])
  })

  const choose = async (...names: RegExp[]) => {
    for (const name of names) {
      await row(name).focus()
      await olga.keyboard.press('x')
    }
    await bar().getByText(`${names.length} selected`).waitFor()
  }

  const row = (name: RegExp) => olga.getByRole('list', { name: 'Conversations' }).getByRole('link', { name })
  const check = (index: number) => olga.getByRole('list', { name: 'Conversations' }).getByRole('checkbox').nth(index)
  const bar = () => olga.getByRole('region', { name: 'Selected conversations' })
  const notice = (text: string) => olga.getByRole('alert').filter({ hasText: text })
  const found = async () => (await client.call<Found>('GET', '/v1/conversations?view=all&limit=100')).conversations
  const openCount = async () => (await found()).filter(({ status }) => status === 'open').length

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(olga, `bulk-${name}`, { fullPage: false })).toEqual([])
  }
})
