import { readFileSync } from 'node:fs'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { endSignInOfAnna, renewSignInOfAnna } from './ended-sign-in.ts'
import { attemptRemovalDuringHold } from './legal-hold.ts'
import { signInAtMicrosoft } from './microsoft.ts'
import { filterAndExportAudit } from './audit-list.ts'
import { addressOf, guessPasswords, signOutOf } from './own-account.ts'
import { readTroubles } from './settings-troubles.ts'
import { connectedSupport, fillSignInForm, openTab } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { ADMIN, isConnected, SHARED } from '../proofs/walk/connect-support.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { secretsLeftBy } from '../proofs/walk/traces.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const AGENT = { name: 'Rita Reyes', email: 'rita@contoso.example', password: 'blue chairs by the sea' }
const NEW_PASSWORD = 'green chairs by the lake'
const MOST_WRONG_PASSWORDS = 10

/** An admin of a team with a connected mailbox, and an agent. Each test continues where the one before ended. */
describe('the administration in a browser', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let agentPage: Page
  /** A browser in which the agent has signed in with the new password. */
  let knownPage: Page

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([
      openBrowser(),
      startOnSharedPostgres({ record: 'bodies', logLevel: 'trace' }),
    ])
    const { ear } = await connectedSupport(postkey)
    await ear.next('the import is done', isConnected)
    ear.close()
    page = await newPage()
    agentPage = await newPage()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('signs in at the requested address, and reports a wrong password', async () => {
    await page.goto(`${postkey.address}/email-accounts`)
    await look(page, 'sign-in-to-postkey')
    await fillSignInForm(page, { ...ADMIN, password: 'not that one' })
    await alert(page, 'Wrong email address or password').waitFor()
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill(ADMIN.password)
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Email Accounts' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/email-accounts')
  })

  it('shows each mailbox with its state, and opens one by keyboard', async () => {
    const row = page.getByRole('list', { name: 'Mailboxes' }).getByRole('listitem')
    await row.getByText('connected').waitFor()
    expect(await row.innerText()).toMatch(/SUP[^]*Contoso Support[^]*support@contoso.example · shared mailbox/)
    await look(page, 'email-accounts')

    await row.getByRole('link', { name: 'Contoso Support' }).focus()
    await page.keyboard.press('Enter')
    await openTab(page, 'Connection')
    await section('Access').getByText('Anna Berg (anna@contoso.example)').waitFor()
    // The application can't: its Cloud Provider is for users only, and the page says so.
    await section('Access').getByText('only users open mailboxes').waitFor()
    await section('Connection').getByText('polling').waitFor()
  })

  it('begins with an overview, which links to each page', async () => {
    await navigate('Overview')
    await section('Mailboxes').getByText('No mailbox needs attention.').waitFor()
    await section('Open incidents').getByText('No open incident.').waitFor()
    await section('Outgoing mail').getByText('No message is waiting').waitFor()
    await section('Secrets and certificates').getByText('expires within 60 days').waitFor()
    await section('Mail and version').getByText(version).waitFor()
    await look(page, 'overview')
    await section('Mail and version').getByRole('link', { name: 'Settings' }).click()
    await section('About').getByText(version).waitFor()
  })

  it('reports a server that is not ready and a failed backup in the settings, and continues by keyboard', () =>
    readTroubles(page, postkey.address))

  it('claims nothing in the overview before it is known', async () => {
    const [accounts, incidents] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
    await page.route('**/v1/email-accounts', (route) => accounts.promise.then(() => route.fallback()))
    await page.route('**/v1/incidents?*', (route) => incidents.promise.then(() => route.fallback()))
    await page.goto(`${postkey.address}/overview`)
    await section('Secrets and certificates').getByText('expires within 60 days').waitFor()
    expect(await page.getByText('none yet').count()).toBe(0)
    accounts.resolve(undefined)
    await section('Outgoing mail').getByText('No message is waiting').waitFor()
    const well = section('Mailboxes').getByText('No mailbox needs attention.')
    expect(await well.count()).toBe(0)
    incidents.resolve(undefined)
    await well.waitFor()
    await page.unrouteAll()
    await section('Mailboxes').getByRole('link', { name: 'Show all' }).click()
    await page.getByRole('link', { name: 'Contoso Support' }).click()
  })

  it('knows if the mailbox can send only after a test email to itself', async () => {
    await openTab(page, 'Overview')
    const checks = section('Capability check')
    await checks.getByText('Send as the mailbox (Send As): not checked').waitFor()
    await checks.getByRole('button', { name: `Send a test email to ${SHARED}` }).click()
    await checks.getByText('Send as the mailbox (Send As): yes').waitFor()

    await checks.getByText('It arrives in the mailbox and in the inbox here').waitFor()
    await look(page, 'email-account')
  })

  it('changes the folders to read, and the name of the mailbox', async () => {
    await openTab(page, 'Import and folders')
    expect(new URL(page.url()).search).toBe('?tab=import')
    const folders = section('Folders')
    await folders.getByLabel('Returns').check()
    await folders.getByRole('button', { name: 'Save folders' }).click()
    await page.getByText('Folders saved').waitFor()
    await openTab(page, 'Overview')
    const details = section('Name, key, contact')
    await details.getByLabel('Key').fill('!')
    await details.getByRole('button', { name: 'Save' }).click()
    await details.getByText('one to five letters and digits').first().waitFor()
    await details.getByLabel('Key').fill('help')
    await details.getByRole('button', { name: 'Save' }).click()

    await page.getByText('HELP', { exact: true }).waitFor()
    await page.reload()
    await openTab(page, 'Import and folders')
    expect(await section('Folders').getByLabel('Returns').isChecked()).toBe(true)
  })

  it('closes everything older than two days, as many conversations as announced', async () => {
    const earlier = section('Earlier conversations')
    expect(await earlier.getByLabel('Imported conversations arrive closed').inputValue()).toBe('none')
    await earlier.getByLabel('Close everything older than').selectOption('2 days')
    await earlier.getByRole('button', { name: 'Close…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Close everything older than 2 days?' })
    const announced = await dialog.getByText(/conversations are closed and marked as read/).textContent()
    await look(page, 'close-old')
    const confirm = dialog.getByRole('button', { name: /^Close \d+ conversations$/ })
    // The list is fetched again after each change. The next change does not wait for it.
    const refreshed = Promise.withResolvers<undefined>()
    await page.route('**/v1/email-accounts', (route) => refreshed.promise.then(() => route.fallback()))
    await confirm.click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('Closing everything older than 2 days', { exact: true }).waitFor()
    await page.keyboard.press('z')
    await earlier.getByText(/Closing undone, \d+ conversations? opened/).waitFor()

    // As many again: the undo has opened all of them.
    await earlier.getByRole('button', { name: 'Close…' }).click()
    await dialog.getByText(announced!).waitFor()
    await confirm.click()
    await dialog.waitFor({ state: 'detached' })
    refreshed.resolve(undefined)
    await page.unrouteAll()
    await earlier.getByText(`${/^\d+/.exec(announced!)![0]} conversations closed`).waitFor()
    await earlier.getByRole('button', { name: 'Undo closing' }).waitFor()
    await earlier.getByLabel('Imported conversations arrive closed').selectOption('without mail in the last 7 days')
    await expect.poll(() => earlier.getByLabel('Imported conversations arrive closed').inputValue()).toBe('as-set')
    await look(page, 'email-account-import')
  })

  it('invites an agent with a link shown once, and the agent joins with it', async () => {
    await navigate('People')
    await page.getByRole('button', { name: 'Invite a person' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(AGENT.name)
    await page.getByLabel('Email address').fill(AGENT.email)
    await page.getByLabel('HELP · Contoso Support').check()
    await look(page, 'invite')
    await page.getByRole('button', { name: 'Create link' }).click()
    const link = (await page.getByText(/\/join#/).textContent()) ?? ''
    await page.getByRole('button', { name: 'Done' }).click()
    await section('Open invitations').getByText(AGENT.email).waitFor()
    expect(await page.getByText('/join#').count()).toBe(0)

    await agentPage.goto(link)
    await agentPage.getByRole('heading', { name: `Welcome, ${AGENT.name}` }).waitFor()
    await look(agentPage, 'join')
    await agentPage.getByRole('textbox', { name: 'Password', exact: true }).fill(AGENT.password)
    await agentPage.getByRole('textbox', { name: 'Confirm password' }).fill(AGENT.password)
    await agentPage.keyboard.press('Enter')
    await agentPage.waitForURL('**/inbox**')
  })

  it('shows an agent the inbox only, and explains the address of an admin page', async () => {
    const rail = agentPage.getByRole('navigation', { name: 'Main' }).getByRole('link')
    await rail.first().waitFor()
    const targets = await Promise.all((await rail.all()).map((link) => link.getAttribute('href')))
    expect(targets.filter((target) => !target!.startsWith('/inbox'))).toEqual([])

    await agentPage.goto(`${postkey.address}/people`)
    await agentPage.getByRole('heading', { name: 'This page is for admins' }).waitFor()
    await look(agentPage, 'for-admins')
    await agentPage.getByRole('link', { name: 'Go to the Inbox' }).click()
    await agentPage.waitForURL('**/inbox**')
  })

  it('removes mailboxes from a person and adds them', async () => {
    await page.reload()
    await person(AGENT.name).getByText('HELP').waitFor()
    await look(page, 'people')
    await act(AGENT.name, 'Choose mailboxes')
    await page.getByRole('dialog').getByLabel('HELP · Contoso Support').uncheck()
    await page.getByRole('button', { name: 'Save mailboxes' }).click()
    await person(AGENT.name).getByText('no mailboxes').waitFor()

    await page.goto(`${postkey.address}/email-accounts`)
    await page.getByRole('link', { name: 'Contoso Support' }).click()
    await openTab(page, 'Agents')
    await section('Agents').getByLabel(AGENT.name).click()
    await navigate('People')
    await person(AGENT.name).getByText('HELP').waitFor()
  })

  it('refuses to leave the team without an admin, with the reason in the dialog', async () => {
    await act(ADMIN.name, 'Remove')
    await page.getByRole('dialog').getByText('Kept').waitFor()
    await page.getByRole('button', { name: `Remove ${ADMIN.name}` }).click()
    await alert(page, 'The team would have no admin left').waitFor()
    await look(page, 'last-admin')
    await page.keyboard.press('Escape')
    await act(ADMIN.name, 'Change role')
    await page.getByRole('radio', { name: 'Agent' }).check()
    await page.getByRole('button', { name: 'Save role' }).click()
    await alert(page, 'The team would have no admin left').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  it('gives a user who forgot the password a link to choose a new one', async () => {
    await act(AGENT.name, 'Create password reset link')
    await page.getByRole('button', { name: 'Create link' }).click()
    const link = (await page.getByText(/\/join#/).textContent()) ?? ''
    await page.getByRole('button', { name: 'Done' }).click()
    knownPage = await newPage()
    await knownPage.goto(link)
    await knownPage.getByRole('textbox', { name: 'Password', exact: true }).fill(NEW_PASSWORD)
    await knownPage.getByRole('textbox', { name: 'Confirm password' }).fill(NEW_PASSWORD)
    await knownPage.keyboard.press('Enter')
    await knownPage.waitForURL('**/inbox**')

    await agentPage.reload()
    await agentPage.getByRole('heading', { name: 'Sign in to Postkey' }).waitFor()
  })

  it('tells a client that guesses passwords to wait, and lets a known browser in', async () => {
    const stranger = await newPage()
    await stranger.goto(postkey.address)
    await guessPasswords(stranger, AGENT.email, MOST_WRONG_PASSWORDS)
    await fillSignInForm(stranger, { ...AGENT, password: NEW_PASSWORD })
    await alert(stranger, 'Too many wrong passwords in a short time').waitFor()
    await stranger.getByText('An admin can create a password link').waitFor()
    await look(stranger, 'too-many-tries')
    // From the same address, so that only the cookie of the known browser makes the difference.
    await signOutOf(knownPage, postkey)
    await fillSignInForm(knownPage, { ...AGENT, password: NEW_PASSWORD })
    await knownPage.getByRole('navigation', { name: 'Main' }).waitFor()
    expect(await addressOf(knownPage, postkey)).toBe(AGENT.email)
  })

  it('creates an API key that is shown once with an example, works, and can be revoked', async () => {
    await navigate('Settings')
    await page.getByRole('button', { name: 'Create API key' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Reporting')
    await page.getByRole('radio', { name: 'Only these' }).check()
    await page.getByLabel('Read mailboxes, people and audit').check()
    // A scope for people and mailboxes reaches all of them, and the choice says so.
    await page.getByText('reach every mailbox').waitFor()
    expect(await page.getByRole('radio', { name: 'Only these' }).isDisabled()).toBe(true)
    await page.getByLabel('Expires').selectOption('in 90 days')
    await page.getByRole('textbox', { name: 'Allowed networks' }).fill('127.0.0.0/8, ::1')
    await page.getByRole('button', { name: 'Create key' }).click()
    const example = (await page.getByText(/^curl /).textContent()) ?? ''
    await look(page, 'api-key')
    await page.getByRole('button', { name: 'Done' }).click()
    const [, header = '', url = ''] = /-H 'Authorization: ([^']+)' '([^']+)'/.exec(example) ?? []
    const tryKey = async () => (await fetch(url, { headers: { authorization: header } })).status
    expect(await tryKey()).toBe(200)

    await page.reload()
    await page.getByText('last used').waitFor()
    await page.getByText('only from 127.0.0.0/8 and ::1').waitFor()
    await page.getByText(/· expires \w+ \d/).waitFor()
    await page.getByText('Not scheduled').waitFor()
    await look(page, 'settings')
    await page.getByRole('button', { name: 'Revoke Reporting' }).click()
    await page.getByRole('button', { name: 'Revoke key' }).click()
    await page.getByText('No API keys.').waitFor()
    expect(await tryKey()).toBe(401)
  })

  it('asks for a new sign-in after the session ended, and continues at the same address', async () => {
    await page.context().clearCookies()
    await navigate('People')
    await page.getByRole('heading', { name: 'Sign in to Postkey' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/people')
    await fillSignInForm(page, ADMIN)

    await page.getByRole('heading', { name: 'People', exact: true }).waitFor()
    await person(AGENT.name).waitFor()
  })

  it('shows on every page that a mailbox has stopped, since when, and who can fix it', async () => {
    await endSignInOfAnna(postkey)
    await navigate('Email Accounts')
    await page.getByRole('link', { name: 'Contoso Support' }).click()
    await section('Capability check').getByRole('button', { name: 'Check again' }).click()
    await navigate('Email Accounts')
    await alert(page, `${SHARED}: The password was changed, or the user’s sessions were revoked`).waitFor()
    await look(page, 'email-accounts-stopped')
    await page.getByRole('link', { name: 'Show details' }).click()
    await page.getByRole('link', { name: 'Open mailbox' }).click()

    await section('Connection state')
      .getByText('The password was changed, or the user’s sessions were revoked')
      .waitFor()
    await section('Connection state').getByText('anna@contoso.example signs in again, here or with a link.').waitFor()
    await look(page, 'email-account-stopped')
    await navigate('Overview')
    await section('Mailboxes').getByRole('button', { name: 'Sign in again as anna@contoso.example' }).waitFor()
    await look(page, 'overview-stopped')
    await section('Mailboxes').getByRole('link', { name: 'Contoso Support' }).click()
  })

  it('creates a sign-in link for the owner, who has no login here', async () => {
    await page.getByRole('button', { name: 'Create sign-in link' }).click()
    await page.getByRole('button', { name: 'Create link' }).click()
    await page.getByText(/\/sign-in-link#/).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  it('changes nothing when another user signs in, and names both users', async () => {
    await page.getByRole('button', { name: 'Sign in again as anna@contoso.example' }).click()
    await page.waitForURL(`${new URL(postkey.sandbox.login).origin}/**`)
    await page.getByRole('button', { name: 'Back' }).click()
    await signInAtMicrosoft(page, 'ben@contoso.example')
    await page.waitForURL(`${postkey.address}/oauth/callback**`)

    const told = await page.getByRole('main').innerText()
    expect(told).toMatch(/Signed in as\s+ben@contoso.example/)
    expect(told).toMatch(/Expected\s+anna@contoso.example/)
    await look(page, 'result-other-person')
    await page.goto(`${postkey.address}/email-accounts`)
    await page.getByText('needs sign-in', { exact: true }).waitFor()
  })

  it('continues where it stopped after the same user has signed in again', async () => {
    await page.getByRole('link', { name: 'Contoso Support' }).click()
    await renewSignInOfAnna(page, postkey)
    await look(page, 'result-renewed')
    await page.getByRole('link', { name: 'Continue to Email Accounts' }).click()

    await page.getByRole('list', { name: 'Mailboxes' }).getByText('connected', { exact: true }).waitFor()
    await alert(page, `${SHARED}: `).waitFor({ state: 'hidden' })
  })

  it('pauses, resumes, disconnects and reconnects, and keeps the mail', async () => {
    await page.getByRole('link', { name: 'Contoso Support' }).click()
    const checks = section('Capability check')
    // Checked automatically after her sign-in, then by hand.
    await checks.getByText('Read mail: yes').waitFor()
    await checks.getByRole('button', { name: 'Check again' }).click()
    await checks.getByText('Check finished: no problems found.').waitFor()
    await section('Connection state').getByRole('button', { name: 'Pause' }).click()
    await section('Connection state').getByText('The email account is paused').waitFor()
    await section('Connection state').getByRole('button', { name: 'Resume' }).click()
    await section('Connection state').getByText('Receives and sends mail.').waitFor()
    await openTab(page, 'Connection')
    await section('Disconnect or remove').getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('button', { name: 'Disconnect mailbox' }).click()
    await openTab(page, 'Overview')
    await section('Connection state').getByText('The email account is disconnected').waitFor()
    await section('Connection state').getByRole('button', { name: 'Connect again' }).click()

    await section('Connection state').getByText('Receives and sends mail.').waitFor()
    await section('Connection state')
      .getByText(/\d+ messages imported/)
      .waitFor()
  })

  it('lists audit entries as sentences, newest first, and filters them', async () => {
    await navigate('Audit')
    const sentences = page.getByRole('list', { name: 'Audit entries, newest first' }).getByRole('listitem')
    await sentences.first().waitFor()
    await page.getByText('Olga added the Cloud Provider Contoso').waitFor()
    expect(await sentences.first().innerText()).toContain(`Olga resumed ${SHARED}`)
    const all = (await sentences.allInnerTexts()).join('\n')
    for (const sentence of [
      `Olga invited ${AGENT.email} as agent`,
      'Rita Reyes accepted the invitation',
      'Rita Reyes chose a new password with a reset link',
      'Olga renewed the sign-in of anna@contoso.example',
      `Olga sent a test email from ${SHARED}: sent`,
      'Olga revoked the API key Reporting',
    ]) {
      expect(all).toContain(sentence)
    }
    await look(page, 'audit')

    await filterAndExportAudit(page)
  })

  it('keeps a mailbox with queued messages, and says where to cancel them', async () => {
    await navigate('Email Accounts')
    await page.getByRole('link', { name: 'Contoso Support' }).click()
    await openTab(page, 'Connection')
    await section('Disconnect or remove').waitFor()
    const emailAccountId = new URL(page.url()).pathname.split('/').at(-1)
    const accepted = await page.request.post(`${postkey.address}/v1/submissions`, {
      headers: { origin: postkey.address, 'idempotency-key': 'queued' },
      data: { emailAccountId, to: [{ address: 'customer@example.com' }], subject: 'Late', text: 'Hi', holdMs: 60_000 },
    })
    expect(accepted.ok()).toBe(true)
    await section('Disconnect or remove').getByRole('button', { name: 'Remove' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/^1 message is queued, so the mailbox can’t be removed yet/).waitFor()
    await dialog.getByLabel('Type the key HELP to confirm').fill('help')
    expect(await dialog.getByRole('button', { name: 'Remove mailbox and its mail' }).isDisabled()).toBe(true)
    await look(page, 'remove-mailbox-waiting')
    await page.keyboard.press('Escape')
    await page.reload()
    await openTab(page, 'Sending')
    await section('Outbox').getByRole('button', { name: 'Cancel sending' }).click()
    await page.getByText('Sending canceled. The message is a draft again.').waitFor()
  })

  it('keeps a mailbox with a conversation on legal hold', () => attemptRemovalDuringHold(page, postkey.address))

  it('removes a mailbox only after listing what is lost, and after its key was typed', async () => {
    await navigate('Email Accounts')
    await page.getByRole('link', { name: 'Contoso Support' }).click()
    await openTab(page, 'Connection')
    await section('Disconnect or remove').getByRole('button', { name: 'Remove' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/^\d+ messages$/).waitFor()
    const button = dialog.getByRole('button', { name: 'Remove mailbox and its mail' })
    expect(await button.isDisabled()).toBe(true)
    await look(page, 'remove-mailbox')
    await dialog.getByLabel('Type the key HELP to confirm').fill('help')
    await button.click()

    await page.getByRole('heading', { name: 'No mailbox connected' }).waitFor()
    await look(page, 'email-accounts-empty')
  })

  it('signs out by keyboard, and leaves nothing on the screen', async () => {
    await page.getByRole('button', { name: `Signed in as ${ADMIN.name}` }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to Postkey' }).waitFor()
  })

  it('leaves no secret in its logs, responses, output and storage', async () => {
    const { finds, kinds } = await secretsLeftBy(postkey)

    expect(kinds).toEqual(expect.arrayContaining(['access_token', 'code', 'password', 'refresh_token', 'secret']))
    expect(finds).toEqual([])
  })

  async function newPage(): Promise<Page> {
    const opened = await openPage(browser)
    return opened
  }

  async function navigate(name: string): Promise<void> {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click()
  }

  function section(name: string): Locator {
    return page.getByRole('region', { name, exact: true })
  }

  function person(name: string): Locator {
    return page.getByRole('list', { name: 'Team members' }).getByRole('listitem').filter({ hasText: name })
  }

  async function act(name: string, what: string): Promise<void> {
    await page.getByRole('button', { name: `Actions for ${name}` }).click()
    await page.getByRole('menuitem', { name: what, exact: true }).click()
  }

  function alert(at: Page, text: string): Locator {
    return at.getByRole('alert').filter({ hasText: text })
  }
})

async function look(page: Page, name: string): Promise<void> {
  expect(await screenComplaints(page, name)).toEqual([])
}
