import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { OWNERS } from './tables.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const created = globSync('server/migrations/*.sql', { cwd: CHECKOUT })
  .sort()
  .flatMap((file) => tablesOf(readFileSync(join(CHECKOUT, file), 'utf8')).map((table) => ({ table, file })))

it('the migrations create each table once', () => {
  expect(created.map(({ table }) => table).sort()).toEqual(Object.keys(OWNERS).sort())
})

it.each(created)('$table is created in a migration named after its room: $file', ({ table, file }) => {
  const room = OWNERS[table as keyof typeof OWNERS].replaceAll('-', '_')
  expect(basename(file).replace(/^\d{4}/, '')).toMatch(new RegExp(`^_${room}(_\\w+)?\\.sql$`))
})

function tablesOf(sql: string): string[] {
  return [...sql.matchAll(/^CREATE (?:UNLOGGED )?TABLE (\w+)/gm)].map(([, table]) => table!)
}
