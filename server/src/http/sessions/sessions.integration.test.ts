/** The end of sessions, on two servers that share a database. */
import { text as readText } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../../database/index.ts'
import type { PersonId } from '../../kernel/ids.ts'
import { createTestApp, createTestClock, silentLog, testDatabase, type ShownBy } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
// No heartbeat ends a stream within the test.
const { ask, person, rooms } = await createTestApp(database, clock, { heartbeatMs: 3_600_000, sessionClock: clock })
const elsewhere = await createDatabase(database.url, { log: silentLog })
afterAll(() => elsewhere.close())
const other = await createTestApp(elsewhere, clock, { heartbeatMs: 3_600_000, sessionClock: clock })
const admin = await person('admin')
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000]
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'

interface Listed {
  id: string
  isCurrent: boolean
}

async function signIn({ id }: { id: PersonId }, userAgent?: string): Promise<ShownBy & { cookie: string }> {
  const client = { clientAddress: '127.0.0.1', userAgent }
  const { setCookies } = await rooms.people.sessions.open(id, { method: 'password' }, client)
  return { cookie: setCookies.map((line) => line.split(';')[0]).join('; ') }
}

const statusOf = async (as: ShownBy) => (await ask('GET /v1/session', { as: { cookie: as.cookie! } })).status
const listed = async (as: ShownBy) =>
  ((await ask('GET /v1/sessions', { as: { cookie: as.cookie! } })).body as { sessions: Listed[] }).sessions

/** Opens an event stream at the other server. In a list, so that awaiting the response does not await its end. */
async function streamElsewhere({ cookie }: ShownBy): Promise<Promise<string>[]> {
  const headers = { host: other.publicUrl.host, cookie: cookie! }
  const answer = await other.app.inject({ url: '/v1/events/stream', headers, payloadAsStream: true })
  expect(answer.statusCode).toBe(200)
  return [readText(answer.stream())]
}

const entriesOf = async (subject: string) =>
  (await rooms.people.audit.list({ subject, limit: 20 })).map(({ action, actor, detail }) => ({
    action,
    actor,
    detail,
  }))

describe('a session ends by itself', () => {
  it.each([
    ['admin', 12 * HOUR_MS],
    ['agent', 7 * DAY_MS],
  ] as const)('for an %s after %d ms without use', async (role, idleMs) => {
    const one = await person(role)
    clock.advance(idleMs - 1)
    expect(await statusOf(one)).toBe(200)
    clock.advance(idleMs)
    expect(await statusOf(one)).toBe(401)
    expect(await listed(await signIn(one))).toHaveLength(1)
  })

  it('after 30 days, however much it is used', async () => {
    const agent = await person('agent')
    for (let day = 0; day < 29; day++) {
      clock.advance(DAY_MS)
      expect(await statusOf(agent)).toBe(200)
    }
    clock.advance(DAY_MS - 1)
    expect(await statusOf(agent)).toBe(200)
    clock.advance(1)
    expect(await statusOf(agent)).toBe(401)
  })

  it('although a page asks in the background whether it goes on', async () => {
    const one = await person('admin')
    const poll = () => ask('GET /v1/session?isBackground=true', { as: { cookie: one.cookie! } })
    for (let hour = 1; hour < 12; hour++) {
      clock.advance(HOUR_MS)
      expect((await poll()).status).toBe(200)
    }
    clock.advance(HOUR_MS)
    expect((await poll()).status).toBe(401)
  })

  it('although its event stream opens again and again', async () => {
    const agent = await person('agent')
    clock.advance(4 * DAY_MS)
    await ask('GET /v1/events/stream', { as: { cookie: agent.cookie! } })
    clock.advance(3 * DAY_MS)
    expect(await statusOf(agent)).toBe(401)
  })
})

it('the use of a session is written once in five minutes, also by concurrent requests', async () => {
  const agent = await person('agent')
  await database.pool.query(`CREATE TABLE session_writes (id text);
    CREATE FUNCTION note_session_write() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN INSERT INTO session_writes VALUES (NEW.id); RETURN NULL; END';
    CREATE TRIGGER session_written AFTER UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION note_session_write()`)
  const writes = async () => (await database.pool.query('SELECT FROM session_writes')).rowCount
  for (let minute = 0; minute < 5; minute++) {
    await statusOf(agent)
    clock.advance(MINUTE_MS)
  }
  expect(await writes()).toBe(0)
  await Promise.all([statusOf(agent), statusOf(agent), statusOf(agent)])
  expect(await writes()).toBe(1)
})

it('a database that refuses writes does not refuse the session', async () => {
  const agent = await person('agent')
  clock.advance(HOUR_MS)
  await database.pool
    .query(`CREATE FUNCTION refuse_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$;
    CREATE TRIGGER refused BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION refuse_write()`)
  expect(await statusOf(agent)).toBe(200)
  await database.pool.query('DROP FUNCTION refuse_write CASCADE')
})

