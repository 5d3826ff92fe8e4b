/** End and renewal of a sign-in, for tests of mailboxes that stop. */
import { Client } from 'pg'
import type { Page } from 'playwright-core'
import { createPerson, overHttp } from '../sandbox/test/browser.ts'
import { authenticatorCode } from '../proofs/walk/authenticator-code.ts'
import { signInAs } from '../proofs/walk/microsoft-pages.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { readDatabaseUrl } from '../proofs/walk/traces.ts'

/** Revokes Anna's sessions as an Entra admin; her last access token is treated as expired. */
export async function endSignInOfAnna({ sandbox, place }: Pick<StartedPostkey, 'sandbox' | 'place'>): Promise<void> {
  const { portal, controlPanel } = sandbox
  const entraAdmin = createPerson(overHttp(Object.values(sandbox).map((url) => new URL(url).origin)))
  await entraAdmin.open(portal)
  await signInAs(entraAdmin, 'ada@contoso.example', { controlPanel, isThere: (url) => url.startsWith(portal) })
  await entraAdmin.open(`${portal}/users`)
  await entraAdmin.follow('Anna Berg')
  await entraAdmin.submit({}, { button: 'Revoke sessions' })
  const database = new Client({ connectionString: readDatabaseUrl(place) })
  await database.connect()
  await database.query('DELETE FROM access_tokens')
  await database.end()
}

/** Signs Anna in again, from a page of Postkey with the button for it. */
export async function renewSignInOfAnna(page: Page, { sandbox }: Pick<StartedPostkey, 'sandbox'>): Promise<void> {
  await page.getByRole('button', { name: 'Sign in again as anna@contoso.example' }).click()
  await page.waitForURL(`${new URL(sandbox.login).origin}/**`)
  await page.getByLabel('Password').fill('Sandbox-2026')
  await page.keyboard.press('Enter')
  await page.getByLabel('Code').fill(await authenticatorCode(sandbox.controlPanel, 'anna@contoso.example'))
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Yes' }).click()
  await page.getByRole('heading', { name: 'Sign-in renewed' }).waitFor()
}
