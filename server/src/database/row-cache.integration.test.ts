import { expect, it, onTestFinished, vi } from 'vitest'
import { silentLog, testDatabase, WAIT } from '../../test/kit/index.ts'
import { createDatabase } from './database.ts'
import { createRowCache } from './row-cache.ts'

const database = await testDatabase()
await database.pool.query(`
  CREATE TABLE kept (key text PRIMARY KEY, value integer NOT NULL);
  INSERT INTO kept VALUES ('a', 1), ('b', 1);
  CREATE TRIGGER kept_notify AFTER INSERT OR UPDATE OR DELETE ON kept
    FOR EACH STATEMENT EXECUTE FUNCTION notify_of_change('kept')`)

it('a value is read once, and again after another process changed a row', async () => {
  const { cache, read } = await started()
  expect([await get('a'), await get('a')]).toEqual([1, 1])
  expect(read).toHaveBeenCalledTimes(1)
  const other = await createDatabase(database.url, { log: silentLog })
  onTestFinished(() => other.close())

  await other.pool.query(`UPDATE kept SET value = 2 WHERE key = 'a'`)

  await vi.waitFor(async () => expect(await get('a')).toBe(2), WAIT)

  function get(key: string) {
    return cache.get(key, () => read(key))
  }
})

it('a value that was read while a row changed is not kept', async () => {
  const { cache } = await started()
  const begun = Promise.withResolvers<undefined>()
  const old = Promise.withResolvers<number>()
  const late = cache.get('b', () => {
    begun.resolve(undefined)
    return old.promise
  })
  await begun.promise
  cache.forget()
  old.resolve(1)
  await late

  expect(await cache.get('b', () => Promise.resolve(2))).toBe(2)
})

it('a value is read again after five seconds without a notification, which may be lost', async () => {
  const deaf = { listen: () => Promise.resolve(() => Promise.resolve()) }
  const cache = createRowCache<number>(deaf, 'kept')
  await cache.start()
  let now = 1000
  const time = vi.spyOn(performance, 'now').mockImplementation(() => now)
  onTestFinished(() => time.mockRestore())
  const valueAt = (at: number, stored: number) => {
    now = at
    return cache.get('a', () => Promise.resolve(stored))
  }

  expect([await valueAt(1000, 1), await valueAt(5999, 2), await valueAt(6000, 2)]).toEqual([1, 1, 2])
})

it('nothing is kept before the start and after the stop', async () => {
  const cache = createRowCache<number>(database, 'kept')
  const read = vi.fn(() => Promise.resolve(1))
  for (let n = 0; n < 2; n++) await cache.get('a', read)
  await cache.start()
  await cache.get('a', read)
  await cache.stop()
  await cache.get('a', read)

  expect(read).toHaveBeenCalledTimes(4)
})

it.each(['cloud_providers', 'grants', 'access_tokens', 'application_tokens'])(
  'changes of %s notify the processes that keep rows',
  async (table) => {
    const channel = table === 'access_tokens' ? 'grants' : table
    const heard = vi.fn()
    onTestFinished(await database.listen(channel, heard))

    // A statement trigger also fires without rows.
    await database.pool.query(`DELETE FROM ${table} WHERE false`)

    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), WAIT)
  },
)

async function started() {
  const cache = createRowCache<number>(database, 'kept', { keptMs: Infinity })
  await cache.start()
  onTestFinished(() => cache.stop())
  const read = vi.fn(async (key: string) => {
    const { rows } = await database.pool.query<{ value: number }>('SELECT value FROM kept WHERE key = $1', [key])
    return rows[0]!.value
  })
  return { cache, read }
}
