/** Start of most browser tests: support@ is connected, and a user has signed in to Postkey. */
import type { Browser, Page } from 'playwright-core'
import { openPage } from './browser.ts'
import { ADMIN, connectSupport, type Connected } from '../proofs/walk/connect-support.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { createSteps } from '../proofs/walk/steps.ts'

/** Connects support@ after admin consent; its import may still be running. */
export function connectedSupport(postkey: StartedPostkey): Promise<Connected> {
  return connectSupport(
    createSteps('', () => undefined),
    postkey,
    'admin-consent',
  )
}

/** Opens a signed-in page without an address. */
export async function openSignedIn(
  browser: Browser,
  { address }: Pick<StartedPostkey, 'address'>,
  { email, password }: { email: string; password: string } = ADMIN,
): Promise<Page> {
  const page = await openPage(browser)
  await page.request.post(`${address}/v1/session`, { headers: { origin: address }, data: { email, password } })
  return page
}

/** Fills in and submits Postkey's sign-in form, which is open. */
export async function fillSignInForm(
  page: Page,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill(password)
  await page.keyboard.press('Enter')
}

/** The first admin of an unused installation. */
export const FIRST_ADMIN = {
  name: 'Olga Orlova',
  email: 'olga@contoso.example',
  password: 'a walk through the woods',
}

/** Joins with the link that the server printed, up to the redirect. */
export async function joinAsFirstAdmin(page: Page, { firstAdminLink }: StartedPostkey): Promise<void> {
  await page.goto(firstAdminLink)
  await page.getByLabel('Your name').fill(FIRST_ADMIN.name)
  await page.getByLabel('Email address').fill(FIRST_ADMIN.email)
  await page.getByLabel('Password').first().fill(FIRST_ADMIN.password)
  await page.getByLabel('Confirm password').fill(FIRST_ADMIN.password)
  await page.keyboard.press('Enter')
}

/** Opens a page of the administration by its link, from the inbox too. */
export async function navigateTo(page: Page, name: string): Promise<void> {
  const main = page.getByRole('navigation', { name: 'Main' })
  const administration = main.getByRole('link', { name: 'Administration' })
  if (await administration.isVisible()) await administration.click()
  await main.getByRole('link', { name }).click()
}

/** Shows a part of a page of the administration. */
export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click()
}
