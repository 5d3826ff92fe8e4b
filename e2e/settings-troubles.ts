/** Steps in the settings while the server is not ready and after a failed backup, with the responses of such a server. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenComplaints } from './browser.ts'

const NOT_READY = {
  code: 'database.unavailable',
  title: 'The database is not reachable',
  remedy: 'admin',
  fix: 'Start it.',
}
const BACKUPS = {
  failure: {
    madeBy: 'schedule',
    server: 'mail-01.contoso.example',
    startedAt: '2026-11-29T02:00:00.000Z',
    reason: {
      code: 'backup.write_failed',
      title: 'The backup can’t be written',
      remedy: 'admin',
      fix: 'Create the folder.',
    },
    cause: "ENOENT: no such file or directory, scandir '/srv/backups'",
  },
  schedule: { folder: '/srv/backups', isEncrypted: false, nextAt: '2026-11-30T02:00:00.000Z' },
  overdueAt: '2026-11-29T02:00:00.000Z',
  isOverdue: true,
}

export async function readTroubles(page: Page, address: string): Promise<void> {
  const section = (name: string) => page.getByRole('region', { name })
  const [about, backups] = [section('About'), section('Backups')]
  await page.route('**/healthz', (route) => route.fulfill({ status: 503, json: NOT_READY }))
  await page.route('**/v1/backup-status', (route) => route.fulfill({ json: BACKUPS }))
  await page.goto(`${address}/settings`)
  await about.getByText('not ready').waitFor()
  await backups.getByText('overdue').waitFor()
  await backups.getByText(BACKUPS.failure.cause).waitFor()
  await backups.getByText('Retried every 15 minutes').waitFor()
  expect(await screenComplaints(page, 'settings-troubles')).toEqual([])

  await page.unrouteAll()
  await about.getByRole('button', { name: 'Try again' }).press('Enter')
  await about.getByText('reachable, database connected').waitFor()
  // The button is gone: the keyboard continues in its section.
  await about.and(page.locator(':focus')).waitFor()
}
