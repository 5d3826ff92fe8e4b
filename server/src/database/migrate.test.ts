import { describe, expect, it } from 'vitest'
import { listOutstanding, readMigrations, type Migration } from './migrate.ts'

const list = (...names: string[]): Migration[] => names.map((name) => ({ name, text: '', checksum: `of ${name}` }))

describe('the migrations', () => {
  it('are numbered consecutively and without duplicates', () => {
    const numbers = readMigrations().map(({ name }) => Number(name.slice(0, 4)))

    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  it("are applied from the database's current version, in whatever order the database lists the applied ones", () => {
    const applied = list('0002_b.sql', '0001_a.sql')

    expect(listOutstanding(list('0001_a.sql', '0002_b.sql', '0003_c.sql'), applied)).toEqual(list('0003_c.sql'))
  })

  it.each([
    ['more of them', list('0001_a.sql', '0002_b.sql', '0003_c.sql')],
    ['a later one in the place of ours', list('0001_a.sql', '0003_c.sql')],
  ])('are not applied to a database that has %s: it is newer', (_what, applied) => {
    expect(() => listOutstanding(list('0001_a.sql', '0002_b.sql'), applied)).toThrow(
      expect.objectContaining({ code: 'database.newer_than_code' }) as Error,
    )
  })

  it.each([
    ['was built without one of ours', list('0001_a.sql', '0003_c.sql')],
    ['was built with another of that number', list('0001_a.sql', '0002_other.sql')],
    ['was built with the same one in another text', [...list('0001_a.sql'), { name: '0002_b.sql', checksum: 'other' }]],
  ])('are refused for a database that %s', (_what, applied) => {
    expect(() => listOutstanding(list('0001_a.sql', '0002_b.sql', '0003_c.sql'), applied)).toThrow(
      expect.objectContaining({ code: 'database.migrations_differ' }) as Error,
    )
  })

  it.each([
    ['all', ['0001_kernel.sql', '0002_cloud_providers.sql', '0059_event_kinds.sql']],
    ['only the first', ['0001_kernel.sql']],
  ])('are refused for a database of a development version with %s of its own migrations', (_which, names) => {
    expect(() => listOutstanding(readMigrations(), list(...names))).toThrow(
      expect.objectContaining({
        code: 'database.migrations_differ',
        fix: expect.stringMatching(/before 0\.1\.0 .*delete the data folder/) as string,
      }) as Error,
    )
  })
})
