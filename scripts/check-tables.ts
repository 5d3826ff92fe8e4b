/** Fails when a room uses a table that another room owns, by the lists of `tables.ts`. Usage: node scripts/check-tables.ts */
import { globSync, readFileSync } from 'node:fs'
import { isForTests, findRoom } from './check-rooms.ts'
import { SERVER } from './rooms.ts'
import { findTableUses, type TableAccess } from './table-uses.ts'
import { EXCEPTIONS, OWNERS, type TableException, type TableName } from './tables.ts'

const TABLES: ReadonlySet<string> = new Set(Object.keys(OWNERS))

/** A use of a table by a room that does not own it. */
export interface ForeignUse {
  room: string
  table: TableName
  access: TableAccess
  file: string
  line: number
}

/** Uses of tables of other rooms in one file; `file` is its path from the top of the repository, `text` its source. */
export function foreignUses(file: string, text: string): ForeignUse[] {
  if (isForTests(file)) return []
  const room = findRoom(SERVER, file) ?? '.'
  return findTableUses(file, text, TABLES)
    .map((use) => ({ ...use, room, file, table: use.table as TableName }))
    .filter(({ table }) => OWNERS[table] !== room)
}

/** Complaints about uses that are no exception, and about exceptions without a use. */
export function tableComplaints(uses: readonly ForeignUse[], exceptions: readonly TableException[] = EXCEPTIONS) {
  const allowed = new Set(
    exceptions.flatMap(({ room, access, tables }) => tables.map((table) => nameOf({ room, table, access }))),
  )
  const used = new Set(uses.map(nameOf))
  return [
    ...uses
      .filter((use) => !allowed.has(nameOf(use)))
      .map(({ file, line, room, table, access }) => {
        const owner = OWNERS[table]
        return `${file}:${line}: "${room}" may not ${access} "${table}", which "${owner}" owns: call a function of "${owner}"`
      }),
    ...[...allowed]
      .filter((name) => !used.has(name))
      .map((name) => `tables.ts: remove the exception ${name}: no use is left`),
  ]
}

function nameOf({ room, table, access }: Pick<ForeignUse, 'room' | 'table' | 'access'>): string {
  return `"${room}" ${access} "${table}"`
}

if (import.meta.main) {
  const files = globSync('server/src/**/*.ts').sort()
  if (files.length === 0) throw new TypeError('No file was found: run this from the top of the repository.')
  const uses = files.flatMap((file) => foreignUses(file, readFileSync(file, 'utf8')))
  const complaints = tableComplaints(uses)
  for (const complaint of complaints) console.error(complaint)
  if (complaints.length > 0) process.exitCode = 1
  else {
    const exceptions = EXCEPTIONS.flatMap(({ tables }) => tables).length
    console.log(`${TABLES.size} tables are used only by their rooms, with ${exceptions} exceptions.`)
  }
}
