import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { connectedSupport } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { SHARED, type Connected } from '../proofs/walk/connect-support.ts'
import { askGraph, obtainToken } from '../proofs/walk/sent-items.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

const AGENT = { name: 'Ben Okafor', email: 'ben@contoso.example', password: 'nine kettles on a shelf' }
const KIM = { name: 'Kim Lee', address: 'kim@customer.example' }
const GONE = { name: 'Gus Gone', address: 'gus@bounce.example' }

interface Found {
  conversations: { id: string; subject: string }[]
}
interface Opened {
  messages: { id: string; subject: string }[]
}

/** Special messages: their labels and actions. */
describe('labels of messages in a browser', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let connected: Connected
  let page: Page

  beforeAll(async () => {
    browser = await openBrowser()
    postkey = await startOnSharedPostgres()
    connected = await connectedSupport(postkey)
    const { client, accountId } = connected
    const { name, email, password } = AGENT
    const invited = { name, email, role: 'agent', emailAccountIds: [accountId] }
    const { url } = await client.call<{ url: string }>('POST', '/v1/invitations', invited)
    page = await openPage(browser)
    await page.goto(url)
    for (const label of [/^Password/, /^Confirm password/]) await page.getByLabel(label).first().fill(password)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  }, 180_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('shows a bounce at the undelivered message, in one conversation', { timeout: 120_000 }, async () => {
    const { client, accountId } = connected
    const content = {
      emailAccountId: accountId,
      to: [GONE],
      cc: [],
      bcc: [],
      subject: 'Your new kettle',
      text: 'It is on its way.',
    }
    await client.call('POST', '/v1/submissions', content, new Headers({ 'idempotency-key': 'bounce' }))
    // The report has a row of its own while sync has read it and not the copy in Sent.
    await row(/(?<!Undeliverable: )Your new kettle/).click()
    await page.getByText('This message was not delivered').first().waitFor()
    await page.getByText('Server report').first().waitFor()
    await page.getByRole('button', { name: 'Show report' }).waitFor()
    expect(await row(/Your new kettle/).count()).toBe(1)
    await look('bounce')
  })

  it('warns about a misleading sender, and lists its address', { timeout: 120_000 }, async () => {
    await writeRaw(FORGED)
    await row(/ceo@xn--pypal-4ve\.example/).click()
    await page.getByText('Check the sender').waitFor()
    await page.getByText('The sender’s name contains ceo@contoso.example').waitFor()
    await page.getByText('Replies go to kim@evil.example').waitFor()
    await page.getByText('The domain pаypal.example (xn--pypal-4ve.example)').waitFor()
    await page.getByRole('button', { name: 'Reply to ceo@xn--pypal-4ve.example' }).waitFor()
    const customer = page.getByRole('complementary', { name: 'Details' })
    await customer.getByText('First contact').waitFor()
    expect(await customer.getByText(/ceo@(?!xn--)/).count()).toBe(0)
    expect(await page.getByText('Sender confirmed').count()).toBe(0)
    await look('misleading-sender')
  })

  it('proposes to split off a reply with another subject', { timeout: 120_000 }, async () => {
    const question = await write({ from: KIM, subject: 'The kettle leaks', text: 'It leaks at the bottom.' })
    await row(/The kettle leaks/).click()
    await write({ from: KIM, subject: 'Invoice for May', text: 'Where is it?', inReplyTo: question })
    await page.getByText('This reply has a different subject').waitFor()
    await look('split-proposal')
    await page.getByRole('button', { name: 'Split off' }).click()
    await page.getByRole('heading', { name: 'Invoice for May', level: 2 }).waitFor()
  })

  it('merges conversations, after a confirmation', { timeout: 120_000 }, async () => {
    // By keyboard: letters typed before the dialog is there are no commands. Esc returns the focus.
    const actions = page.getByRole('button', { name: 'More conversation actions' })
    await actions.focus()
    const dialog = page.getByRole('dialog', { name: 'Merge into another conversation' })
    const search = dialog.getByRole('searchbox').and(page.locator(':focus'))
    await page.keyboard.press('m')
    await search.waitFor()
    await page.keyboard.press('Escape')
    await actions.and(page.locator(':focus')).waitFor()
    await page.keyboard.press('m')
    await search.waitFor()
    await page.keyboard.type('leaks')
    await dialog.getByRole('radio', { name: 'The kettle leaks' }).check()
    await look('merge-dialog')
    await dialog.getByRole('button', { name: 'Merge' }).click()
    await page.getByRole('heading', { name: 'The kettle leaks', level: 2 }).waitFor()
    await page.getByRole('button', { name: 'More message actions' }).first().click()
    await page.getByRole('menuitem', { name: 'Split here…' }).click()
    await page.getByRole('dialog', { name: 'Split the conversation' }).waitFor()
    await look('split-dialog')
    await page.getByRole('button', { name: 'Cancel' }).click()
  })

  it('shows an invitation as a card, and unreadable mail with its reason', { timeout: 120_000 }, async () => {
    await writeRaw(INVITATION)
    await readAgain('Kick-off')
    await row(/Kick-off/).click()
    await page.getByRole('region', { name: 'Invitation' }).waitFor()
    await look('invitation')

    await writeRaw(bomb())
    await readAgain('Parts')
    await row(/Parts/).click()
    await page.getByText('It has too many parts.').waitFor()
    await page.getByRole('link', { name: 'Source', exact: true }).first().waitFor()
    await look('quarantine')
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.getByText('It has too many parts.').waitFor()
  })

  it('shows that the server replaced an attachment, with the former content', { timeout: 120_000 }, async () => {
    const { registration, redirectUri } = connected
    await writeRaw(SCANNED)
    await row(/Your invoice/).click()
    await page
      .getByRole('link', { name: /ATP Scan In Progress/ })
      .first()
      .waitFor()

    const { sandbox } = postkey
    const token = await obtainToken(sandbox, registration, { redirectUri, delegate: AGENT.email })
    const inbox = `/users/${SHARED}/mailFolders/inbox/messages?$top=50&$select=subject`
    const { value: messages } = await askGraph<{ value: { id: string; subject: string }[] }>(
      sandbox,
      token,
      'GET',
      inbox,
    )
    const { id } = messages.find(({ subject }) => subject === 'Your invoice')!
    const path = `/users/${SHARED}/messages/${id}/attachments`
    const { value: attachments } = await askGraph<{ value: { id: string }[] }>(sandbox, token, 'GET', path)
    await askGraph(sandbox, token, 'DELETE', `${path}/${attachments[0]!.id}`)
    await askGraph(sandbox, token, 'POST', path, {
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: 'invoice.pdf',
      contentBytes: Buffer.from('%PDF-1.7 '.repeat(9000)).toString('base64'),
    })

    await page.getByText('The mail server replaced the content of this message').waitFor()
    await page.getByText(/Earlier content, replaced .*ATP Scan In Progress\.txt/).waitFor()
    await page
      .getByRole('link', { name: /invoice\.pdf/ })
      .first()
      .waitFor()
    await look('replaced-attachment')
  })

  const row = (name: RegExp) => page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name })

  /** Graph returns mail in parts: details of the source appear when it is read again. */
  async function readAgain(subject: string): Promise<void> {
    const { client } = connected
    await row(new RegExp(subject)).waitFor()
    const found = await client.call<Found>('GET', `/v1/conversations?view=all&search=${subject}`)
    const opened = await client.call<Opened>('GET', `/v1/conversations/${found.conversations[0]!.id}`)
    await client.call('POST', `/v1/messages/${opened.messages[0]!.id}/read-again`)
  }

  async function write(letter: Record<string, unknown>): Promise<string> {
    const answer = await post('messages', 'application/json', JSON.stringify({ to: SHARED, ...letter }))
    return ((await answer.json()) as { messageId: string }).messageId
  }

  async function writeRaw(lines: readonly string[]): Promise<void> {
    await post(`raw?from=${KIM.address}&to=${SHARED}`, 'message/rfc822', lines.join('\r\n'))
  }

  async function post(path: string, type: string, body: string): Promise<Response> {
    const answer = await fetch(`${postkey.sandbox.controlPanel}/api/outside/${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    expect(answer.status, await answer.clone().text()).toBeLessThan(300)
    return answer
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, `marks-${name}`, { fullPage: false })).toEqual([])
  }
})

const HEAD = [`From: ${KIM.name} <${KIM.address}>`, `To: ${SHARED}`, 'MIME-Version: 1.0']

const INVITATION = [
  ...HEAD, 'Subject: Kick-off', 'Message-ID: <kick-off@customer.example>', 'Content-Type: multipart/alternative; boundary=b', '',
  '--b', 'Content-Type: text/plain', '', 'Please come.',
  '--b', 'Content-Type: text/calendar; method=REQUEST; charset=utf-8', '',
  'BEGIN:VCALENDAR', 'METHOD:REQUEST', 'BEGIN:VEVENT', 'UID:1', 'SUMMARY:Kick-off of the kettles',
  'DTSTART;TZID=W. Europe Standard Time:20260701T150000', 'DTEND;TZID=W. Europe Standard Time:20260701T160000',
  'LOCATION:Room 1', 'RRULE:FREQ=WEEKLY;COUNT=3', 'ORGANIZER;CN=Kim Lee:mailto:kim@customer.example',
  'ATTENDEE;CN=Support;PARTSTAT=NEEDS-ACTION:mailto:support@contoso.example', 'END:VEVENT', 'END:VCALENDAR', '--b--', '',
] // prettier-ignore

const FORGED = [
  'From: "ceo@contoso.example" <ceo@xn--pypal-4ve.example>', 'Reply-To: kim@evil.example', `To: ${SHARED}`,
  'Subject: Urgent transfer', 'Message-ID: <forged@customer.example>', '', 'Transfer the money today.', '',
] // prettier-ignore

const SCANNED = [
  ...HEAD, 'Subject: Your invoice', 'Message-ID: <invoice@customer.example>', 'Content-Type: multipart/mixed; boundary=b', '',
  '--b', 'Content-Type: text/plain', '', 'Please find our invoice attached.',
  '--b', 'Content-Type: text/plain', 'Content-Disposition: attachment; filename="ATP Scan In Progress.txt"', '', 'Scanning', '--b--', '',
] // prettier-ignore

function bomb(): string[] {
  const parts = Array.from({ length: 1200 }, () => ['--b', '', 'x']).flat()
  return [...HEAD, 'Subject: Parts', 'Message-ID: <parts@customer.example>', 'Content-Type: multipart/mixed; boundary=b', '', ...parts, '--b--', ''] // prettier-ignore
}
