import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLog, testDatabase, WAIT } from '../../test/kit/index.ts'
import { createDatabase } from './index.ts'

const here = await testDatabase()
const there = await createDatabase(here.url, { log: silentLog })
afterAll(() => there.close())

const heard: (string | undefined)[] = []
const listener = (payload: string | undefined) => void heard.push(payload)
beforeEach(() => void heard.splice(0))

describe('a listener', () => {
  it("receives notifications of another process when its transaction commits, and none when it doesn't", async () => {
    const stop = await here.listen('mail', listener)

    await there.transaction(async (tx) => {
      await there.notify(tx, 'mail', 'one')
      await here.notify(here.db, 'other', 'not for us')
      expect(heard).toEqual([])
    })
    await there
      .transaction(async (tx) => {
        await there.notify(tx, 'mail', 'taken back')
        throw new Error('no')
      })
      .catch(() => undefined)
    await there.notify(there.db, 'mail', 'two')

    await vi.waitFor(() => expect(heard).toEqual(['one', 'two']), WAIT)
    await stop()
  })

  it('receives nothing after it was stopped, while others on the channel still do', async () => {
    const others: unknown[] = []
    const stopOther = await here.listen('mail', (payload) => void others.push(payload))
    const stop = await here.listen('mail', listener)
    await stop()

    await there.notify(there.db, 'mail', 'three')

    await vi.waitFor(() => expect(others).toEqual(['three']), WAIT)
    expect(heard).toEqual([])
    await stopOther()
  })

  it('is called without a payload when it may have missed notifications, and receives later ones', async () => {
    const stop = await here.listen('Mail "quoted"', listener)

    await there.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'postkey listener' AND datname = current_database()`,
    )
    await vi.waitFor(() => expect(heard).toEqual([undefined]), WAIT)

    await there.notify(there.db, 'Mail "quoted"', 'four')
    await vi.waitFor(() => expect(heard).toEqual([undefined, 'four']), WAIT)
    await stop()
  })
})
