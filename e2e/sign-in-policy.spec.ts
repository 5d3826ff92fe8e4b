/** The sign-in policy: a required second factor, and providers only with a break-glass admin. */
import { URI, type TOTP } from 'otpauth'
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { AGENT, fillSignInForm, FIRST_ADMIN, joinAsFirstAdmin } from './stage.ts'

const CODE_STEP_MS = 30_000

/** Each test continues where the one before ended. */
describe('the sign-in policy in a browser', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let app: TOTP

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres()])
    page = await openPage(browser)
    await joinAsFirstAdmin(page, postkey)
    await signedIn()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  const signedIn = (of = page) => of.getByRole('navigation', { name: 'Main' }).waitFor()
  const look = async (name: string) => expect(await screenComplaints(page, name)).toEqual([])
  const openPolicy = async () => {
    await page.goto(`${postkey.address}/settings`)
    await page.getByRole('heading', { name: 'Sign-in policy' }).waitFor()
  }
  const policy = () => page.getByRole('region', { name: 'Sign-in policy' })
  const only = () => policy().getByRole('switch', { name: 'Sign in only with Microsoft or OpenID' })

  it('announces the date to an admin without a second factor, and requires it at once where an admin wants that', async () => {
    const banner = page.getByText('Your account needs a passkey or an authenticator app from')
    await banner.waitFor()
    await openPolicy()
    await look('sign-in-policy')
    await policy().getByRole('button', { name: 'Require now' }).focus()
    await page.keyboard.press('Enter')
    const now = page.getByRole('dialog', { name: 'Require a second factor of admins?' })
    await now.getByText(`${FIRST_ADMIN.name} (${FIRST_ADMIN.email})`).waitFor()
    // Admins need it earlier than in a week, which only an optional factor suspends.
    expect(await now.getByRole('radio', { name: 'In a week' }).count()).toBe(0)
    await now.getByRole('button', { name: 'Require second factor' }).focus()
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Add a second factor' }).waitFor()
    await look('factor-first')

    // Not a use of the session, which ends while the page is unattended.
    const reads = new Set<string>()
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url())
      if (pathname === '/v1/session' && request.method() === 'GET') reads.add(search)
    })
    // Another admin changes the policy meanwhile.
    await runSql(`UPDATE sign_in_policy SET second_factor_for = 'no-one'`)
    await page.getByText('your account no longer needs a second factor now').waitFor()
    expect([...reads]).toEqual(['?isBackground=true'])
    await look('factor-first-relaxed')
    await runSql(`UPDATE sign_in_policy SET second_factor_for = 'admins'`)
    await page.reload()
    await page.getByRole('heading', { name: 'Add a second factor' }).waitFor()
    expect(await page.getByRole('button', { name: 'Continue to Postkey' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Set up authenticator app' }).click()
    const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' })
    const secret = await dialog.locator('pre').innerText()
    app = URI.parse(`otpauth://totp/Postkey:olga?secret=${secret}&issuer=Postkey`) as TOTP
    await dialog.getByRole('textbox', { name: 'Code', exact: true }).fill(app.generate())
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'I’ve saved them' }).click()
    await page.getByText('Your second factor is set up.').waitFor()
    await page.getByRole('button', { name: 'Continue to Postkey' }).click()
    await signedIn()
    await policy().waitFor()
    expect(await banner.count()).toBe(0)
  })

  it('requires a second factor of more people only when that is confirmed, with their names and a date', async () => {
    await joinAgent()
    await openPolicy()
    const radio = (name: string) => policy().getByRole('radio', { name })
    await radio('Required of admins').focus()
    await page.keyboard.press('ArrowDown')
    const everyone = page.getByRole('dialog', { name: 'Require a second factor of everyone?' })
    await everyone.getByText('1 person without a second factor must add one to use a password:').waitFor()
    await everyone.getByText(`${AGENT.name} (${AGENT.email})`).waitFor()
    await look('second-factor-everyone')
    await page.keyboard.press('Escape')
    await everyone.waitFor({ state: 'hidden' })
    expect(await radio('Required of admins').isChecked()).toBe(true)

    await radio('Required of everyone').click()
    await everyone.getByRole('button', { name: 'Require second factor' }).click()
    await page.getByText('The second factor is required in a week.').waitFor()
    await policy().getByText('Applies from').waitFor()
    await policy().getByText('Admins need it from').waitFor()
    await look('second-factor-later')
    expect(await radio('Required of everyone').isChecked()).toBe(true)

    await radio('Optional for everyone').click()
    const optional = page.getByRole('dialog', { name: 'Make the second factor optional?' })
    await look('second-factor-optional')
    await optional.getByRole('button', { name: 'Cancel' }).click()
    await radio('Required of admins').click()
    await page.getByRole('button', { name: 'Require of admins only' }).click()
    await page.getByText('The second factor is required of admins only.').waitFor()
    await policy().getByText('Applies from').waitFor({ state: 'hidden' })
    await page.goto(`${postkey.address}/audit`)
    await page.getByText('to “required of everyone from').first().waitFor()
    await page.getByText('to “required only of admins from').first().waitFor()
    await look('policy-audit')
  })

  it('refuses to accept only providers without a break-glass admin, and names who would be locked out', async () => {
    await addProvider()
    await openPolicy()
    await only().focus()
    await page.keyboard.press('Space')
    const dialog = page.getByRole('dialog', { name: 'Accept only Microsoft and OpenID?' })
    await dialog.getByText('2 people without a linked identity will be locked out:').waitFor()
    await dialog.getByRole('button', { name: 'Accept only providers' }).click()
    await dialog.getByText('No break-glass admin could sign in').waitFor()
    await look('only-by-provider-refused')
    await page.keyboard.press('Escape')
    expect(await only().isChecked()).toBe(false)
  })

  it('accepts only providers with a break-glass admin, who signs in with both factors', async () => {
    const agentPage = await openPage(browser)
    await agentPage.goto(postkey.address)
    await fillSignInForm(agentPage, AGENT)
    await signedIn(agentPage)

    await policy().getByRole('checkbox', { name: FIRST_ADMIN.name }).click()
    await page.getByText('Break-glass admins saved').waitFor()
    await only().click()
    const dialog = page.getByRole('dialog', { name: 'Accept only Microsoft and OpenID?' })
    await dialog.getByText(`${AGENT.name} (${AGENT.email})`).waitFor()
    await look('only-by-provider')
    await dialog.getByRole('button', { name: 'Accept only providers' }).click()
    await page.getByText('Only Microsoft and OpenID are accepted.').waitFor()

    await agentPage.reload()
    await fillSignInForm(agentPage, AGENT)
    await agentPage.getByText('Sign in with Microsoft or the other provider on the sign-in page.').waitFor()
    expect(await screenComplaints(agentPage, 'provider-required')).toEqual([])

    await page.request.delete(`${postkey.address}/v1/session`, { headers: { origin: postkey.address } })
    await page.goto(postkey.address)
    await fillSignInForm(page, FIRST_ADMIN)
    const code = page.getByLabel('Code of your authenticator app')
    // Each code works once: this is the one after that of the setup, which the server accepts early.
    await code.fill(app.generate({ timestamp: Date.now() + CODE_STEP_MS }))
    await page.keyboard.press('Enter')
    await signedIn()
    await page.goto(`${postkey.address}/audit`)
    await page.getByText('signed in as a break-glass admin').waitFor()
    await openPolicy()
    await policy().getByRole('checkbox', { name: FIRST_ADMIN.name }).click()
    const removal = page.getByRole('dialog', { name: `Remove ${FIRST_ADMIN.name} as break-glass admin?` })
    await look('break-glass-removal')
    await removal.getByRole('button', { name: 'Remove break-glass admin' }).click()
    await removal.getByText('This is the last break-glass admin').waitFor()
    await look('break-glass-removal-refused')
    await page.keyboard.press('Escape')
    await only().click()
    await page.getByText('Passwords and passkeys are accepted again.').waitFor()
  })

  it('marks people without a second factor who can still sign in with a provider alone', async () => {
    await runSql(`INSERT INTO linked_identities (id, identity_provider_id, subject, user_id, user_name, admitted_by,
        linked_at, last_used_at)
      SELECT gen_random_uuid(), provider.id, 'ben', users.id, 'ben', 'person', now(), now()
      FROM identity_providers AS provider, users WHERE users.email = '${AGENT.email}'`)
    await policy().getByRole('radio', { name: 'Required of everyone' }).click()
    const everyone = page.getByRole('dialog', { name: 'Require a second factor of everyone?' })
    await everyone.getByText(`${AGENT.name} (${AGENT.email}): can still sign in with a provider alone`).waitFor()
    await look('second-factor-by-provider')
    await page.keyboard.press('Escape')
    await everyone.waitFor({ state: 'hidden' })
  })

  async function runSql(text: string): Promise<void> {
    const client = new Client({ connectionString: postkey.place.database!.url })
    await client.connect()
    await client.query(text)
    await client.end()
  }

  /** An enabled provider at which no one has an identity. */
  const addProvider = () =>
    runSql(`INSERT INTO identity_providers (id, name, kind, issuer, client_id, admission, admin_values,
        agent_values, domains, is_enabled, created_at, updated_at)
      VALUES (gen_random_uuid(), 'Contoso login', 'openid', 'https://login.contoso.example', 'postkey', 'invited', '{}',
        '{}', '{}', true, '2026-01-01', '2026-01-01')`)

  async function joinAgent(): Promise<void> {
    const { address } = postkey
    const { name, email, password } = AGENT
    const invited = await page.request.post(`${address}/v1/invitations`, {
      ...{ headers: { origin: address }, data: { name, email, role: 'agent', emailAccountIds: [] } },
    })
    const { url } = (await invited.json()) as { url: string }
    await createPostkeyClient(address).call('POST', '/v1/links/accept', { token: new URL(url).hash.slice(1), password })
  }
})
