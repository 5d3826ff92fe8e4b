import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, openPage, screenComplaints } from './browser.ts'
import { connectedSupport } from './stage.ts'
import { ADMIN, isConnected, SHARED } from '../proofs/walk/connect-support.ts'
import { startPostkey, type StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { secretsLeftBy } from '../proofs/walk/traces.ts'

const CHECKOUT = join(import.meta.dirname, '..')

/**
 * Doctor for a mailbox that breaks, in the browser and at the terminal. Each test continues where the one before ended.
 */
describe('the doctor in a browser and at the terminal', () => {
  let browser: Browser
  let postkey: StartedPostkey
  let page: Page

  beforeAll(async () => {
    ;[browser, postkey] = await Promise.all([openBrowser(), startPostkey({ record: 'bodies', logLevel: 'trace' })])
    const { ear } = await connectedSupport(postkey)
    await ear.next('the import is done', isConnected)
    ear.close()
    page = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.goto(`${postkey.address}/settings`)
    await page.getByLabel('Email address').fill(ADMIN.email)
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill(ADMIN.password)
    await page.keyboard.press('Enter')
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('opens from Settings and finds no problem of the installation', async () => {
    await page.getByRole('region', { name: 'Servers' }).getByText('running', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Run doctor' }).click()

    await page.getByText('No problems found.').waitFor()
    await line('Public address').getByText('PUBLIC_URL leads to this Postkey').waitFor()
    expect(await page.getByRole('button', { name: 'Run again' }).isEnabled()).toBe(true)
  })

  it('opens from a mailbox, and each line has an icon, a word and a result', async () => {
    await page.goto(`${postkey.address}/email-accounts`)
    await page.getByRole('link', { name: 'Contoso Support' }).click()
    await page.getByRole('link', { name: 'Run doctor' }).first().click()

    await page.getByRole('heading', { name: 'Doctor: Contoso Support' }).waitFor()
    await page.getByText('No problems found.').waitFor()
    await line('Access token').getByText('is for Microsoft Graph and has all requested permissions').waitFor()
    await line('Send As').getByText('not checked', { exact: true }).waitFor()
    await look('doctor-well')
  })

  it('lists problems first, with the responsible person and the command to copy', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await switchOn('full-access-withdrawn', { mailbox: SHARED })
    await page.getByRole('button', { name: 'Run again' }).click()

    await page.getByText('1 problem found.').waitFor()
    const first = page.getByRole('list', { name: 'Results' }).getByRole('listitem').first()
    await first.getByText('Reading, support@contoso.example').waitFor()
    await first.getByText('Who can fix it:').waitFor()
    await line('Last successful read').getByText('Fix first: Reading, support@contoso.example').waitFor()
    await first.getByRole('button', { name: 'Copy: Exchange Online PowerShell' }).click()
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain(
      `Add-MailboxPermission -Identity '${SHARED}' -User 'anna@contoso.example' -AccessRights FullAccess`,
    )
    await look('doctor-wrong')
  })

  it('copies a report without addresses unless requested, the same as at the terminal', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    const report = page.getByRole('region', { name: 'Support report', exact: true }).last()
    // Once the mailbox itself has noticed the problem, its state is stable between two checks.
    await expect
      .poll(async () => {
        await page.getByRole('button', { name: 'Run again' }).click()
        await page.getByText('1 problem found.').waitFor()
        return report.innerText()
      })
      .toContain('needs-admin (transports.access_denied)')
    const abbreviated = await report.innerText()
    expect(abbreviated).not.toMatch(/support@|anna@/)
    await page.getByLabel('Show full addresses').check()
    const whole = await report.innerText()
    expect(whole).toContain(SHARED)

    const { code, output } = await atTheTerminal('doctor', SHARED)
    expect(code).toBe(1)
    expect(withoutNumbers(output)).toBe(withoutNumbers(abbreviated))
    const json = await atTheTerminal('doctor', 'sup', '--json', '--addresses')
    expect(JSON.parse(json.output)).toMatchObject({ outcome: 'wrong' })
    expect(json.output).toContain(SHARED)
  }, 60_000)

  it('shows the same explanation at the mailbox', async () => {
    await page.goto(`${postkey.address}/email-accounts`)
    await page.getByRole('link', { name: 'Contoso Support' }).click()
    await page.getByRole('button', { name: 'Check again' }).first().click()
    await page.getByRole('button', { name: 'Copy: Exchange Online PowerShell' }).waitFor()
    await look('email-account-explained')
  })

  it('leaves no secret in its responses, output and logs', async () => {
    const { finds, kinds } = await secretsLeftBy(postkey)

    expect(kinds).toEqual(expect.arrayContaining(['access_token', 'refresh_token', 'secret']))
    expect(finds).toEqual([])
  })

  function line(name: string) {
    return page
      .getByRole('list', { name: 'Results' })
      .getByRole('listitem')
      .filter({ hasText: new RegExp(`^${name}`) })
  }

  async function look(name: string): Promise<void> {
    expect(await screenComplaints(page, name)).toEqual([])
  }

  async function switchOn(name: string, on: object): Promise<void> {
    const answer = await fetch(`${postkey.sandbox.controlPanel}/api/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, on }),
    })
    expect(answer.status).toBe(201)
  }

  function atTheTerminal(...argv: string[]): Promise<{ code: number; output: string }> {
    const { place } = postkey
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      POSTKEY_DATA: place.dataFolder,
      POSTKEY_KEY_FILE: place.keyFile,
      PORT: String(place.port),
    }
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ['--import', './scripts/node-24.js', 'scripts/postkey.ts', ...argv],
        { cwd: CHECKOUT, env },
        (error, stdout) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout.trimEnd() }),
      )
    })
  }
})

/** Times and figures differ between runs. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '#').replaceAll('\u00a0', ' ').trimEnd()
}
