import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { newId, type EmailAccountId } from '../kernel/ids.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { createDatabase, isUniqueViolation } from './index.ts'

const database = await testDatabase()
const at = new Date('2026-03-29T01:30:00Z')
const event = (subjectId: string) => ({
  kind: 'tested',
  subject_id: subjectId,
  payload: JSON.stringify([subjectId]),
  at,
})

describe('the database', () => {
  it('commits all of a transaction or nothing', async () => {
    await database.transaction((tx) => tx.insertInto('events').values(event('kept')).execute())
    await expect(
      database.transaction(async (tx) => {
        await tx.insertInto('events').values(event('taken back')).execute()
        throw new Error('no')
      }),
    ).rejects.toThrow('no')

    const rows = await database.db.selectFrom('events').select(['subject_id', 'payload', 'at']).execute()
    expect(rows).toEqual([{ subject_id: 'kept', payload: ['kept'], at }])
  })

  it('reads bigint as a number and refuses values that exceed a number', async () => {
    const read = (text: string) => sql<{ n: number }>`SELECT ${sql.lit(text)}::bigint AS n`.execute(database.db)

    expect((await read('9007199254740991')).rows).toEqual([{ n: 9007199254740991 }])
    await expect(read('9007199254740992')).rejects.toThrow(RangeError)
    await expect(read('1')).resolves.toBeDefined()
  })

  it('passes constraint violations to the room that can interpret them', async () => {
    const row = { user_id: 'u', email_account_id: newId<EmailAccountId>() }
    await database.pool.query('CREATE TABLE singles (id text CONSTRAINT only_one PRIMARY KEY)')
    const insert = () => sql`INSERT INTO singles VALUES (${row.user_id})`.execute(database.db)
    await insert()

    const error: unknown = await insert().catch((thrown: unknown) => thrown)

    expect(isUniqueViolation(error)).toBe(true)
    expect(isUniqueViolation(error, 'only_one')).toBe(true)
    expect(isUniqueViolation(error, 'another')).toBe(false)
  })

  it('reports a broken connection with one code, also inside a transaction, and continues on another connection', async () => {
    const broken = database.transaction(async (tx) => {
      await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(tx)
    })
    await expect(broken).rejects.toMatchObject({ code: 'database.unavailable', remedy: 'wait' })

    await expect(sql`SELECT 1`.execute(database.db)).resolves.toBeDefined()
  })

  it('reports an unreachable server', async () => {
    await expect(createDatabase('postgresql://postkey@/postkey?host=/nonexistent')).rejects.toMatchObject({
      code: 'database.unavailable',
    })
  })

  it.each([
    ['a wrong password', (url: string) => url.replace(/:[^:@]+@/, ':wrong@')],
    ['a database that does not exist', (url: string) => url.replace(/\/postkey_test_\w+/, '/nonexistent')],
  ])('reports that PostgreSQL refused %s', async (_what, spoil) => {
    await expect(createDatabase(spoil(database.url))).rejects.toMatchObject({
      code: 'database.refused',
      remedy: 'admin',
    })
  })

  it('reports a deadlock as a deadlock', async () => {
    await database.db
      .insertInto('events')
      .values([event('a'), event('b')])
      .execute()
    const lock = (subjectId: string) => sql`SELECT FROM events WHERE subject_id = ${subjectId} FOR UPDATE`
    const both = Promise.withResolvers<undefined>()
    let inside = 0
    const crossing = (first: string, second: string) =>
      database.transaction(async (tx) => {
        await lock(first).execute(tx)
        if (++inside === 2) both.resolve(undefined)
        await both.promise
        await lock(second).execute(tx)
      })

    const results = await Promise.allSettled([crossing('a', 'b'), crossing('b', 'a')])

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'database.deadlock', remedy: 'wait' },
    })
  })
})
