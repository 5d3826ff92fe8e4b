import { describe, expect, it } from 'vitest'
import { createTestClock, testDatabase } from './index.ts'

const one = await testDatabase()
const other = await testDatabase()

describe('the database of a test', () => {
  it('is migrated and empty, and isolated from other tests', async () => {
    const at = createTestClock().now()
    await one.db.insertInto('events').values({ kind: 'tested', subject_id: '1', payload: '{}', at }).execute()

    expect(await one.db.selectFrom('events').selectAll().execute()).toHaveLength(1)
    expect(await other.db.selectFrom('events').selectAll().execute()).toEqual([])
  })
})
