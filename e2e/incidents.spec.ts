import { readFile, writeFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, screenComplaints } from './browser.ts'
import { endSignInOfAnna, renewSignInOfAnna } from './ended-sign-in.ts'
import { startMailRelay, type MailRelay } from '../proofs/mail-relay.ts'
import { connectedSupport, moveClock, navigateTo, openSignedIn } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { ADMIN, isConnected, SHARED, type Connected } from '../proofs/walk/connect-support.ts'
import { createPostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

const AGENT = { name: 'Rita Reyes', email: 'rita@contoso.example', password: 'blue chairs by the sea' }
const AUDITOR = { name: 'Ada Adler', email: 'ada@contoso.example', password: 'green lamps in the hall' }
const SUPERVISOR = { name: 'Sam Sato', email: 'sam@contoso.example', password: 'seven maps of the coast' }
/** Longer than a restart of Postkey, which must find the messages queued. */
const HOLD_MS = 60_000
const ENDED = 'The password was changed, or the user’s sessions were revoked'
/** Longer than the time in which mailboxes of the same cause are grouped before an alert. */
const GATHERED_MS = 30_000
/** Postkey is restarted, and mail is sent. */
const LONG = { timeout: 120_000 }

/**
 * One mailbox whose sign-in Microsoft ends, seen by an admin and an agent. Each test continues where the one before
 * ended.
 */
describe('a mailbox that stops', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let relay: MailRelay
  let connected: Connected
  let page: Page
  let agentPage: Page

  beforeAll(async () => {
    relay = await startMailRelay()
    const alertHosts = `127.0.0.1:${relay.port}`
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres({ alertHosts })])
    connected = await connectedSupport(postkey)
    await connected.ear.next('the import is done', isConnected)
    page = await newPage(ADMIN)
  }, 120_000)

  afterAll(async () => {
    connected.ear.close()
    await browser.close()
    await relay.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('shows no open incidents, the time of completeness, and a warning that incident emails are off', async () => {
    await navigate('Incidents')
    await page.getByRole('heading', { name: 'No open incidents' }).waitFor()
    await page.getByText('The mailboxes are complete up to').waitFor()
    await page.getByText('Incident emails are off').waitFor()
    await look('incidents-empty')
  })

  it('can be reported by a tested relay, including the arrival of its mail', async () => {
    await page.getByRole('link', { name: 'Go to alert settings' }).click()
    const alerts = section('Alerts')
    await alerts.getByRole('button', { name: 'Set up mail relay' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Host').fill('127.0.0.1')
    await dialog.getByLabel('Encryption').selectOption({ label: 'None (only in your own network)' })
    await dialog.getByLabel('Port').fill(String(relay.port))
    await dialog.getByLabel('Sender address').fill('postkey@relay.example')
    await dialog.getByRole('button', { name: 'Save relay' }).click()
    await alerts.getByText('Not tested with these settings.').waitFor()
    await alerts.getByRole('button', { name: 'Send test email' }).click()
    await alerts.getByText(`The relay accepted the test email to ${ADMIN.email}`).waitFor()

    // The test email links to the place for its code.
    await page.goto(/http:\S+/.exec(relay.mails[0]!)![0])
    await alerts.getByLabel('Code from the test email').fill(/^Subject: .*\b(\d{6})\b/m.exec(relay.mails[0]!)![1]!)
    await look('alert-settings')
    await alerts.getByRole('button', { name: 'Confirm arrival' }).click()
    await alerts.getByText(/^Email arrives: /).waitFor()
    expect(await alerts.getByText('The mail relay hasn’t been tested').count()).toBe(0)
  })

  it('opens one incident that names the responsible person, linked from the banner', async () => {
    await endSignInOfAnna(postkey)
    await connected.client.call('POST', `/v1/email-accounts/${connected.accountId}/check`)
    await page
      .getByRole('alert')
      .filter({ hasText: `${SHARED}: ${ENDED}` })
      .waitFor()
    await page.getByRole('navigation', { name: 'Main' }).getByLabel('1 open incident').waitFor()
    await page.getByRole('link', { name: 'Show details' }).click()

    await page.getByRole('heading', { name: ENDED }).waitFor()
    const fix = section('How to fix it')
    await fix.getByText('Who can fix it').waitFor()
    await fix.getByRole('button', { name: 'Sign in again as anna@contoso.example' }).waitFor()
    await fix.getByRole('button', { name: 'Create sign-in link' }).waitFor()
    await section('Mailboxes (1)').getByText('stopped since').waitFor()
    // The incident's own page shows no banner.
    expect(await page.getByRole('link', { name: 'Show details' }).count()).toBe(0)
  })

  it('notifies its contact once, by the relay, and the incident shows the delivery', async () => {
    await moveClock(postkey, GATHERED_MS)
    await section('Notifications').getByText(`${ADMIN.email} by email: delivered`).waitFor()
    await section('Timeline').getByText(`Alert to ${ADMIN.email}`).waitFor()

    const alerts = relay.mails.slice(1)
    expect(alerts).toHaveLength(1)
    expect(alerts[0]).toContain(SHARED)
    await look('incident')
    // There is an open incident, but no closed one yet.
    await navigate('Incidents')
    await page.getByText('No closed incidents yet.').waitFor()
    expect(await page.getByText('No incidents so far.').count()).toBe(0)
    await page.getByRole('main').getByRole('link', { name: ENDED }).click()
  })

  it('shows an agent a short notice: the mailbox, and the responsible person', async () => {
    agentPage = await newPage(await join(AGENT, 'agent', [connected.accountId]))

    const notice = agentPage.getByRole('alert').filter({ hasText: `${SHARED}: ${ENDED}` })
    await notice.getByText('A user who can open the mailbox must sign in again.').waitFor()
    expect(await notice.getByRole('link').count()).toBe(0)
    expect(await agentPage.getByText('anna@contoso.example').count()).toBe(0)
  })

  it('shows an auditor the incident and the health of mailboxes, and no mail', async () => {
    const auditor = await openSignedIn(browser, postkey, await join(AUDITOR, 'auditor', []))
    const refused: string[] = []
    auditor.on('response', (answer) => {
      if (answer.status() === 403) refused.push(answer.url())
    })
    await auditor.goto(postkey.address)
    await auditor.getByRole('list', { name: 'Audit entries' }).waitFor()
    const main = auditor.getByRole('navigation', { name: 'Main' })
    expect(await main.getByRole('link').allInnerTexts()).toEqual([
      expect.stringMatching(/^Audit/),
      expect.stringMatching(/^Incidents/),
      expect.stringMatching(/^Health/),
    ])
    expect(await screenComplaints(auditor, 'audit-of-auditor')).toEqual([])

    await main.getByRole('link', { name: 'Incidents' }).click()
    await auditor.getByRole('main').getByRole('link', { name: ENDED }).click()
    await auditor.getByText('Who can fix it').waitFor()
    expect(await auditor.getByRole('main').getByRole('button').count()).toBe(0)
    await main.getByRole('link', { name: 'Health' }).click()
    const row = auditor.getByRole('list', { name: 'Mailboxes' }).getByRole('listitem')
    await row.getByText('Complete up to').waitFor()
    expect(await screenComplaints(auditor, 'health-of-auditor')).toEqual([])
    await row.getByRole('link', { name: 'Contoso Support' }).click()
    await auditor.getByRole('heading', { name: 'Health of Contoso Support' }).waitFor()
    await auditor.getByRole('link', { name: 'Health', exact: true }).last().waitFor()

    await auditor.goto(`${postkey.address}/inbox`)
    await auditor.getByRole('heading', { name: 'This page is not for auditors' }).waitFor()
    expect(refused.filter((url) => !/\/v1\/conversations\?/.test(url))).toEqual([])
    await auditor.context().close()
  }, 120_000)

  it('shows a supervisor the figures of their mailboxes', async () => {
    const supervisor = await newPage(await join(SUPERVISOR, 'supervisor', [connected.accountId]))
    await supervisor.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Figures' }).click()
    const conversations = supervisor.getByRole('region', { name: 'Conversations' })
    // The list of the inbox has the same name until the figures are shown.
    await conversations.getByRole('link', { name: /^Needs reply/ }).waitFor()
    const row = supervisor.getByRole('list', { name: 'Mailboxes' }).getByRole('listitem')
    await row.getByText('Open', { exact: true }).waitFor()
    expect(await screenComplaints(supervisor, 'figures')).toEqual([])
    await row.getByRole('link', { name: 'Contoso Support' }).click()
    await supervisor.getByRole('heading', { name: 'Health of Contoso Support' }).waitFor()
    await supervisor.goto(`${postkey.address}/people`)
    await supervisor.getByRole('heading', { name: 'This page is for admins' }).waitFor()
    await supervisor.context().close()
  }, 120_000)

  it('is acknowledged by an admin', async () => {
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText(new RegExp(`^Acknowledged by ${ADMIN.name} .*Reminders are off`)).waitFor()
    await section('Timeline').getByText(`Acknowledged by ${ADMIN.name}`).waitFor()
    expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0)
  })

  it('closes the incident after the sign-in, on every screen', async () => {
    const incident = page.url()
    await renewSignInOfAnna(page, postkey)

    // Waits for the event first, to tell a late event from a late screen.
    await connected.ear.next('the end of the incident', ({ kind }) => kind === 'incident.closed')
    await page.goto(incident)
    await page.getByText('closed', { exact: true }).waitFor()
    await section('Mailboxes (1)').getByText('works again since').waitFor()
    await section('Timeline').getByText('Closed').waitFor()
    await agentPage.getByRole('alert').filter({ hasText: ENDED }).waitFor({ state: 'hidden' })
    expect(await page.getByRole('navigation', { name: 'Main' }).getByLabel('1 open incident').count()).toBe(0)
  })

  it('shows the outage on its health page, as a chart and as a table', async () => {
    await section('Mailboxes (1)').getByRole('link', { name: 'Contoso Support' }).click()
    await page.getByRole('heading', { name: 'Health of Contoso Support' }).waitFor()
    const drawn = await page.getByRole('img', { name: /needs sign-in/ }).getAttribute('aria-label')
    expect(drawn).toMatch(/connected .* to .*needs sign-in .* to .*connected .* to .*Errors: \d/)
    const table = page.getByRole('table', { name: 'Events, newest first' })
    await table.getByText(`Reading failed: ${ENDED}`).waitFor()
    await table.getByText(/^Works again after /).waitFor()
    await look('health')

    await page.getByRole('link', { name: 'Previous day' }).click()
    await page.getByText('The mailbox was not connected yet on this day.').waitFor()
    await page.getByRole('link', { name: 'Today' }).click()
    await table.waitFor()
  })

  it('holds mail of a restored backup: an admin sends one message and discards the other', LONG, async () => {
    const [sent, discarded] = [await submit('Kettle on its way'), await submit('Kettle is late')]
    await postkey.stop()
    await pretendOlderDatabase(postkey)
    postkey = await startOnSharedPostgres({ place: postkey.place })

    // The start page learns where to lead only after the admin has chosen a page, which is still loading.
    const [accounts, code] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
    await page.route('**/v1/email-accounts', (route) => accounts.promise.then(() => route.continue()))
    await page.route('**/assets/incident-*.js', (route) => code.promise.then(() => route.continue()))
    await page.goto(postkey.address)
    const notice = page.getByRole('alert').filter({ hasText: 'The database is a restored backup' })
    await notice.getByRole('link', { name: 'Show details' }).click()
    const answered = page.waitForResponse('**/v1/email-accounts')
    accounts.resolve(undefined)
    await answered
    await page.evaluate('new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))')
    code.resolve(undefined)
    await page.unrouteAll({ behavior: 'wait' })
    await section('How to fix it').getByRole('link', { name: 'Open restored backup' }).click()
    await page.getByText(/^This database is from .* 2 messages may have been sent already\.$/).waitFor()
    await look('restored-backup')
    await page.getByRole('button', { name: 'Send “Kettle on its way”' }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
    await page.getByText('1 message queued').waitFor()
    // Responses for other parts of the screen may be late.
    const late = Promise.withResolvers<undefined>()
    await page.route('**/v1/incidents*', (route) => late.promise.then(() => route.continue()))
    await page.getByRole('button', { name: 'Discard “Kettle is late”' }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
    await page.getByText('No messages are held. No action is needed.').waitFor()

    // No message is left, so the keyboard continues at the summary.
    const focusedRole = () => page.evaluate('document.activeElement.getAttribute("role")')
    await expect.poll(focusedRole).toBe('status')
    late.resolve(undefined)
    await page.unrouteAll({ behavior: 'wait' })
    await moveClock(postkey, HOLD_MS)
    await expect.poll(() => stateOf(sent)).toBe('sent')
    expect(await stateOf(discarded)).toBe('canceled')
    await notice.waitFor({ state: 'hidden' })
    await look('restored-backup-done')
  })

  /** Held for some time, as for the undo of a user. */
  async function submit(subject: string): Promise<string> {
    const { client, accountId } = connected
    const content = { emailAccountId: accountId, to: [{ address: 'kim@customer.example' }], subject, text: 'Hi' }
    const key = new Headers({ 'idempotency-key': subject.replaceAll(' ', '-') })
    return (await client.call<{ id: string }>('POST', '/v1/submissions', { ...content, holdMs: HOLD_MS }, key)).id
  }

  async function stateOf(id: string): Promise<string> {
    return (await connected.client.call<{ state: string }>('GET', `/v1/submissions/${id}`)).state
  }

  async function join<Who extends typeof AGENT>(who: Who, role: string, emailAccountIds: string[]): Promise<Who> {
    const { name, email, password } = who
    const invited = { name, email, role, emailAccountIds }
    const { url } = await connected.client.call<{ url: string }>('POST', '/v1/invitations', invited)
    const guest = createPostkeyClient(postkey.address)
    await guest.call('POST', '/v1/links/accept', { token: new URL(url).hash.slice(1), password })
    return who
  }

  async function newPage(who: { email: string; password: string }): Promise<Page> {
    const opened = await openSignedIn(browser, postkey, who)
    await opened.goto(postkey.address)
    // The first page redirects to the inbox; wait for that before going elsewhere.
    await opened.waitForURL(/\/inbox/)
    return opened
  }

  async function navigate(name: string): Promise<void> {
    await navigateTo(page, name)
  }

  function section(name: string): Locator {
    return page.getByRole('region', { name, exact: true })
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name)).toEqual([])
  }
})

/** Makes the installation newer than its database, as after a restore. Postkey must not be running. */
async function pretendOlderDatabase({ place }: Pick<StartedPostkey, 'place'>): Promise<void> {
  const stateFile = `${place.keyFile}.state`
  const seen = JSON.parse(await readFile(stateFile, 'utf8')) as { counter: number }
  await writeFile(stateFile, JSON.stringify({ ...seen, counter: seen.counter + 1000 }))
}
