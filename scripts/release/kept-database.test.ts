import { join } from 'node:path'
import { expect, it } from 'vitest'
import { verifyBackup } from '../../server/src/backup/index.ts'
import { requireKeptDatabase } from './kept-database.ts'

const CHECKOUT = join(import.meta.dirname, '../..')

it('refuses a release whose kept database is missing or has other migrations', async () => {
  const { header } = await verifyBackup(join(CHECKOUT, 'server/test/kit/kept-databases/0.1.0.backup.zst'))
  const migrations = header.migrations.map((each) => ({ ...each, text: '' }))

  await requireKeptDatabase(CHECKOUT, '0.1.0', migrations)
  const refused = /npm run keep-database/
  await expect(requireKeptDatabase(CHECKOUT, '0.0.9', migrations)).rejects.toThrow(refused)
  await expect(requireKeptDatabase(CHECKOUT, '0.1.0', migrations.slice(1))).rejects.toThrow(refused)
})
