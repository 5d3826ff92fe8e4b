import { afterAll, expect, it, vi } from 'vitest'
import { createDatabase } from '../database/index.ts'
import { createTestClock, silentLog, startSilentProxy, testDatabase, WAIT } from '../../test/kit/index.ts'
import { createStage } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const LIMITS = { connectMs: 3_000, answerMs: 2_000, statementMs: 1_900, lockMs: 1_800, heartbeatMs: 1_000 }

const direct = await testDatabase()
const proxy = await startSilentProxy(direct.url)
const database = await createDatabase(proxy.url, { log: silentLog, limits: LIMITS })
afterAll(() => database.close())
const clock = createTestClock()

it('sync resumes automatically after PostgreSQL stopped responding on open connections', async () => {
  const { sync, associate } = createStage(database, clock, new Map())
  const server = new StrictFolderServer()
  const ids: string[] = []
  for (const name of ['a', 'b', 'c']) ids.push((await associate(`${name}@contoso.example`, server.transport)).id)
  await sync.start()
  try {
    await sync.settled()
    proxy.goSilent()
    clock.advance(60 * 60_000)
    server.deliver({ remoteId: 'new' })
    // The pool, the listener and the lock session have dropped their connections.
    await vi.waitFor(() => expect(proxy.silencedCount).toBe(0), WAIT)
    proxy.serveAgain()

    await vi.waitFor(async () => expect(await receivedBy(ids)).toBe(3), WAIT)
    // Closing reports a database that was silent at the last attempt. The server still has the silent listener.
    await vi.waitFor(async () => expect(await listeners()).toBe(2), WAIT)
  } finally {
    await sync.stop()
  }
})

/** Number of sessions that listen, according to the server. */
async function listeners(): Promise<number> {
  const { rows } = await direct.pool.query<{ count: number }>(
    `SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'postkey listener' AND query <> ''`,
  )
  return rows[0]!.count
}

async function receivedBy(ids: readonly string[]): Promise<number> {
  const { rows } = await direct.pool.query<{ count: number }>(
    "SELECT count(*) FROM messages WHERE remote_id = 'new' AND email_account_id = ANY($1)",
    [ids],
  )
  return rows[0]!.count
}
