/** Steps of a person with their own account. */
import type { Page } from 'playwright-core'

/** Opens *My account* by the menu, by keyboard. */
export async function openMyAccount(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Signed in as ${name}` }).press('Enter')
  await page.getByRole('menuitem', { name: 'My account' }).press('Enter')
  await page.getByRole('heading', { name: 'My account' }).waitFor()
}
