/** Start of most browser tests: support@ is connected, and a user has signed in to Postkey. */
import type { Browser, Page } from 'playwright-core'
import { openPage } from './browser.ts'
import { ADMIN, connectSupport, type Connected } from '../proofs/walk/connect-support.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { createSteps } from '../proofs/walk/steps.ts'

/** By the consent of an admin; its import may still go on. */
export function connectedSupport(postkey: StartedPostkey): Promise<Connected> {
  return connectSupport(
    createSteps('', () => undefined),
    postkey,
    'admin-consent',
  )
}

/** At no address yet. A screen may take its time on a busy machine. */
export async function openSignedIn(
  browser: Browser,
  { address }: Pick<StartedPostkey, 'address'>,
  { email, password }: { email: string; password: string } = ADMIN,
): Promise<Page> {
  const page = await openPage(browser)
  page.setDefaultTimeout(30_000)
  await page.request.post(`${address}/v1/session`, { headers: { origin: address }, data: { email, password } })
  return page
}

/** The first admin of an unused installation. */
export const FIRST_ADMIN = {
  name: 'Olga Orlova',
  email: 'olga@contoso.example',
  password: 'a walk through the woods',
}

/** By the link that the start has printed, up to the page that opens by itself. */
export async function joinAsFirstAdmin(page: Page, { firstAdminLink }: StartedPostkey): Promise<void> {
  await page.goto(firstAdminLink)
  await page.getByLabel('Your name').fill(FIRST_ADMIN.name)
  await page.getByLabel('Email address').fill(FIRST_ADMIN.email)
  await page.getByLabel('Password').first().fill(FIRST_ADMIN.password)
  await page.getByLabel('Confirm password').fill(FIRST_ADMIN.password)
  await page.keyboard.press('Enter')
}
