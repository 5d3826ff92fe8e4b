import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'

const database = await testDatabase()

it('names the tables and columns that the migrations create, with their nullability', async () => {
  const { rows } = await database.pool.query<{ table: string; column: string; nullable: boolean }>(`
    SELECT table_name AS table, column_name AS column, is_nullable = 'YES' AS nullable
    FROM information_schema.columns WHERE table_schema = 'public'`)
  const tables = Map.groupBy(rows, ({ table }) => table)

  for (const [table, columns] of Object.entries(readSchema())) {
    const found = Object.fromEntries((tables.get(table) ?? []).map(({ column, nullable }) => [column, nullable]))
    expect({ [table]: columns }).toEqual({ [table]: found })
  }
})

/**
 * Returns table → column → nullable, as declared in `schema.ts` and the files that it combines. Types don't exist at
 * run time, so their source text is parsed.
 */
function readSchema(): Record<string, Record<string, boolean>> {
  const rooms = readdirSync(join(import.meta.dirname, 'schema')).map((file) => join('schema', file))
  const interfaces = new Map(['schema.ts', ...rooms].flatMap(readInterfaces))
  return Object.fromEntries(
    Object.entries(interfaces.get('Schema')!).map(([table, row]) => [
      table,
      Object.fromEntries(
        Object.entries(interfaces.get(row.trim())!).map(([column, type]) => [column, /\bnull\b|Optional/.test(type)]),
      ),
    ]),
  )
}

/** Returns interface → property → text of its type. */
function readInterfaces(file: string): [string, Record<string, string>][] {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8')
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  return statements.filter(ts.isInterfaceDeclaration).map((statement) => {
    const members = statement.members.filter(ts.isPropertySignature)
    const types = members.map(({ name, type }) => [nameOf(name), type ? text.slice(type.pos, type.end) : ''])
    return [statement.name.text, Object.fromEntries(types) as Record<string, string>]
  })
}

function nameOf(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : ''
}
