/** Steps of a person with their own account. */
import type { Page } from 'playwright-core'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'

type Place = Pick<StartedPostkey, 'address'>

/** Opens *My account* by the menu, by keyboard. */
export async function openMyAccount(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Signed in as ${name}` }).press('Enter')
  await page.getByRole('menuitem', { name: 'My account' }).press('Enter')
  await page.getByRole('heading', { name: 'My account' }).waitFor()
}

/** Sends wrong passwords by a page: its client address may be of another kind than that of this process. */
export async function guessPasswords(page: Page, email: string, tries: number): Promise<void> {
  const body = JSON.stringify({ email, password: 'guessed' })
  for (let n = 0; n < tries; n++) {
    await page.evaluate(async (sent) => {
      await fetch('/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: sent })
    }, body)
  }
}

/** Ends the session of a browser, up to the sign-in form. */
export async function signOutOf(page: Page, { address }: Place): Promise<void> {
  await page.request.delete(`${address}/v1/session`, { headers: { origin: address } })
  await page.goto(address)
  await page.getByRole('heading', { name: 'Sign in to Postkey' }).waitFor()
}

/** Returns the email address of the person who is signed in. */
export async function addressOf(page: Page, { address }: Place): Promise<string> {
  const session = (await (await page.request.get(`${address}/v1/session`)).json()) as { email: string }
  return session.email
}
