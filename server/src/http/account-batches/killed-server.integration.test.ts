import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CONTOSO, createBatchStage } from '../../../test/kit/index.ts'

const stage = await createBatchStage()
const { rooms, database, provider } = stage
const { accountBatches, emailAccounts } = rooms

it('goes on after the server is killed, with each row as it was and no mailbox twice', async () => {
  const addresses = await stage.addShared('killed', 120)
  const batch = await stage.create({ rows: addresses.map((address) => ({ address })) })
  const { value } = await stage.applicationTokens.get({
    ...{ cloudProviderId: provider, tenantId: CONTOSO.tenantId, resource: 'graph' },
  })
  const script = join(import.meta.dirname, '../../../test/http/account-batches/killed-worker.ts')
  const connected = async () => (await stage.get(batch)).counts['connected']!

  for (const most of [20, 60]) {
    const child = spawn(process.execPath, [script, database.url, stage.gate.url, provider, CONTOSO.tenantId], {
      stdio: 'inherit',
      env: { ...process.env, WORKER_ACCESS_TOKEN: value.reveal() },
    })
    const ended = once(child, 'exit')
    await expect.poll(connected, { timeout: 60_000, interval: 20 }).toBeGreaterThan(most)
    // One process at a time has the Cloud Provider.
    await accountBatches.runDue()
    child.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])
    const left = await stage.get(batch)
    expect(left.status).toBe('running')
    expect(left.counts['checking']).toBeGreaterThan(0)
    expect(left.counts['connected']).toBe((await emailAccounts.list()).length)
  }

  await expect
    .poll(
      async () => {
        // PostgreSQL may notice the end of the process a moment later.
        await accountBatches.runDue()
        return (await stage.get(batch)).status
      },
      { timeout: 60_000 },
    )
    .toBe('completed')
  expect((await stage.get(batch)).counts).toMatchObject({ connected: 120, failed: 0, 'already-connected': 0 })
  const accounts = await emailAccounts.list()
  expect(accounts.map(({ address }) => address).sort()).toEqual(addresses.sort())
  const rows = await stage.rowsOf(batch)
  expect(new Set(rows.map(({ emailAccountId }) => emailAccountId)).size).toBe(120)
  const associated = database.db
    .selectFrom('audit_entries')
    .select('id')
    .where('action', '=', 'email_account.associated')
  expect(await associated.execute()).toHaveLength(120)
}, 180_000)
