/** Start of most browser tests: support@ is connected, and a user has signed in to Postkey. */
import type { Browser, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { openPage } from './browser.ts'
import { ADMIN, connectSupport, type Connected } from '../proofs/walk/connect-support.ts'
import type { Customer } from '../proofs/walk/outside-customer.ts'
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

/** Moves the clock of the sandbox, which the server follows. */
export async function moveClock({ sandbox }: Pick<StartedPostkey, 'sandbox'>, byMs: number): Promise<void> {
  const answer = await fetch(`${sandbox.controlPanel}/api/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ byMs }),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

/** An agent, who joins by {@link joinAsAgent}. */
export const AGENT = { name: 'Ben Okafor', email: 'ben@contoso.example', password: 'nine kettles on a shelf' }

/** Joins as an agent, with access to the connected mailbox. */
export async function joinAsAgent(browser: Browser, { client, accountId }: Connected, agent = AGENT): Promise<void> {
  const { name, email, password } = agent
  const invited = { name, email, role: 'agent', emailAccountIds: [accountId] }
  const { url } = await client.call<{ url: string }>('POST', '/v1/invitations', invited)
  const page = await openPage(browser)
  await page.goto(url)
  for (const label of [/^Password/, /^Confirm password/]) await page.getByLabel(label).first().fill(password)
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  await page.context().close()
}

/** Writes messages, each received later than the one before, and waits until all are filed. */
export async function writeInOrder(
  { client }: Connected,
  polled: Customer,
  letters: readonly { subject: string; text: string }[],
): Promise<void> {
  for (const letter of letters) await polled.write(letter)
  type Found = { conversations: { subject: string }[] }
  const filed = async () => (await client.call<Found>('GET', '/v1/conversations?view=all&limit=100')).conversations
  const wanted = letters.map(({ subject }) => subject)
  await vi.waitFor(
    async () => {
      expect((await filed()).map(({ subject }) => subject)).toEqual(expect.arrayContaining(wanted))
    },
    { timeout: 60_000, interval: 100 },
  )
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
