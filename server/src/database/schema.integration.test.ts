import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { testDatabase } from '../test-kit/index.ts'

const database = await testDatabase()

it('names the tables and columns that the migrations make, with what may be null', async () => {
  const { rows } = await database.pool.query<{ table: string; column: string; nullable: boolean }>(`
    SELECT table_name AS table, column_name AS column, is_nullable = 'YES' AS nullable
    FROM information_schema.columns WHERE table_schema = 'public'`)
  const tables = Map.groupBy(rows, ({ table }) => table)

  for (const [table, columns] of Object.entries(readSchema())) {
    const found = Object.fromEntries((tables.get(table) ?? []).map(({ column, nullable }) => [column, nullable]))
    expect({ [table]: columns }).toEqual({ [table]: found })
  }
})

/** Table → column → nullable, as `schema.ts` has it. Types leave nothing behind at run time, so its text is read. */
function readSchema(): Record<string, Record<string, boolean>> {
  const text = readFileSync(join(import.meta.dirname, 'schema.ts'), 'utf8')
  const interfaces = new Map<string, Record<string, string>>()
  for (const statement of ts.createSourceFile('schema.ts', text, ts.ScriptTarget.Latest).statements) {
    if (!ts.isInterfaceDeclaration(statement)) continue
    const members = statement.members.filter(ts.isPropertySignature)
    interfaces.set(
      statement.name.text,
      Object.fromEntries(members.map(({ name, type }) => [nameOf(name), type ? text.slice(type.pos, type.end) : ''])),
    )
  }
  return Object.fromEntries(
    Object.entries(interfaces.get('Schema')!).map(([table, row]) => [
      table,
      Object.fromEntries(
        Object.entries(interfaces.get(row.trim())!).map(([column, type]) => [column, /\bnull\b|Optional/.test(type)]),
      ),
    ]),
  )
}

function nameOf(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : ''
}
