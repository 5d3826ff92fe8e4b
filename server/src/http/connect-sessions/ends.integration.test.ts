/** Ends of connect sessions: lost rights, limits, concurrent settlements, and links that were used without them. */
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { BEN, createConnectingProgram, SUPPORT } from '../../../test/http/connect-sessions/program.ts'
import { read } from '../../../test/http/oauth/result-page.ts'

const { ask, rooms, database, clock, admin, person, atMicrosoft, comeBack, walk, ...program } =
  await createConnectingProgram()
const { key, create, begin, status, eventsOf, audited, removeAccounts } = program
const { db } = database

afterEach(removeAccounts)

const kinds = async (session: { id: string }) => (await eventsOf(session)).map(({ kind }) => kind)

async function expireKey({ id }: { id: string }): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ expires_at: clock.now() })
    .where('id', '=', id as never)
    .execute()
}

describe('a session whose creator may no longer connect mailboxes', () => {
  it('is canceled by the sign-in that comes back, and offers no other attempt', async () => {
    const other = await key(['connect'])
    const session = await create({}, other)
    const begun = await begin(session)
    const callback = await atMicrosoft(begun, BEN)
    await expireKey(other)
    const answer = await comeBack(callback, begun.browser)
    expect(answer.status).toBe(410)
    expect(read(answer).labels).toEqual(['Back to Shop'])
    expect(await status(session, admin)).toMatchObject({ status: 'canceled' })
    expect(await audited(session)).toContain('postkey connect_session.canceled')
    expect(await db.selectFrom('grants').select('id').execute()).toEqual([])
  })

  it('is canceled by an attempt that fails', async () => {
    const other = await key(['connect'])
    const session = await create({ requestedAddress: 'carla@contoso.example' }, other)
    const begun = await begin(session)
    await expireKey(other)
    expect(read(await walk(begun, BEN)).labels).toEqual(['Back to Shop'])
    expect(await status(session, admin)).toMatchObject({ status: 'canceled' })
  })

  it('is canceled by itself', async () => {
    const [revoked, expired, former] = [await key(['connect']), await key(['connect']), await person('admin')]
    const [first, second, third] = [await create({}, revoked), await create({}, expired), await create({}, former)]
    const kept = await create()
    await rooms.people.apiKeys.revoke(revoked.id, 'test')
    await expireKey(expired)
    await db
      .updateTable('users')
      .set({ role: 'agent' })
      .where('id', '=', former.id as never)
      .execute()
    await rooms.connectSessions.runDue()
    const reasons = { [first.id]: 'key-revoked', [second.id]: 'key-expired', [third.id]: 'creator-not-admin' }
    for (const session of [first, second, third]) {
      expect(await status(session, admin)).toMatchObject({ status: 'canceled' })
      const events = await eventsOf(session)
      expect(events.map(({ kind }) => kind)).toEqual(['connect_session.canceled'])
      expect(events[0]!.payload).toMatchObject({ by: 'postkey', state: 'order-1', reason: reasons[session.id] })
    }
    const canceled = await create()
    await ask(`DELETE /v1/connect-sessions/${canceled.id}`, { as: admin })
    const [event] = await eventsOf(canceled)
    expect(event).toMatchObject({ kind: 'connect_session.canceled', payload: { by: `person:${admin.id}` } })
    expect(event!.payload).not.toHaveProperty('reason')
    expect(await status(kept)).toMatchObject({ status: 'open' })
  })
})

