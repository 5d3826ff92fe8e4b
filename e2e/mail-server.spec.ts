import { X509Certificate } from 'node:crypto'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDovecot, startPostfix, whyNoPostfix, type Dovecot, type Postfix } from '../mail-servers/index.ts'
import { startEchoes, type Echoes } from './echoing-servers.ts'
import { openBrowser, screenComplaints } from './browser.ts'
import { openSignedIn, openTab } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { ADMIN } from '../proofs/walk/connect-support.ts'
import { createPostkeyClient, Refused, type PostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { secretsLeftBy } from '../proofs/walk/traces.ts'

const KIM = 'kim@shop.test'
const PASSWORD = 'seven kettles on a shelf'
const WRONG = 'six kettles on the floor'
const why = whyNoPostfix()

/**
 * A mailbox with a password, on a Dovecot and a Postfix of this machine. Each test continues where the one before
 * ended.
 */
describe.skipIf(why)(`a mailbox on another mail server${why ? ` (skipped: ${why})` : ''}`, { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let dovecot: Dovecot
  let postfix: Postfix
  let echoes: Echoes
  let client: PostkeyClient
  let page: Page

  beforeAll(async () => {
    dovecot = await startDovecot({ users: { [KIM]: PASSWORD }, tls: true })
    postfix = await startPostfix({ dovecot, domains: ['shop.test'], sendAs: { [KIM]: [KIM] }, tls: true })
    echoes = await startEchoes()
    const ports = [dovecot.imapsPort, postfix.port, echoes.imapPort, echoes.smtpPort]
    const mailHosts = ports.map((port) => `localhost:${port}`).join(',')
    ;[browser, postkey] = await Promise.all([
      openBrowser(),
      startOnSharedPostgres({ mailHosts, record: 'bodies', logLevel: 'trace' }),
    ])
    client = createPostkeyClient(postkey.address)
    await client.call('POST', '/v1/links/accept', { token: new URL(postkey.firstAdminLink).hash.slice(1), ...ADMIN })
    page = await openSignedIn(browser, postkey)
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
    await echoes.stop()
    await postfix.stop()
    await dovecot.stop()
  })

  it('opens from the list of mailboxes, and fills in the servers of a known provider', async () => {
    // The providers arrive after the field was left.
    const left = Promise.withResolvers<undefined>()
    await page.route('**/v1/server-presets', async (route) => {
      await left.promise
      await route.continue()
    })
    await page.goto(`${postkey.address}/email-accounts`)
    await page.getByRole('link', { name: 'Connect another mail server' }).first().click()
    await page.getByLabel('Mailbox address').fill('kim@gmx.de')
    await page.getByLabel('Provider').focus()
    left.resolve(undefined)
    await server('Incoming mail (IMAP)').getByLabel('Server').and(page.locator('[value="imap.gmx.net"]')).waitFor()
    expect(await page.getByLabel('Provider').inputValue()).toBe('gmx')
    await look('mail-server-preset')
    await page.getByRole('button', { name: 'Check sign-in' }).click()
    await page.getByText('Enter the password of the mailbox.').waitFor()
  })

  it('at Microsoft is refused before anything is sent, with a link to the sign-in', async () => {
    await page.getByLabel('Provider').selectOption({ label: 'Other' })
    await fill({ imapHost: 'outlook.office365.com', imapPort: '993', password: PASSWORD })
    await page.getByRole('button', { name: 'Check sign-in' }).click()
    await page.getByText('Microsoft doesn’t accept passwords for mail').first().waitFor()
    await page.getByRole('link', { name: 'Connect it with a Microsoft sign-in' }).waitFor()
    await look('mail-server-microsoft')
  })

  it('with an untrusted certificate is refused, with instructions to compare it and to name its authority', async () => {
    await fill({ imapHost: 'localhost', imapPort: String(dovecot.imapsPort), password: PASSWORD })
    await page.getByRole('button', { name: 'Check sign-in' }).click()
    await page.getByText('certificate isn’t valid').first().waitFor()
    await page.getByText(`-connect localhost:${dovecot.imapsPort}`).waitFor()
    for (const pem of [dovecot.ca!, postfix.ca!]) {
      await section('Capability check').getByText(new X509Certificate(pem).fingerprint256).waitFor()
    }
    await look('mail-server-certificate')
    await page.getByRole('button', { name: 'The server uses a private certificate authority' }).click()
    await page.getByLabel('Certificate authority (PEM)').fill(`${dovecot.ca}\n${postfix.ca}`)
  })

  it('distinguishes a wrong password from other failures', async () => {
    await fill({ imapHost: 'localhost', imapPort: String(dovecot.imapsPort), password: WRONG })
    await page.getByRole('button', { name: 'Check sign-in' }).click()
    await page.getByText('The mail server rejected the user name or password').first().waitFor()
    await look('mail-server-wrong-password')
    expect(await cached()).not.toContain(WRONG)
  })

  it('is checked, associated with the selected folders, and read', async () => {
    await dovecot.deliver(KIM, letter('Where is my order'))
    await page.locator('input[type=password]').fill(PASSWORD)
    await page.getByRole('button', { name: 'Check sign-in' }).click()
    await page.getByRole('checkbox', { name: /^Inbox/, checked: true }).waitFor()
    await look('mail-server-tried')
    expect(await cached()).toContain(KIM)
    expect(await cached()).not.toContain(PASSWORD)
    await page.getByRole('button', { name: `Associate ${KIM}` }).click()
    await openTab(page, 'Connection')
    await page.getByRole('heading', { name: 'Mail servers' }).waitFor()
    await openTab(page, 'Overview')
    expect(await cached()).not.toContain(PASSWORD)
    await section('Connection state').getByText('connected', { exact: true }).waitFor()
    await expect.poll(subjects).toContain('Where is my order')
    await dovecot.deliver(KIM, letter('And where is it now'))
    await expect.poll(subjects).toContain('And where is it now')
  })

  it('shows its servers but never its password, which is required to change them', async () => {
    await openTab(page, 'Connection')
    await section('Mail servers').getByText(`localhost:${dovecot.imapsPort}, TLS`).waitFor()
    await section('Mail servers').getByText('stored encrypted, never shown').waitFor()
    await look('mail-server-account')
    await section('Mail servers').getByRole('button', { name: 'Change servers or password' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.locator('input[type=password]').inputValue()).toBe('')
    await dialog.getByRole('button', { name: 'Check and save' }).click()
    await dialog.getByText('Enter the password of the mailbox.').waitFor()
    await dialog.locator('input[type=password]').fill(WRONG)
    await dialog.getByRole('button', { name: 'Check and save' }).click()
    await dialog.getByText('The mail server rejected the user name or password').waitFor()
    await look('mail-server-change')
    expect(await cached()).not.toContain(WRONG)
    await dialog.locator('input[type=password]').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Check and save' }).click()
    await page.getByText('Servers and password saved').waitFor()
    expect(await cached()).not.toContain(PASSWORD)
  })

  it('sends with its own server', async () => {
    await openTab(page, 'Overview')
    await section('Capability check')
      .getByRole('button', { name: `Send a test email to ${KIM}` })
      .click()
    await section('Capability check').getByText('Send as the mailbox (Send As): yes').waitFor()
  })

  it('stores copies of sent mail in the selected folder', async () => {
    await dovecot.doveadm(['mailbox', 'create', '-u', KIM, 'Expédiés & Co'])
    await page.reload()
    await openTab(page, 'Import and folders')
    const choice = section('Folders').getByRole('combobox', { name: 'Folder for sent mail' })
    await choice.waitFor()
    expect(await choice.inputValue()).toBe('Automatic: Sent')
    await choice.click()
    await page.getByRole('option', { name: 'Expédiés & Co', exact: true }).click()
    await page.getByText('Folder for sent mail saved').waitFor()
    await expect.poll(() => choice.inputValue()).toBe('Expédiés & Co')
    await look('mail-server-sent-folder')

    const { emailAccounts } = await client.call<{ emailAccounts: { id: string }[] }>('GET', '/v1/email-accounts')
    const sent = {
      emailAccountId: emailAccounts[0]!.id,
      to: [{ name: '', address: KIM }],
      subject: 'Copy',
      text: 'Here',
    }
    await client.call('POST', '/v1/submissions', sent, new Headers({ 'idempotency-key': 'copy-1' }))
    const copies = () => dovecot.doveadm(['search', '-u', KIM, 'mailbox', 'Expédiés & Co', 'subject', 'Copy'])
    await expect.poll(async () => (await copies()).trim().split('\n').filter(Boolean).length).toBe(1)
  })

  it('reveals no password, even when a server repeats it in an error', async () => {
    const imap = { host: 'localhost', port: dovecot.imapsPort, tls: 'implicit' }
    const smtp = { host: 'localhost', port: postfix.port, tls: 'starttls' }
    const servers = { imap, smtp, userName: KIM, ca: `${dovecot.ca}\n${postfix.ca}` }
    const body = { address: KIM, kind: 'user', servers, password: PASSWORD }
    const named = { name: 'Kim', key: 'K2', contact: ADMIN.email }
    const imapEcho = { ...servers, imap: { host: 'localhost', port: echoes.imapPort, tls: 'none' } }
    const smtpEcho = { ...servers, smtp: { host: 'localhost', port: echoes.smtpPort, tls: 'none' } }
    for (const wrong of [{ servers: imapEcho }, { servers: smtpEcho }, { servers: undefined }, { kind: PASSWORD }]) {
      for (const path of ['/v1/email-accounts/preflight', '/v1/email-accounts']) {
        const sent = { ...body, ...(path.endsWith('t') ? {} : named), ...wrong }
        await client.call('POST', path, sent).catch((error: unknown) => expect(error).toBeInstanceOf(Refused))
      }
    }
    expect(echoes.shown()).toEqual([2, 2])
  })

  it('leaves no password in logs, responses, output, storage and addresses', async () => {
    await client.call('GET', '/v1/audit')
    const events = await client.listen()
    await expect.poll(subjects).toContain('And where is it now')
    events.close()
    const { finds, kinds } = await secretsLeftBy(postkey)
    expect(finds).toEqual([])
    expect(kinds).toContain('password of a mailbox')
    expect(await page.content()).not.toContain(PASSWORD)
  })

  async function fill(wanted: { imapHost: string; imapPort: string; password: string }): Promise<void> {
    await page.getByLabel('Mailbox address').fill(KIM)
    const imap = server('Incoming mail (IMAP)')
    await imap.getByLabel('Server').fill(wanted.imapHost)
    await imap.getByLabel('Port').fill(wanted.imapPort)
    const smtp = server('Outgoing mail (SMTP)')
    await smtp.getByLabel('Server').fill('localhost')
    await smtp.getByLabel('Encryption').selectOption({ label: 'STARTTLS (143, 587)' })
    await smtp.getByLabel('Port').fill(String(postfix.port))
    await page.locator('input[type=password]').fill(wanted.password)
  }

  /** Everything the page keeps of its requests, read from React. */
  function cached(): Promise<string> {
    return page.evaluate(() => {
      interface Client {
        getQueryCache(): { getAll(): { queryKey: unknown; state: unknown }[] }
        getMutationCache(): { getAll(): { state: unknown }[] }
      }
      interface Fiber {
        memoizedProps: { client?: Client } | null
        child: Fiber | null
        sibling: Fiber | null
      }
      interface Root {
        [name: string]: { stateNode: { current: Fiber } }
      }
      const { document } = globalThis as unknown as { document: { querySelector(selector: string): Root } }
      const root = document.querySelector('#root')
      const name = Object.keys(root).find((each) => each.startsWith('__reactContainer'))
      const open = name === undefined ? [] : [root[name]!.stateNode.current]
      let client: Client | undefined
      for (let fiber = open.pop(); fiber && !client; fiber = open.pop()) {
        if (fiber.memoizedProps?.client?.getQueryCache) ({ client } = fiber.memoizedProps)
        for (const next of [fiber.sibling, fiber.child]) if (next) open.push(next)
      }
      if (!client) throw new TypeError('React keeps it elsewhere')
      const queries = client.getQueryCache().getAll()
      return JSON.stringify([
        queries.map(({ queryKey, state }) => [queryKey, state]),
        client
          .getMutationCache()
          .getAll()
          .map(({ state }) => state),
      ])
    })
  }

  async function subjects(): Promise<string[]> {
    const path = '/v1/conversations?limit=100'
    const { conversations } = await client.call<{ conversations: { subject: string }[] }>('GET', path)
    return conversations.map(({ subject }) => subject)
  }

  function server(name: string): Locator {
    return page.getByRole('group', { name, exact: true })
  }

  function section(name: string): Locator {
    return page.getByRole('region', { name, exact: true })
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name)).toEqual([])
  }
})

function letter(subject: string): string {
  return [
    'From: Lee <lee@customer.test>',
    `To: ${KIM}`,
    `Subject: ${subject}`,
    `Message-ID: <${subject.replaceAll(' ', '.')}@customer.test>`,
    `Date: ${new Date().toUTCString()}`,
    '',
    'Hello',
    '',
  ].join('\r\n')
}
