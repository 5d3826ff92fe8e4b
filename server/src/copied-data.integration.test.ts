/** A copy of a data folder, made while its PostgreSQL worked, as a server starts on it. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { holdMailOfCopy } from './copied-data.ts'
import { createEpoch } from './epoch/index.ts'
import { createEmptyDatabase, createTestClock, silentLog, testDatabase } from '../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()

it('is treated as a restored backup once, on a host without a state file as well', async () => {
  await database.db.insertInto('database_epochs').values({ id: randomUUID(), counter: 7, at: clock.now() }).execute()
  const acknowledged: string[] = []
  const copy = { url: database.url, copyOf: '/srv/data', acknowledgeCopy: () => void acknowledged.push('copy') }

  expect(await holdMailOfCopy(copy, clock)).toMatch(
    /^The data folder is a copy of \/srv\/data, .* moved from there after a crash\. .* is held/,
  )
  const counts = { hold: () => Promise.resolve(3), pause: () => Promise.resolve(0) }
  const epoch = createEpoch({ database, clock, log: silentLog, stateFile: undefined, ...counts })
  expect(await epoch.open()).toMatchObject({ reason: 'restored', held: 3 })
  expect(acknowledged).toEqual(['copy'])
  expect(await epoch.open()).toBeUndefined()
  expect(await holdMailOfCopy({ ...copy, copyOf: undefined }, clock)).toBeUndefined()
})

it('accepts a copy from before the first start of a server', async () => {
  const empty = await createEmptyDatabase('copy')
  const copy = { url: empty.url, copyOf: '/srv/data', acknowledgeCopy: () => undefined }

  expect(await holdMailOfCopy(copy, clock)).toContain('/srv/data')
  await empty.drop()
})
