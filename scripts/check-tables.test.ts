import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { foreignUses, tableComplaints, type ForeignUse } from './check-tables.ts'
import { SERVER } from './rooms.ts'
import { OWNERS, type TableException } from './tables.ts'

const FILE = 'server/src/sync/reading/a.ts'

describe('the owners of tables', () => {
  it('are rooms', () => {
    expect(Object.values(OWNERS).filter((room) => !(room in SERVER.rooms))).toEqual([])
  })

  it.each(Object.entries(OWNERS))('include the owner that the entrance of its room states: %s', (table, room) => {
    const [opening = ''] = /\/\*\*[^]*?\*\//.exec(readFileSync(`server/src/${room}/index.ts`, 'utf8')) ?? []
    expect(opening).toContain(`\`${table}\``)
  })
})

describe('the check of tables', () => {
  it.each([
    ["db.selectFrom('grants').selectAll()", 'read', 'grants'],
    ["db.selectFrom('grants as g').selectAll()", 'read', 'grants'],
    ["db.selectFrom(['unfiled_messages', 'grants as g'])", 'read', 'grants'],
    ["query.innerJoin('grants', 'grants.id', 'grant_id')", 'read', 'grants'],
    ["query.leftJoin('grants as g', 'g.id', 'grant_id')", 'read', 'grants'],
    ["db.insertInto('grants').values(row)", 'write', 'grants'],
    ["db.updateTable('grants').set({ state })", 'write', 'grants'],
    ["db.deleteFrom('grants').execute()", 'write', 'grants'],
    ['sql`SELECT * FROM grants`', 'read', 'grants'],
    ['sql<Row>`select * from grants as g where id = ${id}`', 'read', 'grants'],
    ['sql`SELECT (SELECT max(at) FROM public.grants), ${now}`', 'read', 'grants'],
    ['sql`SELECT FROM unfiled_messages AS u JOIN grants ON true`', 'read', 'grants'],
    ['sql`SELECT FROM unfiled_messages AS u, grants`', 'read', 'grants'],
    ['sql`SELECT FROM (SELECT 1) AS one, grants`', 'read', 'grants'],
    ['sql`WITH ended AS (DELETE FROM grants WHERE id = ${id}) SELECT 1`', 'write', 'grants'],
    ['sql`INSERT INTO grants (id) VALUES (${id})`', 'write', 'grants'],
    ['sql`UPDATE ONLY grants SET state = ${state}`', 'write', 'grants'],
    ['sql`UPDATE unfiled_messages SET at = 1 FROM grants`', 'read', 'grants'],
    ["sql.raw('SELECT id FROM grants')", 'read', 'grants'],
    ['client.query(`SELECT ${columns} FROM grants`)', 'read', 'grants'],
    ["sql`DELETE FROM ${sql.table('grants')}`", 'write', 'grants'],
    ["const sealed = { table: 'grants', column: 'refresh_token' }", 'write', 'grants'],
    ["type Row = Selectable<Schema['grants']>", 'read', 'grants'],
  ] as const)('refuses a table of another room: %s', (code, access, table) => {
    expect(foreignUses(FILE, `\n${code}`)).toEqual([{ room: 'sync', table, access, file: FILE, line: 2 }])
  })

  it.each([
    "db.selectFrom('unfiled_messages').selectAll()",
    'sql`SELECT * FROM unfiled_messages`',
    "throw new AppError('grants.not_found')",
    "const text = 'Choose one from grants or accounts'",
    '// SELECT * FROM grants',
    'sql`SELECT 1 -- FROM grants\n`',
    "sql`SELECT 'FROM grants'`",
    'sql`SELECT id FROM unfiled_messages FOR UPDATE`',
    "query.where('grants', '=', 1)",
    'sql`SELECT extract(epoch FROM at), grants FROM unfiled_messages`',
  ])('allows %s', (code) => {
    expect(foreignUses(FILE, code)).toEqual([])
  })

  it.each(['server/src/sync/a.integration.test.ts', 'server/test/sync/a.ts'])('leaves tests alone: %s', (file) => {
    expect(foreignUses(file, "db.selectFrom('grants')")).toEqual([])
  })

  it('names the file, the room and the owner', () => {
    expect(tableComplaints(foreignUses(FILE, "db.deleteFrom('grants')"))).toContain(
      `${FILE}:1: "sync" may not write "grants", which "tokens" owns: call a function of "tokens"`,
    )
  })

  it('reads files outside of rooms as a place that owns no table', () => {
    expect(foreignUses('server/src/main.ts', "db.selectFrom('grants')")).toEqual([
      expect.objectContaining({ room: '.', table: 'grants' }),
    ])
  })
})

describe('exceptions', () => {
  const use: ForeignUse = { room: 'sync', table: 'grants', access: 'read', file: FILE, line: 1 }
  const exception: TableException = { room: 'sync', tables: ['grants'], access: 'read', reason: 'for a test' }

  it('allow their use', () => {
    expect(tableComplaints([use], [exception])).toEqual([])
  })

  it('allow no other room, table or access', () => {
    const others = [
      { ...use, room: 'people' },
      { ...use, table: 'users' as const },
      { ...use, access: 'write' as const },
    ]
    expect(tableComplaints([use, ...others], [exception])).toHaveLength(3)
  })

  it('are refused when no use is left', () => {
    expect(tableComplaints([use], [{ ...exception, tables: ['grants', 'users'] }])).toEqual([
      'tables.ts: remove the exception "sync" read "users": no use is left',
    ])
  })
})
