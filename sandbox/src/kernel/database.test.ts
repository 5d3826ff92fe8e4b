import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMovableClock } from './clock.ts'
import { openDatabase } from './database.ts'

describe('the database', () => {
  it('keeps nothing of a transaction that throws, including nested ones', () => {
    const database = openDatabase(':memory:')
    database.addTables('CREATE TABLE notes (text TEXT) STRICT')

    expect(() =>
      database.transaction(() => {
        database.transaction(() => database.run('INSERT INTO notes VALUES (?)', 'inner'))
        throw new Error('outer fails')
      }),
    ).toThrow('outer fails')

    expect(database.all('SELECT * FROM notes')).toEqual([])
    database.transaction(() => database.run('INSERT INTO notes VALUES (?)', 'after'))
    expect(database.all('SELECT * FROM notes')).toHaveLength(1)
  })

  it("keeps its settings and the clock's offset after a restart", () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-database-'))
    const first = openDatabase(join(folder, 'nested', 'state.sqlite'))
    createMovableClock(first).move(86_400_000)
    first.close()

    const second = openDatabase(join(folder, 'nested', 'state.sqlite'))

    expect(createMovableClock(second).offsetMs).toBe(86_400_000)
    second.close()
    rmSync(folder, { recursive: true })
  })
})
