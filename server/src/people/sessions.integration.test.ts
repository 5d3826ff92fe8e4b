import { describe, expect, it } from 'vitest'
import { createDatabase } from '../database/index.ts'
import { Secret } from '../kernel/secret.ts'
import { createTestClock, silentLog, testDatabase } from '../../test/kit/index.ts'
import { createPeople } from './create-people.ts'

const database = await testDatabase()
const options = {
  clock: createTestClock(),
  publicUrl: new URL('http://localhost:8400'),
  sessionSecret: new Secret('x'.repeat(43)),
}
const { links, sessions } = createPeople({ ...options, database })
const PASSWORD = new Secret('correct horse battery')
const tokenOf = (link: { url: Secret }) => new Secret(new URL(link.url.reveal()).hash.slice(1))

async function join(email: string) {
  const link = await links.invite({ email, name: 'P', role: 'agent', emailAccountIds: [] }, 'test')
  return links.accept(tokenOf(link), { password: PASSWORD })
}

describe('a session by a link', () => {
  it('starts even after wrong passwords, which no longer count for that account', async () => {
    const { id, email } = await join('forgot@contoso.example')
    const signIn = (password: Secret) => sessions.signIn({ email, password, clientAddress: '192.0.2.1' })
    for (let n = 0; n < 10; n++) await signIn(new Secret('wrong password')).catch(() => undefined)
    await expect(signIn(PASSWORD)).rejects.toMatchObject({ code: 'people.too_many_tries' })

    const password = new Secret('another horse battery')
    await links.accept(tokenOf(await links.reset(id, 'test')), { password })

    expect(await sessions.signInByLink({ email, password, clientAddress: '192.0.2.1' })).toMatchObject({
      person: { id },
    })
    expect(await signIn(password)).toMatchObject({ person: { id } })
  })
})

describe('sessions without the database', () => {
  it("fail with a database error at sign-in, lookup and sign-out, and don't count as signed out", async () => {
    const { email } = await join('away@contoso.example')
    const wanted = { email, password: PASSWORD, clientAddress: '192.0.2.2' }
    const cookie = (await sessions.signIn(wanted)).setCookies.map((line) => line.split(';')[0]).join('; ')
    const away = await createDatabase(database.url, { log: silentLog })
    const room = createPeople({ ...options, database: away })
    expect(await room.sessions.find(cookie)).toBeDefined()
    await away.pool.end()

    const unavailable = { code: 'database.unavailable', remedy: 'wait' }
    await expect(room.sessions.find(cookie)).rejects.toMatchObject(unavailable)
    await expect(room.sessions.signIn(wanted)).rejects.toMatchObject(unavailable)
    await expect(room.sessions.signOut(cookie)).rejects.toMatchObject(unavailable)
    expect(await sessions.find(cookie)).toBeDefined()
  })
})
