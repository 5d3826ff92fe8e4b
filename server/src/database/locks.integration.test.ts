import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { silentLog, testDatabase } from '../../test/kit/index.ts'
import { createDatabase } from './index.ts'

const here = await testDatabase()
const there = await createDatabase(here.url, { log: silentLog })
afterAll(() => there.close())

let count = 0
const newKey = () => `lock ${++count}`

describe('a lock', () => {
  it('is held by one caller at a time, in this process and in others', async () => {
    const key = newKey()
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await pause(2)
      inside--
    }

    await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? here : there).withLock(key, work)))

    expect(most).toBe(1)
  })

  it('is granted in request order within a process', async () => {
    const key = newKey()
    const order: number[] = []

    await Promise.all(Array.from({ length: 20 }, (_, n) => here.withLock(key, async () => void order.push(n))))

    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })

  it("can't be monopolized by a process that requests it repeatedly", async () => {
    const key = newKey()
    let stopped = false
    const busy = Array.from({ length: 3 }, async () => {
      while (!stopped) await here.withLock(key, () => pause(5))
    })
    await pause(20)

    await expect(there.withLock(key, async () => 'served', { waitMs: 30_000 })).resolves.toBe('served')

    stopped = true
    await Promise.all(busy)
  })

  it('returns the result of the work, and is free after the work fails', async () => {
    const key = newKey()

    await expect(here.withLock(key, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(there.withLock(key, async () => 7)).resolves.toBe(7)
  })

  it('never waits for its own holder', async () => {
    const key = newKey()

    await expect(here.withLock(key, () => here.withLock(key, async () => 1))).rejects.toThrow(TypeError)
    await expect(here.withLock(key, () => here.tryLock(key, async () => 1))).rejects.toThrow(TypeError)
  })

  it('can be nested in another lock, by many more callers than there are waiting connections', async () => {
    const keys = Array.from({ length: 30 }, newKey)
    const inner = newKey()

    const results = await Promise.all(
      keys.map((key, n) => (n % 2 ? here : there).withLock(key, () => here.withLock(inner, async () => n))),
    )

    expect(results).toEqual(keys.map((_, n) => n))
  })

  it('is released while the same process waits for a lock of another process', async () => {
    const [first, second] = [newKey(), newKey()]
    const held = Promise.withResolvers<undefined>()
    const holder = there.withLock(second, () => held.promise)
    await holding(second)

    const waiter = here.withLock(second, async () => 'second')
    await here.withLock(first, async () => 'first')
    await expect(there.withLock(first, async () => 'free')).resolves.toBe('free')

    held.resolve(undefined)
    await holder
    await expect(waiter).resolves.toBe('second')
  })

  it.each([
    ['of another process', there],
    ['of the same process', here],
  ])('is waited for no longer than the given limit, behind a holder %s', async (_whose, other) => {
    const key = newKey()
    const held = Promise.withResolvers<undefined>()
    const holder = other.withLock(key, () => held.promise)
    await holding(key)

    await expect(here.withLock(key, async () => 1, { waitMs: 50 })).rejects.toMatchObject({
      code: 'database.lock_busy',
      remedy: 'wait',
    })

    held.resolve(undefined)
    await holder
    await expect(here.withLock(key, async () => 1)).resolves.toBe(1)
  })

  it('can be tried without waiting', async () => {
    const key = newKey()

    await here.withLock(key, async () => {
      expect(await there.tryLock(key, async () => 1)).toEqual({ locked: false })
    })

    expect(await there.tryLock(key, async () => 1)).toEqual({ locked: true, result: 1 })
  })

  it('is free as soon as the connection of its holder is lost, and the holder is notified', async () => {
    const key = newKey()
    let heard = false
    const holder = here.withLock(key, async (lost) => {
      lost.addEventListener('abort', () => (heard = true))
      await endLockConnections()
      await expect(there.withLock(key, async () => 'free', { waitMs: 30_000 })).resolves.toBe('free')
      while (!heard) await pause(5)
      return 'late'
    })

    await expect(holder).rejects.toMatchObject({ code: 'database.lock_lost', remedy: 'wait' })
    await expect(here.withLock(key, async () => 'again')).resolves.toBe('again')
  })
})

/** Waits until `key` is locked by a session of this test file, as observed from a third session. */
async function holding(key: string): Promise<void> {
  const witness = await createDatabase(here.url, { log: silentLog })
  while ((await witness.tryLock(key, async () => 1)).locked) await pause(5)
  await witness.close()
}

/** Ends all lock connections: their locks are free, and the next request opens another connection. */
async function endLockConnections(): Promise<void> {
  await here.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'postkey locks' AND datname = current_database()`,
  )
}
