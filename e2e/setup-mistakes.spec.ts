/** Ten mistakes of admins during setup: the cost of each, and the recovery. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { registerInPortal, signInAtMicrosoft, type PortalRegistration } from './microsoft.ts'
import { joinAsFirstAdmin, openTab } from './stage.ts'
import { startOnSharedPostgres } from './postkey.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

const SHARED = 'support@contoso.example'
const OTHER_SECRET = 'Qx8~not-the-secret-of-this-application-00'
const SECRET_ID = '11111111-2222-3333-4444-555555555555'
/** For localhost, Microsoft compares everything except the port. */
const WRONG_URI = 'http://localhost/callback'
const MICROSOFT_SESSION = 'ESTSAUTH'
const PERMISSIONS = ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Mail.ReadWrite.Shared', 'Mail.Send.Shared']

/** Cost of recovery: clicks on buttons and links, and fields that were typed again. */
interface Recovery {
  clicks: number
  fields: number
  lost: string[]
}

describe('setup with ten mistakes', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let portal: Page
  let registration: PortalRegistration
  const recoveries: Record<string, Recovery> = {}

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres()])
    page = await openPage(browser)
    portal = await openPage(browser)
    await joinAsFirstAdmin(page, postkey)
    await page.getByRole('heading', { name: 'A. Register an application' }).waitFor()
    registration = await registerInPortal(portal, {
      portal: postkey.sandbox.portal,
      redirectUri: WRONG_URI,
      permissions: PERMISSIONS,
    })
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('offers no script for the sandbox, and B repeats no question of A', async () => {
    await page.getByRole('tab', { name: 'Manifest' }).waitFor()
    expect(await page.getByRole('tab', { name: /Azure CLI|PowerShell/ }).count()).toBe(0)
    expect(await page.getByRole('main').innerText()).not.toContain('Global')
    await page.getByRole('link', { name: 'Continue to B with the IDs' }).click()
    await page.getByText('Chosen in step A').waitFor()
    expect(await page.getByRole('radio').count()).toBe(0)
    await look('mistakes-b-summary')
  })

  it('1: the Secret ID in place of the secret is refused at the field', async () => {
    await field('Name').fill('Contoso')
    await field('Application (client) ID').fill(registration.clientId)
    await field('Directory (tenant) ID').fill(oneDigitOff(registration.tenantId))
    await page.getByLabel('Deputy').fill('ben@contoso.example')
    await field('Client secret').fill(SECRET_ID)
    await page.getByText('This is the Secret ID, not the secret.').waitFor()

    const recovery = begin('Secret ID instead of the secret')
    await recovery.fill(field('Client secret'), registration.secret)
    await page.getByText('This is the Secret ID, not the secret.').waitFor({ state: 'detached' })
    await recovery.end(lostFields)
  })

  it('2: leaving B for step A with the form half filled in', async () => {
    await page.getByRole('link', { name: /^A Register an application/ }).click()
    await page.getByRole('heading', { name: 'A. Register an application' }).waitFor()

    const recovery = begin('left B with the form half filled in')
    await recovery.click(page.getByRole('link', { name: /^B Create a Cloud Provider/ }))
    await page.getByRole('heading', { name: 'B. Create a Cloud Provider' }).waitFor()
    await recovery.end(async () => [
      ...(await lostFields()),
      ...((await field('Client secret').inputValue()) === registration.secret ? [] : ['secret']),
    ])
  })

  it('3: a wrong digit in the tenant ID costs that field alone, and no incident opens', async () => {
    await page.getByRole('button', { name: 'Create and check' }).click()
    await page.getByRole('heading', { name: 'Correct the IDs' }).waitFor()
    await look('mistakes-b-tenant')
    expect(await incidents()).toEqual([])
    expect(await page.getByRole('alert').count()).toBe(0)

    const recovery = begin('one wrong digit in the tenant ID')
    await recovery.fill(field('Directory (tenant) ID'), registration.tenantId)
    await recovery.click(page.getByRole('button', { name: 'Save and check again' }))
    await page.getByText('Microsoft knows the tenant').waitFor()
    await recovery.end(lostAtProvider)
  })

  it('4: a redirect URI that is not registered is shown to copy where it is missing', async () => {
    await page.getByText('The redirect URI is not registered').first().waitFor()
    expect(await incidents()).toEqual([])
    await look('mistakes-b-redirect')

    const recovery = begin('redirect URI not registered')
    const copy = page.getByRole('button', { name: 'Copy: Redirect URI (platform Web)' })
    await recovery.click(copy)
    await portal.getByRole('link', { name: 'Authentication' }).click()
    await portal.getByLabel('Redirect URI').fill(`${postkey.address}/oauth/callback`)
    await portal.getByRole('button', { name: 'Configure' }).click()
    await portal.getByText(`${postkey.address}/oauth/callback`).first().waitFor()
    await recovery.click(page.getByRole('button', { name: 'Check again' }))
    await page.getByText('No problems found. Users can sign in now.').waitFor()
    await recovery.end(lostAtProvider)
  })

  it('5: the secret of another application, added later, stops nothing and is named', async () => {
    await page.getByRole('link', { name: 'Open Cloud Provider' }).click()
    await openTab(page, 'Credentials')
    await page.getByRole('button', { name: 'Add secret' }).click()
    await field('Client secret').fill(OTHER_SECRET)
    // A visit to another page costs no secret either.
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Email Accounts' }).click()
    await page.getByRole('heading', { name: 'Email Accounts' }).waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Add secret' }).click()
    expect(await field('Client secret').inputValue()).toBe(OTHER_SECRET)
    await page.getByRole('button', { name: 'Add and check' }).click()
    await page.getByText('Microsoft rejected the client secret (Qx8…)').waitFor()
    const good = `Secret ${registration.secret.slice(0, 3)}…`
    await openTab(page, 'Overview')
    await page.getByText(`Postkey authenticates with: ${good}`).waitFor()
    await openTab(page, 'Credentials')
    await look('mistakes-secrets')

    const recovery = begin('secret of another application')
    await recovery.click(page.getByRole('button', { name: 'Remove: Secret Qx8…' }))
    await recovery.click(page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }))
    await page.getByRole('button', { name: 'Remove: Secret Qx8…' }).waitFor({ state: 'detached' })
    // The label of the remaining button names the same secret as before.
    await page.getByRole('button', { name: `Remove: ${good}` }).waitFor()
    await recovery.end(lostAtProvider)
  })

  it('6: signing in before an admin has consented leads to a consent link for the Entra admin', async () => {
    await page.goto(`${postkey.address}/set-up`)
    await page.getByRole('heading', { name: 'C. Authenticate' }).waitFor()
    await page.getByLabel('Mailbox address').fill(SHARED)
    await page.getByRole('radio', { name: 'Sign in now' }).check()
    await page.getByRole('button', { name: 'Sign in at Microsoft' }).click()
    await signInAtMicrosoft(page, 'ben@contoso.example')
    await page.getByRole('button', { name: 'Return to the application without granting consent' }).click()
    await page.getByRole('heading', { name: 'An Entra admin must approve the application first' }).waitFor()
    await look('mistakes-consent-required')

    const recovery = begin('signed in without admin consent')
    await recovery.click(page.getByRole('link', { name: 'Send a consent link to an Entra admin' }))
    await recovery.click(page.getByRole('button', { name: 'Create consent link' }))
    await page.getByText('or until the consent is verified', { exact: false }).waitFor()
    await look('mistakes-consent-link')
    await recovery.end(lostAddress)
  })

  it('7: a consent that is canceled at Microsoft', async () => {
    // The admin replaces the user in this browser.
    await page.context().clearCookies({ name: MICROSOFT_SESSION })
    await page.getByRole('radio', { name: /^Admin consent first/ }).check()
    await page.getByRole('button', { name: 'Consent at Microsoft' }).click()
    await signInAtMicrosoft(page, 'ada@contoso.example')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('heading', { name: 'The admin didn’t approve the application' }).waitFor()

    const recovery = begin('consent canceled')
    await recovery.click(page.getByRole('link', { name: 'Back to Setup' }))
    await page.getByRole('heading', { name: 'C. Authenticate' }).waitFor()
    await recovery.end(lostAddress)
  })

  it('8: a user without access to the mailbox is refused in C, and the consent of the admin stays', async () => {
    await page.getByRole('radio', { name: /^Admin consent first/ }).check()
    await page.getByRole('button', { name: 'Consent at Microsoft' }).click()
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('link', { name: 'Continue to sign-in' }).click()
    await signInAtMicrosoft(page, 'ada@contoso.example')
    await page.getByRole('heading', { name: 'The account that signed in can’t open the mailbox' }).waitFor()
    await look('mistakes-no-access')

    const recovery = begin('signed in as a user without access')
    await recovery.click(page.getByRole('link', { name: 'Back to Setup' }))
    await page.getByRole('heading', { name: 'C. Authenticate' }).waitFor()
    expect(await stateOf('Authenticate')).not.toContain('done')
    expect(await stateOf('Authenticate')).toContain('The consent is verified')
    await recovery.end(lostAddress)
  })

  it('9: a tab closed at Microsoft’s page: a new one resumes at C with the address', async () => {
    await page.getByRole('radio', { name: 'Sign in now' }).check()
    await page.getByRole('button', { name: 'Sign in at Microsoft' }).click()
    await page.getByRole('button', { name: 'Use another account' }).waitFor()
    const next = await page.context().newPage()
    await page.close()
    page = next
    await page.goto(postkey.address)
    await page.getByRole('heading', { name: 'C. Authenticate' }).waitFor()

    const recovery = begin('tab closed at Microsoft')
    await recovery.end(lostAddress)
    await look('mistakes-c-resumed')
  })

  it('10: a typing error in the address of the mailbox keeps the sign-in', async () => {
    await page.getByLabel('Mailbox address').fill('suport@contoso.example')
    await page.getByRole('radio', { name: 'Sign in now' }).check()
    await page.getByRole('button', { name: 'Sign in at Microsoft' }).click()
    await signInAtMicrosoft(page, 'ben@contoso.example')
    await page.getByRole('heading', { name: 'Microsoft has no mailbox suport@contoso.example' }).waitFor()
    await look('mistakes-address')

    const recovery = begin('typing error in the mailbox address')
    await recovery.click(page.getByRole('link', { name: 'Correct the address' }))
    await recovery.fill(page.getByLabel('Mailbox address'), SHARED)
    await recovery.click(page.getByRole('button', { name: 'Check mailbox' }))
    await page.getByRole('button', { name: `Associate ${SHARED}` }).waitFor()
    await recovery.end(async () =>
      (await page.getByLabel('Opened by').innerText()).includes('ben@') ? [] : ['sign-in'],
    )
    await page.getByRole('button', { name: `Associate ${SHARED}` }).click()
    await page.getByText(/messages imported\. New mail arrives automatically\./).waitFor()
  })

  it('lost nothing, with few clicks each', () => {
    console.table(recoveries)
    expect(Object.values(recoveries).flatMap(({ lost }) => lost)).toEqual([])
    expect(Object.keys(recoveries)).toHaveLength(10)
    expect(Math.max(...Object.values(recoveries).map(({ clicks }) => clicks))).toBeLessThanOrEqual(2)
  })

  it('starts another mailbox at C, not at the finished one', async () => {
    await page.goto(`${postkey.address}/email-accounts`)
    await page.getByRole('link', { name: 'Connect a mailbox' }).click()
    await page.getByRole('heading', { name: 'C. Authenticate' }).waitFor()
    expect(await page.getByLabel('Mailbox address').inputValue()).toBe('')
  })

  it('names the mailboxes that will stop soon while a secret is refused, and the secret', async () => {
    await switchOn('secret-expired', { application: registration.clientId })
    await page.goto(`${postkey.address}/cloud-providers`)
    await page.getByRole('link', { name: 'Contoso', exact: true }).click()
    await page.getByRole('button', { name: 'Check again' }).click()
    const hint = registration.secret.slice(0, 3)
    await page.getByText(`The client secret has expired (${hint}…)`).waitFor()
    await page.getByRole('status').getByText('1 mailbox will stop soon').waitFor()
    await page.getByText('Microsoft currently accepts no secret or certificate.', { exact: false }).waitFor()
    expect(await page.getByText('No secret or certificate has worked yet').count()).toBe(0)
    await look('mistakes-secret-expired')
  })

  it('explains where an Entra admin revokes the consent of a disconnected sign-in', async () => {
    const { emailAccounts } = await read<{ emailAccounts: { id: string }[] }>('email-accounts')
    const headers = { origin: postkey.address }
    await page.request.delete(`${postkey.address}/v1/email-accounts/${emailAccounts[0]?.id}`, { headers })
    await page.reload()
    await openTab(page, 'Sign-ins')
    await page.getByRole('button', { name: 'Disconnect the sign-in of Ben Ito' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect sign-in' }).click()
    const told = page.getByRole('dialog', { name: 'Revoke the consent at Microsoft' })
    await told.getByText('Enterprise applications, the application, Permissions', { exact: false }).waitFor()
    // A command would reach the global cloud instead of the sandbox.
    expect(await told.getByText('Connect-MgGraph', { exact: false }).count()).toBe(0)
    await look('mistakes-revoke')
    await page.keyboard.press('Escape')
    await page.getByText('No sign-ins yet.').waitFor()
  })

  function begin(mistake: string) {
    const recovery: Recovery = { clicks: 0, fields: 0, lost: [] }
    return {
      async click(target: Locator) {
        recovery.clicks += 1
        await target.click()
      },
      async fill(target: Locator, text: string) {
        recovery.fields += 1
        await target.fill(text)
      },
      async end(lost: () => Promise<string[]>) {
        recovery.lost = await lost()
        recoveries[mistake] = recovery
        expect(recovery.lost).toEqual([])
      },
    }
  }

  function field(name: string): Locator {
    return page.getByRole('textbox', { name, exact: name === 'Name' })
  }

  async function lostFields(): Promise<string[]> {
    const kept: [Locator, string][] = [
      [field('Name'), 'Contoso'],
      [field('Application (client) ID'), registration.clientId],
      [page.getByLabel('Deputy'), 'ben@contoso.example'],
    ]
    const lost = await Promise.all(kept.map(async ([at, value]) => ((await at.inputValue()) === value ? [] : [value])))
    return lost.flat()
  }

  async function lostAtProvider(): Promise<string[]> {
    const { cloudProviders } = await read<{ cloudProviders: Record<string, string>[] }>('cloud-providers')
    const [provider] = cloudProviders
    const kept = { name: 'Contoso', deputy: 'ben@contoso.example', clientId: registration.clientId }
    const { credentials } = await read<{ credentials: { standing: { state: string } }[] }>(
      `cloud-providers/${provider?.['id']}/credentials`,
    )
    return [
      ...Object.entries(kept).flatMap(([name, value]) => (provider?.[name] === value ? [] : [name])),
      ...(credentials.some(({ standing }) => standing.state === 'works') ? [] : ['secret']),
    ]
  }

  async function lostAddress(): Promise<string[]> {
    return (await page.getByLabel('Mailbox address').inputValue()) === SHARED ? [] : ['address']
  }

  async function incidents(): Promise<unknown[]> {
    return (await read<{ incidents: unknown[] }>('incidents')).incidents
  }

  async function read<T>(path: string): Promise<T> {
    return (await (await page.request.get(`${postkey.address}/v1/${path}`)).json()) as T
  }

  async function stateOf(letter: string): Promise<string> {
    return page.getByRole('navigation', { name: 'Setup steps' }).getByText(letter).locator('../..').innerText()
  }

  async function switchOn(name: string, on: object): Promise<void> {
    const answer = await fetch(`${postkey.sandbox.controlPanel}/api/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, on }),
    })
    expect(answer.status).toBe(201)
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name)).toEqual([])
  }
})

/** Changes a digit at the end. */
function oneDigitOff(id: string): string {
  const last = Number.parseInt(id.at(-1) ?? '', 16)
  return `${id.slice(0, -1)}${((last + 2) % 16).toString(16)}`
}
