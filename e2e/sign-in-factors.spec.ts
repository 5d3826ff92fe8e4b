/** Passkeys, authenticator app and recovery codes, with the virtual authenticator of Chromium. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { URI, type TOTP } from 'otpauth'
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostkeyClient } from '../proofs/walk/postkey-client.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { readDatabaseUrl } from '../proofs/walk/traces.ts'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { AGENT, fillSignInForm, FIRST_ADMIN, joinAsFirstAdmin } from './stage.ts'

const CHECKOUT = join(import.meta.dirname, '..')
/** Too short, so that it never is the right one by chance. */
const WRONG_CODE = '12345'
const CODE_STEP_MS = 30_000

/** The first admin, whose factors are used up one after the other. Each test continues where the one before ended. */
describe('passkeys and two-step sign-in in a browser', { timeout: 120_000 }, () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page
  let app: TOTP
  let codes: string[]

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startOnSharedPostgres()])
    page = await openPage(browser)
    await addVirtualAuthenticator(page)
    await joinAsFirstAdmin(page, postkey)
    await signedIn()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  const openFactors = () => page.goto(`${postkey.address}/account`)
  const signedIn = (of = page) => of.getByRole('navigation', { name: 'Main' }).waitFor()
  const secondStep = (of = page) => of.getByRole('heading', { name: 'Second step' }).waitFor()
  const look = async (name: string) => expect(await screenComplaints(page, name)).toEqual([])

  /** Signs out and enters the password, up to the second step or the redirect. */
  async function enterPassword(): Promise<void> {
    await signOut()
    await fillSignInForm(page, FIRST_ADMIN)
  }

  async function signOut(): Promise<void> {
    await page.request.delete(`${postkey.address}/v1/session`, { headers: { origin: postkey.address } })
    await page.goto(postkey.address)
    await page.getByRole('heading', { name: 'Sign in to Postkey' }).waitFor()
  }

  it('sets up an authenticator app with its first code, and shows recovery codes once', async () => {
    await openFactors()
    await page.getByText('You have no passkeys.').waitFor()
    await page.getByRole('button', { name: 'Set up authenticator app' }).click()
    const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' })
    await dialog.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor()
    app = appWith(await dialog.locator('pre').innerText())
    await dialog.getByRole('textbox', { name: 'Code', exact: true }).fill(WRONG_CODE)
    await page.keyboard.press('Enter')
    await expectWrongCode(page)
    await look('authenticator-app-wrong-code')

    await dialog.getByRole('textbox', { name: 'Code', exact: true }).fill(app.generate())
    await page.keyboard.press('Enter')
    const shown = page.getByRole('dialog', { name: 'Recovery codes' })
    await shown.getByText('They’re shown only now.').waitFor()
    codes = await shown.locator('code').allInnerTexts()
    expect(codes).toHaveLength(10)
    await page.keyboard.press('Escape')
    await look('recovery-codes')
    await shown.getByRole('button', { name: 'I’ve saved them' }).click()
    await page.getByText('10 recovery codes left').waitFor()
  })

  it('signs in with a code of the app after the password, and reports a wrong one', async () => {
    await enterPassword()
    await secondStep()
    const code = page.getByLabel('Code of your authenticator app')
    await code.fill(WRONG_CODE)
    await page.keyboard.press('Enter')
    await expectWrongCode(page)
    await look('second-step')

    // Each code works once: this is the one after that of the setup, which the server accepts early.
    await code.fill(app.generate({ timestamp: Date.now() + CODE_STEP_MS }))
    await page.keyboard.press('Enter')
    await signedIn()
  })

  it('signs in with a recovery code, once', async () => {
    for (const isUsed of [false, true]) {
      await enterPassword()
      await secondStep()
      await page.getByRole('button', { name: 'Use a recovery code' }).click()
      await page.getByLabel('Recovery code').fill(codes[0]!)
      await page.keyboard.press('Enter')
      await (isUsed ? expectWrongCode(page) : signedIn())
    }
    await page.getByLabel('Recovery code').fill(codes[1]!)
    await page.keyboard.press('Enter')
    await signedIn()
    await openFactors()
    await page.getByText('8 recovery codes left').waitFor()
  })

  it('adds a passkey by keyboard, which signs in without address, password and code', async () => {
    await page.getByRole('button', { name: 'Add passkey' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Name' }).fill('Laptop')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Remove passkey: Laptop' }).waitFor()
    await look('my-account-with-factors')

    await signOut()
    await look('sign-in-with-passkey')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).focus()
    await page.keyboard.press('Enter')
    await signedIn()
    await openFactors()
    await page.getByText(/^Added .+ last used/).waitFor()
  })

  it('completes a sign-in with a passkey after the password', async () => {
    await enterPassword()
    await secondStep()
    // The password alone opens nothing.
    expect((await page.request.get(`${postkey.address}/v1/session`)).status()).toBe(401)
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await signedIn()
    await openFactors()
    await page.getByText(/^By passkey/).waitFor()
  })

  it('asks for a passkey before a sensitive action, and for the password with a code instead', async () => {
    await leaveSessionOpen()
    const newCodes = page.getByRole('dialog', { name: 'Recovery codes' })
    const identity = page.getByRole('dialog', { name: 'Confirm it’s you' })
    const createCodes = async () => {
      await page.getByRole('button', { name: 'Create new codes' }).click()
      await page.getByRole('dialog', { name: 'Create new recovery codes?' }).getByRole('button', { name: 'Create new codes' }).click() // prettier-ignore
    }
    await createCodes()
    await identity.getByRole('button', { name: 'Use your passkey' }).waitFor()
    await look('confirm-by-passkey')
    await page.keyboard.press('Enter')
    await newCodes.getByText('They’re shown only now.').waitFor()
    codes = await newCodes.locator('code').allInnerTexts()
    await newCodes.getByRole('button', { name: 'I’ve saved them' }).click()

    await leaveSessionOpen()
    await openFactors()
    await createCodes()
    await identity.getByRole('button', { name: 'Use your password instead' }).click()
    await page.keyboard.type(FIRST_ADMIN.password)
    await identity.getByLabel('Code of your authenticator app').fill(WRONG_CODE)
    await page.keyboard.press('Enter')
    await expectWrongCode(page)
    await look('confirm-by-password-wrong-code')
    await identity.getByRole('button', { name: 'Use a recovery code' }).click()
    await page.keyboard.type(codes[0]!)
    await page.keyboard.press('Enter')
    await newCodes.getByText('They’re shown only now.').waitFor()
    await newCodes.getByRole('button', { name: 'I’ve saved them' }).click()
  })

  it('signs in with the password alone after an admin has reset the factors of a person who lost them', async () => {
    const agentPage = await joinWithApp()
    await agentPage.goto(postkey.address)
    await fillSignInForm(agentPage, AGENT)
    await secondStep(agentPage)

    await page.goto(`${postkey.address}/people`)
    await page.getByRole('button', { name: `Actions for ${AGENT.name}` }).click()
    await page.getByRole('menuitem', { name: 'Reset sign-in factors' }).click()
    const dialog = page.getByRole('dialog', { name: `Reset the sign-in factors of ${AGENT.name}?` })
    await dialog.getByRole('button', { name: 'Reset sign-in factors' }).click()
    await page.getByText(`Sign-in factors of ${AGENT.name} reset`).waitFor()

    await agentPage.getByRole('button', { name: 'Start over' }).click()
    await fillSignInForm(agentPage, AGENT)
    await signedIn(agentPage)
  })

  it('lets the last admin in with the password alone after a reset at the terminal', async () => {
    await enterPassword()
    await secondStep()
    expect(await atTheTerminal('user', 'reset-factors', FIRST_ADMIN.email)).toContain(
      'The password alone signs in now.',
    )
    await page.getByRole('button', { name: 'Start over' }).click()
    await fillSignInForm(page, FIRST_ADMIN)
    await signedIn()
    await openFactors()
    await page.getByText('You have no passkeys.').waitFor()
  })

  /** The last proof of identity is then too long ago. */
  async function leaveSessionOpen(): Promise<void> {
    const database = new Client({ connectionString: readDatabaseUrl(postkey.place) })
    await database.connect()
    await database.query(`UPDATE sessions SET fresh_at = fresh_at - interval '10 minutes'`)
    await database.end()
  }

  /** An agent who joins, sets up an authenticator app and signs out. */
  async function joinWithApp(): Promise<Page> {
    const { address } = postkey
    const { name, email, password } = AGENT
    const headers = { origin: address }
    const invited = await page.request.post(`${address}/v1/invitations`, {
      ...{ headers, data: { name, email, role: 'agent', emailAccountIds: [] } },
    })
    const { url } = (await invited.json()) as { url: string }
    const client = createPostkeyClient(address)
    await client.call('POST', '/v1/links/accept', { token: new URL(url).hash.slice(1), password })
    const { secret } = await client.call<{ secret: string }>('POST', '/v1/account/authenticator-app')
    const code = appWith(secret).generate()
    await client.call('POST', '/v1/account/authenticator-app/confirm', { code })
    return openPage(browser)
  }

  /** Returns what a command printed. */
  async function atTheTerminal(...argv: string[]): Promise<string> {
    const { place } = postkey
    const command = ['--import', './scripts/node-24.js', 'scripts/postkey.ts', ...argv]
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      cwd: CHECKOUT,
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(place.port) },
        ...{ POSTKEY_DATA: place.dataFolder, POSTKEY_KEY_FILE: place.keyFile, DATABASE_URL: place.database!.url },
      },
    })
    return stdout
  }
})

/** Authenticator with a fingerprint that always matches. */
async function addVirtualAuthenticator(page: Page): Promise<void> {
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('WebAuthn.enable')
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
}

function appWith(secret: string): TOTP {
  return URI.parse(`otpauth://totp/Postkey:olga?secret=${secret}&issuer=Postkey`) as TOTP
}

/** The notice says it once, without the name of a field of the API. */
async function expectWrongCode(page: Page): Promise<void> {
  const notice = page.getByRole('alert').filter({ hasText: 'The code is wrong, has expired or was used before' })
  await notice.waitFor()
  expect(await notice.innerText()).not.toMatch(/body\.|admin/)
}