describe('a session that two processes settle', () => {
  it('is settled once, with one event', async () => {
    const associate = rooms.emailAccounts.associate.bind(rooms.emailAccounts)
    const session = await create()
    rooms.emailAccounts.associate = async (...args) => {
      const account = await associate(...args)
      // The other process was first.
      const done = { status: 'completed', completed_at: clock.now(), email_account_id: account.id } as const
      await db
        .updateTable('connect_sessions')
        .set(done)
        .where('id', '=', session.id as never)
        .execute()
      return account
    }
    const answer = await walk(await begin(session), BEN)
    rooms.emailAccounts.associate = associate
    expect(answer.status).toBe(302)
    expect(await kinds(session)).toEqual([])
    expect(await audited(session)).not.toContain(`link:${session.id} connect_session.completed`)
  })

  it('is left to the other one when the lock is lost', async () => {
    const associate = rooms.emailAccounts.associate.bind(rooms.emailAccounts)
    const session = await create()
    rooms.emailAccounts.associate = async (...args) => {
      const account = await associate(...args)
      await sql`SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(db)
      await pause(300)
      return account
    }
    await walk(await begin(session), BEN)
    rooms.emailAccounts.associate = associate
    expect(await status(session)).toMatchObject({ status: 'connecting' })
    expect(await kinds(session)).toEqual([])
    clock.advance(60_000)
    await rooms.connectSessions.runDue()
    expect(await status(session)).toMatchObject({ status: 'completed' })
    expect(await kinds(session)).toEqual(['connect_session.completed'])
  })

  it('locks its link first, as a sign-in does, when it is canceled', async () => {
    const session = await create()
    const signIn = await database.pool.connect()
    try {
      await signIn.query('BEGIN')
      await signIn.query('UPDATE sign_in_links SET used_at = now() WHERE id = $1', [session.id])
      const canceled = ask(`DELETE /v1/connect-sessions/${session.id}`, { as: admin })
      await pause(300)
      await signIn.query("SET LOCAL lock_timeout = '1s'")
      await signIn.query("UPDATE connect_sessions SET user_name = 'ben' WHERE id = $1", [session.id])
      await signIn.query('ROLLBACK')
      expect((await canceled).status).toBe(204)
    } finally {
      signIn.release(true)
    }
  })
})

describe('the key of a connected mailbox', () => {
  it('is a free one, and the mailbox is checked once', async () => {
    await walk(await begin(await create({ requestedAddress: SUPPORT, kind: 'shared' })), BEN)
    await db.updateTable('email_accounts').set({ key: 'BEN' }).execute()
    const associate = rooms.emailAccounts.associate.bind(rooms.emailAccounts)
    let calls = 0
    rooms.emailAccounts.associate = (input, actor) => {
      calls++
      return associate(input, actor)
    }
    const session = await create()
    await walk(await begin(session), BEN)
    rooms.emailAccounts.associate = associate
    expect(await status(session)).toMatchObject({ status: 'completed' })
    const accounts = await rooms.emailAccounts.list()
    expect(accounts.map((account) => account.key)).toContain('BEN2')
    expect(calls).toBe(1)
  })
})

describe('waiting sessions', () => {
  it('are limited to 1,000 per creator, and expire 100 at a time', async () => {
    const other = await key(['connect'])
    const { id } = await create({}, other)
    await database.pool.query(
      `WITH ids AS (SELECT gen_random_uuid() AS id FROM generate_series(1, 999)),
        links AS (INSERT INTO sign_in_links SELECT (jsonb_populate_record(l,
          jsonb_build_object('id', ids.id, 'token_hash', '\\x' || md5(ids.id::text)))).* FROM ids, sign_in_links l WHERE l.id = $1)
      INSERT INTO connect_sessions
        SELECT (jsonb_populate_record(s, jsonb_build_object('id', ids.id))).* FROM ids, connect_sessions s WHERE s.id = $1`,
      [id],
    )
    const body = { cloudProviderId: program.provider, displayName: 'Shop' }
    const refused = await ask('POST /v1/connect-sessions', { as: other, body })
    expect(refused).toMatchObject({ status: 429, body: { code: 'connect_sessions.too_many_waiting' } })
    expect((await ask('POST /v1/connect-sessions', { as: await key(['connect']), body })).status).toBe(201)

    const before = clock.now()
    clock.advance(24 * 60 * 60_000)
    await rooms.connectSessions.runDue()
    const { rows } = await database.pool.query<{ status: string; count: number; transactions: number }>(
      `SELECT status, count(*)::int AS count, count(DISTINCT xmin::text)::int AS transactions
       FROM connect_sessions WHERE created_by = $1 GROUP BY status`,
      [`api-key:${other.id}`],
    )
    expect(rows).toMatchObject([{ status: 'expired', count: 1000 }])
    expect(rows[0]!.transactions).toBeGreaterThanOrEqual(10)
    clock.set(before)
    expect((await ask('POST /v1/connect-sessions', { as: other, body })).status).toBe(201)
  })

  it('keep their logo only until they end', async () => {
    const logo = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const [canceled, completed, expired] = [await create({ logo }), await create({ logo }), await create({ logo })]
    expect(await status(canceled)).toMatchObject({ hasLogo: true })
    await ask(`DELETE /v1/connect-sessions/${canceled.id}`, { as: admin })
    await walk(await begin(completed), BEN)
    const before = clock.now()
    clock.advance(24 * 60 * 60_000)
    await rooms.connectSessions.runDue()
    clock.set(before)
    for (const session of [canceled, completed, expired])
      expect(await status(session)).toMatchObject({ hasLogo: false })
  })

  it('fail when the previous version has used their link', async () => {
    const session = await create()
    await db
      .updateTable('sign_in_links')
      .set({ used_at: clock.now(), used_by: BEN })
      .where('id', '=', session.id as never)
      .execute()
    await rooms.connectSessions.runDue()
    await rooms.connectSessions.runDue()
    const now = await status(session)
    expect(now).toMatchObject({ status: 'failed', isFinal: true, userName: BEN })
    expect(now.reason?.code).toBe('tokens.sign_in_link_over')
    expect(await kinds(session)).toEqual(['connect_session.failed'])
  })
})
