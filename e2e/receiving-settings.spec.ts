import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDovecot, startPostfix, whyNoPostfix, type Dovecot, type Postfix } from '../mail-servers/index.ts'
import { openBrowser, screenComplaints } from './browser.ts'
import { moveClock, openSignedIn, openTab } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { ADMIN } from '../proofs/walk/connect-support.ts'
import { createPostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

const KIM = 'kim@shop.test'
const PASSWORD = 'seven kettles on a shelf'
const LEE = 'Lee <lee@customer.example>'
const NOT_READY = { code: 'database.unavailable', title: 'The database is not reachable', remedy: 'admin', fix: '' }
const why = whyNoPostfix()

/** Receiving settings in the browser: reconciliation, Junk, trusted servers, unreadable mail. */
describe.skipIf(why)(`received mail${why ? ` (skipped: ${why})` : ''}`, { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let dovecot: Dovecot
  let postfix: Postfix
  let page: Page
  let account: string

  beforeAll(async () => {
    dovecot = await startDovecot({ users: { [KIM]: PASSWORD }, tls: true })
    postfix = await startPostfix({ dovecot, domains: ['shop.test'], sendAs: { [KIM]: [KIM] }, tls: true })
    const says = 'Authentication-Results: mx.shop.test; dmarc=pass header.from=customer.example'
    await dovecot.deliver(KIM, `${says}\r\n${letter('answer', { References: '<question@customer.example>' })}`)
    await dovecot.doveadm(['move', '-u', KIM, 'Junk', 'mailbox', 'INBOX', 'all'])
    await dovecot.deliver(KIM, `${says}\r\n${letter('question')}`)
    for (let n = 1; n <= 4; n++) await dovecot.deliver(KIM, `${says}\r\n${letter(`letter ${n}`)}`)
    await dovecot.deliver(KIM, `${says}\r\n${nested(60)}`)

    const mailHosts = [dovecot.imapsPort, postfix.port].map((port) => `localhost:${port}`).join(',')
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres({ mailHosts })])
    const client = createPostkeyClient(postkey.address)
    await client.call('POST', '/v1/links/accept', { token: new URL(postkey.firstAdminLink).hash.slice(1), ...ADMIN })
    const servers = {
      imap: { host: 'localhost', port: dovecot.imapsPort, tls: 'implicit' },
      smtp: { host: 'localhost', port: postfix.port, tls: 'starttls' },
      ...{ userName: KIM, ca: `${dovecot.ca}\n${postfix.ca}` },
    }
    const wanted = { address: KIM, kind: 'user', name: 'Shop', key: 'SHOP', contact: ADMIN.email, servers }
    const made = await client.call<{ id: string }>('POST', '/v1/email-accounts', { ...wanted, password: PASSWORD })
    account = `${postkey.address}/email-accounts/${made.id}`
    page = await openSignedIn(browser, postkey)
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
    await postfix.stop()
    await dovecot.stop()
  })

  const section = (name: string) => page.getByRole('region', { name })

  it('is listed when unreadable, with its reason, its source and a retry', async () => {
    await page.goto(account)
    await openTab(page, 'Import and folders')
    await section('Reconciliation: finding missed mail').getByRole('link', { name: 'Unreadable mail (1)' }).click()
    await page.getByText('Its parts are nested too deeply.').waitFor()
    expect(await screenComplaints(page, 'quarantine')).toEqual([])
    const source = page.getByRole('link', { name: 'Source' })
    const answer = await page.request.get(new URL((await source.getAttribute('href'))!, postkey.address).href)
    expect(await answer.text()).toContain('Subject: nested')
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.getByText('Message read again').waitFor()
  })

  it('proposes a trusted server for sender checks, and uses it from then on', async () => {
    await page.goto(account)
    await openTab(page, 'Import and folders')
    const understood = section('Mail processing')
    await understood.getByRole('switch', { name: 'Group by subject and sender' }).click()
    await understood.getByLabel('Trusted mail server for sender checks').fill('mx.shop.test; dmarc=pass')
    await understood.getByRole('button', { name: 'Save' }).click()
    await understood.getByText('a server as it names itself').first().waitFor()
    await understood.getByText('7 of the latest 7 messages name mx.shop.test.').waitFor()
    await understood.getByRole('button', { name: 'Trust it' }).click()
    await page.getByText('Mail server saved').waitFor()
    expect(await screenComplaints(page, 'receiving')).toEqual([])
  })

  it('changes in the mailbox when a conversation is closed, once an admin has switched it on', async () => {
    await page.goto(account)
    await openTab(page, 'Actions')
    const actions = section('Actions in the mailbox')
    await actions.getByRole('switch', { name: 'Mark as read' }).click()
    await actions.getByRole('switch', { name: 'Move closed conversations' }).click()
    await actions.getByRole('combobox', { name: 'Folder for closed conversations' }).click()
    await expect.poll(() => page.getByRole('option').allTextContents()).toEqual(['Archive'])
    await page.getByRole('option', { name: 'Archive' }).click()
    await actions.getByText('No action is waiting.').waitFor()
    expect(await screenComplaints(page, 'actions')).toEqual([])

    await page.goto(`${postkey.address}/inbox`)
    await page.getByRole('link', { name: /letter 1/ }).click()
    await page.getByRole('heading', { name: 'letter 1' }).waitFor()
    await page.keyboard.press('e')
    const archived = () =>
      dovecot.doveadm(['fetch', '-u', KIM, 'flags hdr.subject', 'mailbox', 'Archive', 'HEADER', 'Subject', 'letter 1'])
    await expect.poll(archived).toMatch(/flags: .*\\Seen/)
  })

  it('is shown with a label when a reply is in Junk, until that is turned off', async () => {
    await page.goto(`${postkey.address}/inbox`)
    await page.getByRole('link', { name: /question/ }).click()
    await page.getByText('In Junk').first().waitFor()
    expect(await screenComplaints(page, 'in-junk')).toEqual([])
    await page.goto(account)
    await openTab(page, 'Import and folders')
    const junk = section('Folders').getByRole('switch', { name: 'Show replies from Junk' })
    await junk.click()
    await junk.and(page.locator(':not(:checked)')).waitFor()
  })

  it('is deleted by age only after a preview of what is deleted, as is the audit list', async () => {
    const retention = section('Data retention')
    const nothing = page.getByText('Nothing is that old yet. It will be deleted when it is.')
    const saved = () => retention.getByRole('button', { name: 'Save…' }).waitFor({ state: 'detached' })
    const save = retention.getByRole('button', { name: 'Save…' })
    await page.goto(account)
    await openTab(page, 'Import and folders')
    await retention.getByLabel('Delete conversations with their messages').selectOption('After 1 year')
    await page.route('**/retention/preview?*', (route) => route.fulfill({ status: 503, json: NOT_READY }))
    await save.press('Enter')
    await page.getByText('You can save without the counts.').waitFor()
    expect(await screenComplaints(page, 'mail-retention-uncounted')).toEqual([])
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).press('Enter')
    await nothing.waitFor()
    await page.getByRole('button', { name: 'Cancel' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Escape')
    await save.and(page.locator(':focus')).press('Enter')
    await nothing.waitFor()
    expect(await screenComplaints(page, 'mail-retention-confirm')).toEqual([])
    await page.getByRole('button', { name: 'Delete by age' }).press('Enter')
    await saved()
    // The buttons are gone: the keyboard continues at the first setting.
    await retention.getByLabel('Delete conversations with their messages').and(page.locator(':focus')).waitFor()
    expect(await screenComplaints(page, 'mail-retention')).toEqual([])

    await page.goto(`${postkey.address}/settings`)
    await retention.getByLabel('Audit list').selectOption('After 1 year')
    await retention.getByRole('button', { name: 'Save…' }).click()
    await nothing.waitFor()
    await page.getByRole('button', { name: 'Delete by age' }).click()
    await saved()
    expect(await screenComplaints(page, 'retention-settings')).toEqual([])
  })

  it('is an incident when its actions have failed for an hour, until they are switched off', async () => {
    const reason = 'A folder for mailbox actions no longer exists'
    await dovecot.doveadm(['mailbox', 'create', '-u', KIM, 'Done'])
    await page.goto(account)
    await openTab(page, 'Actions')
    await section('Actions in the mailbox').getByRole('combobox', { name: 'Folder for closed conversations' }).click()
    await page.getByRole('option', { name: 'Done' }).click()
    await section('Actions in the mailbox').getByText('No action is waiting.').waitFor()
    await dovecot.doveadm(['mailbox', 'delete', '-u', KIM, 'Done'])
    await page.goto(`${postkey.address}/inbox`)
    await page.getByRole('link', { name: /letter 2/ }).click()
    await page.getByRole('heading', { name: 'letter 2' }).waitFor()
    await page.keyboard.press('e')
    // A navigation before would cancel its request.
    await page.getByRole('alert').filter({ hasText: 'Closed: letter 2' }).waitFor()
    await page.goto(account)
    await openTab(page, 'Actions')
    await section('Actions in the mailbox').getByText(`${reason}.`).waitFor()
    expect(await screenComplaints(page, 'actions-wait')).toEqual([])
    await moveClock(postkey, 61 * 60_000)

    await page.goto(`${postkey.address}/email-accounts`)
    await page.getByText('actions wait', { exact: true }).waitFor()
    expect(await screenComplaints(page, 'actions-wait-list')).toEqual([])
    await page.goto(account)
    await page.getByText(`Mailbox actions wait: ${reason}`).waitFor()
    expect(await screenComplaints(page, 'actions-wait-account')).toEqual([])
    await page.goto(`${postkey.address}/overview`)
    await page.getByText('actions wait', { exact: true }).waitFor()
    expect(await screenComplaints(page, 'actions-wait-overview')).toEqual([])
    await page.getByRole('link', { name: reason }).click()
    await page.getByText('mailbox actions wait since').waitFor()
    expect(await screenComplaints(page, 'actions-wait-incident')).toEqual([])

    await page.getByRole('link', { name: 'Open mailbox actions' }).click()
    // The folder and the trouble disappear with the answer. A navigation before would cancel the request.
    await section('Actions in the mailbox').getByRole('switch', { name: 'Move closed conversations' }).click()
    await section('Actions in the mailbox').getByText('No action is waiting.').waitFor()
    await page.goto(`${postkey.address}/incidents`)
    await page.getByRole('heading', { name: 'No open incidents' }).waitFor()
  })

  it('is gone after its sender was erased, with a report', async () => {
    await page.goto(`${postkey.address}/inbox`)
    await page.getByRole('link', { name: /letter 3/ }).click()
    await page.getByRole('button', { name: 'Erase customer…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Erase a person' })
    const addresses = dialog.getByLabel('Email addresses of the person')
    expect(await addresses.inputValue()).toBe('lee@customer.example')
    const focused = page.locator(':focus')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Erase customer…' }).and(focused).waitFor()

    await page.goto(`${postkey.address}/settings`)
    const open = () => page.getByRole('button', { name: 'Erase a person…' }).click()
    const preview = dialog.getByRole('button', { name: 'Show what is erased' })
    await open()
    await addresses.fill('lee')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await open()
    expect(await addresses.inputValue()).toBe('lee')
    await preview.click()
    await dialog.getByRole('alert').waitFor()
    await preview.and(focused).waitFor()
    await addresses.fill('lee@customer.example')
    expect(await screenComplaints(page, 'erasure-addresses')).toEqual([])
    await preview.click()
    const erase = dialog.getByRole('button', { name: 'Erase person' })
    await erase.and(page.locator(':disabled')).waitFor()
    const confirmation = dialog.getByLabel('Type lee@customer.example to confirm')
    await confirmation.and(focused).waitFor()
    expect(await screenComplaints(page, 'erasure-preview')).toEqual([])
    await dialog.getByRole('button', { name: 'Change addresses' }).click()
    await addresses.and(focused).waitFor()
    await preview.click()
    await confirmation.fill('lee@customer.example')
    await erase.click()
    await dialog.getByText('Erasure completed. The report lists what was kept.').waitFor()
    expect(await screenComplaints(page, 'erasure-completed')).toEqual([])
    await dialog.getByRole('button', { name: 'Close' }).last().and(focused).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await open()
    expect(await addresses.inputValue()).toBe('')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    const reports = section('Erasure of people')
    await reports.getByText('7 messages and 6 whole conversations deleted').waitFor()
    expect(await screenComplaints(page, 'erasures')).toEqual([])
    const report = reports.getByRole('link', { name: 'Download report' })
    const text = await page.request.get(new URL((await report.getAttribute('href'))!, postkey.address).href)
    expect(await text.text()).not.toContain('lee@customer.example')
    const listed = await page.request.get(`${postkey.address}/v1/conversations?view=all`)
    expect(listed.ok()).toBe(true)
    expect(await listed.text()).not.toContain('letter 4')
  })
})

function letter(subject: string, more: Record<string, string> = {}): string {
  const name = subject.replaceAll(' ', '-')
  const fields = { From: LEE, To: KIM, Subject: subject, 'Message-ID': `<${name}@customer.example>`, ...more }
  return [...Object.entries(fields).map(([field, value]) => `${field}: ${value}`), '', `Hello, ${subject}`, ''].join(
    '\r\n',
  )
}

/** Nested multiparts of that depth. */
function nested(depth: number): string {
  const layers = Array.from(
    { length: depth },
    (_none, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
  )
  return `From: ${LEE}\r\nTo: ${KIM}\r\nSubject: nested\r\nMessage-ID: <nested@customer.example>\r\n${layers.join('')}\r\nHello\r\n`
}