it('a person has at most 100 sessions; the one unused for longest ends, with an audit entry', async () => {
  const agent = await person('agent')
  const client = { clientAddress: '192.0.2.9' }
  for (let n = 0; n < 99; n++) await rooms.people.sessions.open(agent.id, { method: 'password' }, client)
  clock.advance(HOUR_MS)
  expect(await statusOf(agent)).toBe(200)
  clock.advance(MINUTE_MS)
  await rooms.people.sessions.open(agent.id, { method: 'password' }, client)
  expect(await rooms.people.sessions.list(agent.id)).toHaveLength(100)
  expect(await statusOf(agent)).toBe(200)
  const [ended] = await entriesOf(agent.id)
  expect(ended).toMatchObject({
    action: 'session.ended',
    actor: 'postkey',
    detail: { reason: 'too-many', sessions: 1 },
  })
})

describe('the list of sessions', () => {
  it('shows device, address, method and times of own sessions only', async () => {
    const first = await person('agent')
    clock.advance(HOUR_MS)
    const at = clock.now().toISOString()
    const second = await signIn(first, WINDOWS)
    expect(await listed(second)).toMatchObject([
      {
        ...{ isCurrent: true, method: 'password', clientAddress: '127.0.0.1' },
        ...{ device: { browser: 'Firefox', system: 'Windows' }, signedInAt: at, lastSeenAt: at },
      },
      { isCurrent: false, device: {} },
    ])
    expect((await listed(first)).map(({ isCurrent }) => isCurrent)).toEqual([false, true])
    expect(JSON.stringify(await listed(first))).not.toMatch(/token|Mozilla/)
  })

  it("ends one, and not another person's", async () => {
    const first = await person('agent')
    const { id } = first
    const second = await signIn(first)
    const [, theirs] = await listed(second)
    const stranger = await person('agent')
    const end = (as: ShownBy) => ask(`DELETE /v1/sessions/${theirs!.id}`, { as: { cookie: as.cookie! } })
    expect(await end(stranger)).toMatchObject({ status: 404, body: { code: 'people.session_ended' } })
    expect(await end(await signIn(admin))).toMatchObject({ status: 404 })
    expect(await statusOf(first)).toBe(200)
    expect((await end(second)).status).toBe(204)
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200])
    expect((await entriesOf(id))[0]).toMatchObject({
      ...{ action: 'session.ended', actor: `person:${id}` },
      detail: { reason: 'ended', sessions: 1, address: expect.stringMatching(/^192\.0\.2\./) as string },
    })
  })

  it('ends all others', async () => {
    const first = await person('agent')
    const [second, third] = [await signIn(first), await signIn(first)]
    expect((await ask('DELETE /v1/sessions', { as: second })).body).toEqual({ ended: 2 })
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([401, 200, 401])
  })
})

describe('all sessions of a person end, with their event streams at every server, and an audit entry', () => {
  it.each<[string, (id: PersonId) => Promise<unknown>, string]>([
    ['when an admin ends them', (id) => ask(`DELETE /v1/people/${id}/sessions`, { as: fresh }), 'ended'],
    [
      'when a link for a new password is made',
      (id) => ask(`POST /v1/people/${id}/reset-link`, { as: fresh }),
      'reset-link',
    ],
    [
      'when their role changes',
      (id) => ask(`PUT /v1/people/${id}/role`, { as: fresh, body: { role: 'admin' } }),
      'role-changed',
    ],
    ['when they are removed', (id) => ask(`DELETE /v1/people/${id}`, { as: fresh }), 'removed'],
  ])('%s', async (_when, end, reason) => {
    const first = await person('agent')
    const { id } = first
    const second = await signIn(first)
    const streams = [...(await streamElsewhere(first)), ...(await streamElsewhere(second))]
    Object.assign(fresh, await signIn(admin))

    expect(await end(id)).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300) as number })

    for (const stream of await Promise.all(streams)) expect(stream).toContain('retry:')
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 401])
    expect(await entriesOf(id)).toContainEqual({
      ...{ action: 'session.ended', actor: `person:${admin.id}` },
      detail: { reason, sessions: 2 },
    })
  })

  it('except the one of an admin who makes a link for themself', async () => {
    const [first, second] = [await signIn(admin), await signIn(admin)]
    expect((await ask(`POST /v1/people/${admin.id}/reset-link`, { as: second })).status).toBe(201)
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200])
  })
})

/** A session of the admin that was just opened. */
const fresh: ShownBy = {}

it('a signed-out browser ends its own stream alone, at every server', async () => {
  const first = await person('agent')
  const second = await signIn(first)
  const [ended] = await streamElsewhere(first)
  const before = await listed(second)
  expect((await ask('DELETE /v1/session', { as: { cookie: first.cookie! } })).status).toBe(204)
  expect(await ended).toContain('retry:')
  expect([before.length, (await listed(second)).length]).toEqual([2, 1])
})

it('a role that stays the same ends nothing', async () => {
  const agent = await person('agent')
  const as = await signIn(admin)
  expect((await ask(`PUT /v1/people/${agent.id}/role`, { as, body: { role: 'agent' } })).status).toBe(200)
  expect(await statusOf(agent)).toBe(200)
})
