/** Steps of a legal hold in the inbox and in the administration. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenComplaints } from './browser.ts'
import { openTab } from './stage.ts'

const REASON = 'Case 4711'
const LONG_REASON = `${REASON}\n${'All correspondence about the delivery is evidence.\n'.repeat(6)}`

/** On the conversation that an admin and an agent both have open. */
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
  await admin.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await open()
  expect(await dialog.getByLabel('Reason').inputValue()).toBe(REASON)
  await dialog.getByRole('button', { name: 'Set legal hold' }).click()
  for (const page of [agent, admin]) await page.getByText(REASON).waitFor()
  expect(await screenComplaints(admin, 'legal-hold', { fullPage: false })).toEqual([])
  await more(agent)
  await agent.getByRole('menuitem', { name: 'Print conversation' }).waitFor()
  expect(await agent.getByRole('menuitem', { name: 'Legal hold…' }).count()).toBe(0)
  await agent.keyboard.press('Escape')

  await open()
  await dialog.getByLabel('Reason').fill(LONG_REASON)
  await dialog.getByRole('button', { name: 'Save reason' }).click()
  await agent.getByRole('button', { name: 'Show the whole reason' }).press('Enter')
  await agent.getByRole('button', { name: 'Show less' }).and(agent.locator(':focus')).waitFor()

  await open()
  await dialog.getByRole('button', { name: 'Remove hold' }).click()
  await agent.getByText(REASON).waitFor({ state: 'detached' })
  await admin.getByRole('button', { name: 'Undo' }).click()
  await agent.getByText(REASON).waitFor()
}

/** On the page of a mailbox with conversations, which can't be removed while one of them is on legal hold. */
export async function attemptRemovalDuringHold(page: Page, address: string): Promise<void> {
  const headers = { origin: address }
  const listed = await page.request.get(`${address}/v1/conversations?view=all`)
  const { conversations } = (await listed.json()) as { conversations: { id: string }[] }
  const hold = `${address}/v1/conversations/${conversations[0]!.id}/legal-hold`
  expect((await page.request.put(hold, { headers, data: { reason: REASON } })).ok()).toBe(true)
  await openTab(page, 'Connection')
  const remove = page.getByRole('region', { name: 'Disconnect or remove' }).getByRole('button', { name: 'Remove…' })
  await remove.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/^1 conversation is on legal hold, so the mailbox can’t be removed/).waitFor()
  expect(await dialog.getByRole('textbox').count()).toBe(0)
  expect(await dialog.getByRole('button', { name: 'Remove mailbox and its mail' }).isDisabled()).toBe(true)
  expect(await screenComplaints(page, 'remove-mailbox-held')).toEqual([])
  await page.keyboard.press('Escape')
  await remove.and(page.locator(':focus')).waitFor()
  expect((await page.request.delete(hold, { headers })).ok()).toBe(true)
}
