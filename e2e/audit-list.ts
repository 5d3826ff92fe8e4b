import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Finds the reset link that Olga created for Rita by search and filter, and exports its entry. */
export async function filterAndExportAudit(page: Page): Promise<void> {
  const sentences = page.getByRole('list', { name: 'Audit entries, newest first' }).getByRole('listitem')
  const filters = page.getByRole('search', { name: 'Filters' })
  await filters.getByRole('searchbox', { name: 'Search' }).fill('rita reset')
  await expect
    .poll(() => sentences.allInnerTexts())
    .toEqual([
      expect.stringContaining('Rita Reyes chose a new password with a reset link'),
      expect.stringContaining('1 session of Rita Reyes ended: Olga created a password reset link'),
      expect.stringContaining('Olga created a password reset link'),
    ])
  await filters.getByRole('combobox', { name: 'Action' }).fill('link created')
  await page.getByRole('option', { name: 'Person: reset link created' }).click()
  await page.keyboard.press('Escape')
  await expect
    .poll(() => sentences.allInnerTexts())
    .toEqual([expect.stringContaining('Olga created a password reset link')])
  await page.reload()
  await expect.poll(() => sentences.count()).toBe(1)

  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'As CSV, for a spreadsheet' }).click()
  const file = readFileSync(await (await download).path(), 'utf8')
  expect(file.trimEnd().split('\r\n')).toHaveLength(2)
  expect(file).toContain('person.reset_link_created')
  await filters.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByText('Olga exported 1 entry of the audit list as CSV').waitFor()
}
