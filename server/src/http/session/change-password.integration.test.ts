import { beforeEach, describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, TEST_PASSWORD, testDatabase, type ShownBy } from '../../../test/kit/index.ts'

const database = await testDatabase()
const { ask, person, rooms } = await createTestApp(database, createTestClock())
const NEW_PASSWORD = 'another horse battery'
beforeEach(() => database.pool.query('DELETE FROM sign_in_attempts'))

const cookiesOf = (lines: readonly string[]): ShownBy => ({
  cookie: lines.map((line) => line.split(';')[0]).join('; '),
})
const signIn = (email: string, password: string) => ask('POST /v1/session', { body: { email, password } })
const open = async ({ id }: Awaited<ReturnType<typeof person>>) => {
  const client = { clientAddress: '127.0.0.1' }
  return cookiesOf((await rooms.people.sessions.open(id, { method: 'password' }, client)).setCookies)
}
const change = (as: ShownBy, currentPassword: string, password: string) =>
  ask('PUT /v1/session/password', { as, body: { currentPassword, password } })
const statusOf = async (as: ShownBy) => (await ask('GET /v1/session', { as })).status

describe("a change of one's own password", () => {
  it('ends the other sessions and the old password, keeps this one with another token, and is audited', async () => {
    const agent = await person('agent')
    const { email, id } = agent
    const [here, elsewhere] = [await open(agent), await open(agent)]

    const changed = await change(here, TEST_PASSWORD, NEW_PASSWORD)

    expect(changed.status).toBe(204)
    const cookies = changed.headers['set-cookie'] as string[]
    expect(cookies[0]).toMatch(/^postkey\.session_token=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
    expect([await statusOf(cookiesOf(cookies)), await statusOf(here), await statusOf(elsewhere)]).toEqual([
      200, 401, 401,
    ])
    expect((await signIn(email, TEST_PASSWORD)).status).toBe(401)
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200)
    const entries = await rooms.people.audit.list({ subject: id, limit: 10 })
    expect(entries.find(({ action }) => action === 'person.password_changed')).toMatchObject({
      ...{ actor: `person:${id}`, detail: { address: '127.0.0.1' } },
    })
    expect(entries.find(({ action }) => action === 'session.ended')).toMatchObject({
      detail: { reason: 'password-changed', sessions: 2 },
    })
    expect(JSON.stringify(entries)).not.toContain(NEW_PASSWORD)
  })

  it('needs the current password, and is refused after ten wrong ones', async () => {
    const here = await open(await person('agent'))
    for (let n = 0; n < 10; n++) {
      expect(await change(here, `wrong ${n}`, NEW_PASSWORD)).toMatchObject({
        status: 422,
        body: { code: 'people.current_password_wrong', faults: [{ field: 'body.currentPassword' }] },
      })
    }
    expect(await change(here, TEST_PASSWORD, NEW_PASSWORD)).toMatchObject({
      ...{ status: 429, body: { code: 'people.too_many_tries' } },
    })
    expect(await statusOf(here)).toBe(200)
  })

  it('follows the rules for passwords, whose refusals neither change anything nor count', async () => {
    const agent = await person('agent')
    const here = await open(agent)
    expect(await change(here, TEST_PASSWORD, 'qwerty123456')).toMatchObject({
      ...{ status: 422, body: { code: 'people.password_common', faults: [{ field: 'body.password' }] } },
    })
    expect(await change(here, TEST_PASSWORD, agent.email)).toMatchObject({ body: { code: 'people.password_personal' } })
    expect(await change(here, TEST_PASSWORD, 'short')).toMatchObject({ body: { code: 'http.invalid_request' } })
    expect(await statusOf(here)).toBe(200)
    expect(
      (await database.pool.query("SELECT DISTINCT points FROM sign_in_attempts WHERE key NOT LIKE 'sign-ins-%'")).rows,
    ).toEqual([{ points: 0 }])
  })

  it('is made once by two browsers at the same moment', async () => {
    const agent = await person('agent')
    const [one, other] = [await open(agent), await open(agent)]
    const changes = [change(one, TEST_PASSWORD, NEW_PASSWORD), change(other, TEST_PASSWORD, 'third horse battery')]
    const statuses = (await Promise.all(changes)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
  })
})
