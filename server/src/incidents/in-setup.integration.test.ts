import { afterAll, afterEach, expect, it } from 'vitest'
import { newId } from '../kernel/ids.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { createStage, HOUR_MS, MINUTE_MS } from '../../test/incidents/stage.ts'

const database = await testDatabase()
const stage = createStage(database)
afterEach(() => stage.reset())
afterAll(() => stage.close())

it('opens for no Cloud Provider before it has worked once: setup shows the fault, and no mail can stop', async () => {
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

it('names the secret that Microsoft refuses when the provider has several', async () => {
  const id = await stage.provider()
  const secrets = [
    ['Qx8', 'cloud_providers.secret_expired'],
    ['z1~', 'cloud_providers.secret_wrong'],
  ]
  for (const [hint, code] of secrets) {
    await database.pool.query(
      `INSERT INTO provider_credentials (id, cloud_provider_id, kind, sealed, key_id, hint, refused_since, refused_code, created_at)
       VALUES ($1, $2, 'secret', '', 'stored', $3, $5, $4, $5)`,
      [newId(), id, hint, code, stage.clock.now()],
    )
  }
  await stage.cloudProvider(id, 'needs-admin', 'cloud_providers.secret_expired')
  await stage.look()

  expect(await stage.open()).toMatchObject([{ detail: 'The refused secret starts with Qx8.' }])
})
