/** Steps of a legal hold on the conversation that an admin and an agent both have open. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenComplaints } from './browser.ts'

const REASON = 'Case 4711'

export async function placeAndRemoveHold({ admin, agent }: { admin: Page; agent: Page }): Promise<void> {
  const dialog = admin.getByRole('dialog', { name: 'Legal hold' })
  const more = (page: Page) => page.getByRole('button', { name: 'More conversation actions' }).click()
  const open = async () => {
    await more(admin)
    await admin.getByRole('menuitem', { name: 'Legal hold…' }).click()
    await dialog.waitFor()
  }
  await open()
  await dialog.getByLabel('Reason').fill(REASON)
  expect(await screenComplaints(admin, 'legal-hold-dialog', { fullPage: false })).toEqual([])
  await dialog.getByRole('button', { name: 'Set legal hold' }).click()
  for (const page of [agent, admin]) await page.getByText(REASON).waitFor()
  expect(await screenComplaints(admin, 'legal-hold', { fullPage: false })).toEqual([])
  await more(agent)
  await agent.getByRole('menuitem', { name: 'Print conversation' }).waitFor()
  expect(await agent.getByRole('menuitem', { name: 'Legal hold…' }).count()).toBe(0)
  await agent.keyboard.press('Escape')

  await open()
  await dialog.getByRole('button', { name: 'Remove hold' }).click()
  await agent.getByText(REASON).waitFor({ state: 'detached' })
  await admin.getByRole('button', { name: 'Undo' }).click()
  await agent.getByText(REASON).waitFor()
}
