import { describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person } = await createTestApp(database, clock)
const { id } = await storeEmailAccount(database, clock)
const agent = await person('agent', [id])

const health = (query: string) => ask(`GET /v1/email-accounts/${id}/health?${query}`, { as: agent })

describe('the time range of a health report', () => {
  it('is a day of UTC, or as long as requested, in any time zone', async () => {
    expect((await health('day=2026-01-01')).body).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-02T00:00:00.000Z',
      now: clock.now().toISOString(),
      states: [],
    })
    const zoned = 'from=2026-01-01T00:00:00%2B01:00&to=2026-01-02T00:00:00%2B01:00'
    expect((await health(zoned)).body).toMatchObject({ from: '2025-12-31T23:00:00.000Z' })
  })

  it.each([
    ['nothing', '', 'query.day'],
    ['a day and a time', 'day=2026-01-01&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z', 'query.day'],
    ['half a time', 'from=2026-01-01T00:00:00Z', 'query.day'],
    ['a day that does not exist', 'day=2026-02-30', 'query.day'],
    ['a time that ends before it begins', 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'query.to'],
    ['a year', 'from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'query.to'],
  ])('cannot be %s, and the error names the field', async (_, query, field) => {
    const { status, body } = await health(query)
    expect([status, (body as { faults: { field: string }[] }).faults[0]!.field]).toEqual([400, field])
  })
})
