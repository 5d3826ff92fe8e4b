/** What most walks in a browser begin with: support@ is connected, and somebody has signed in to Postkey. */
import type { Browser, Page } from 'playwright-core'
import { openPage } from './browser.ts'
import { ADMIN, connectSupport, type Connected } from './walk/connecting.ts'
import type { StartedPostkey } from './walk/started-postkey.ts'
import { createSteps } from './walk/steps.ts'

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
