import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '../test-kit/index.ts'
import { createStage, HOUR_MS, MINUTE_MS } from './stage-for-test.ts'

const database = await testDatabase()
const stage = createStage(database)
afterAll(() => stage.close())

it('opens for no Cloud Provider before it has worked once: setup shows what is wrong, and nothing can stop', async () => {
  const id = await stage.provider()
  await database.pool.query('UPDATE cloud_providers SET worked_at = NULL WHERE id = $1', [id])
  await stage.cloudProvider(id, 'needs-admin', 'cloud_providers.tenant_unknown')
  await stage.look()
  await stage.pass(HOUR_MS, MINUTE_MS)
  expect(await stage.open()).toEqual([])
  expect(await stage.told()).toEqual([])

  await database.pool.query('UPDATE cloud_providers SET worked_at = $2 WHERE id = $1', [id, stage.clock.now()])
  await stage.look()
  expect(await stage.open()).toMatchObject([{ cause: 'provider' }])
})
