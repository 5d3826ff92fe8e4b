import { describe, expect, it } from 'vitest'
import { newId, type EmailAccountId, type PersonId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import { createTestClock, silentLog, storeEmailAccount, testDatabase, testKeyRing } from '../../test/kit/index.ts'
import { createPeople } from './create-people.ts'
import type { Role } from './person.ts'

const database = await testDatabase()
const clock = createTestClock()
const publicUrl = new URL('http://localhost:8400')
const HOUR_MS = 60 * 60 * 1000
const PASSWORD = new Secret('correct horse battery')
const ADDRESS = '203.0.113.7'

const room = createPeople({
  database,
  clock,
  publicUrl,
  sessionSecret: new Secret('x'.repeat(43)),
  keyRing: testKeyRing(),
  log: silentLog,
})
const { people, links, sessions, apiKeys, audit } = room

const tokenOf = (link: { url: Secret }) => new Secret(new URL(link.url.reveal()).hash.slice(1))
const cookieOf = ({ setCookies }: { setCookies: readonly string[] }) =>
  setCookies.map((line) => line.split(';')[0]).join('; ')

const first = await links.firstAdmin()
const admin = await links.accept(tokenOf(first!), { password: PASSWORD, name: 'Ada', email: 'Ada@contoso.example' })

let number = 0
async function join(role: Role, emailAccountIds: EmailAccountId[] = []) {
  const email = `person${++number}@contoso.example`
  const link = await links.invite({ email, name: `Person ${number}`, role, emailAccountIds }, `person:${admin.id}`)
  return { ...(await links.accept(tokenOf(link), { password: PASSWORD })), email }
}

const signIn = (email: string, password = PASSWORD, clientAddress = '192.0.2.1') =>
  sessions.signIn({ email, password, clientAddress })

describe('the first admin', () => {
  it('is created by a link, after which there is no further link', async () => {
    expect(new URL(first!.url.reveal()).pathname).toBe('/join')
    expect(await people.get(admin.id)).toMatchObject({ name: 'Ada', email: 'ada@contoso.example', role: 'admin' })
    expect(await links.firstAdmin()).toBeUndefined()
  })

  it('is created once, even when two people use the link at the same moment', async () => {
    await expect(
      links.accept(tokenOf(first!), { password: PASSWORD, name: 'Eve', email: 'eve@x.example' }),
    ).rejects.toMatchObject({ code: 'people.link_ended' })
    const link = await links.invite(
      { email: 'twice@contoso.example', name: 'T', role: 'agent', emailAccountIds: [] },
      'test',
    )
    const uses = await Promise.allSettled([1, 2, 3].map(() => links.accept(tokenOf(link), { password: PASSWORD })))
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('a link', () => {
  const invite = () =>
    links.invite({ email: 'new@contoso.example', name: 'New', role: 'agent', emailAccountIds: [] }, 'person:test')

  it('is stored only as a hash', async () => {
    const token = tokenOf(await invite()).reveal()
    const rows = await database.db.selectFrom('person_links').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(token)
    expect(rows.some(({ token_hash }) => token_hash.toString('base64url') === token)).toBe(false)
  })

  it('expires after a day', async () => {
    const link = await invite()
    clock.advance(24 * HOUR_MS - 1)
    expect(await links.look(tokenOf(link))).toMatchObject({ email: 'new@contoso.example' })
    clock.advance(1)
    await expect(links.look(tokenOf(link))).rejects.toMatchObject({ code: 'people.link_ended' })
    await expect(links.accept(tokenOf(link), { password: PASSWORD })).rejects.toMatchObject({
      code: 'people.link_ended',
    })
  })

  it('becomes invalid when a newer one is created for the same address, or when it is revoked', async () => {
    const [older, newer] = [await invite(), await invite()]
    await expect(links.look(tokenOf(older))).rejects.toMatchObject({ code: 'people.link_ended' })
    expect((await links.listOpen()).map(({ id }) => id)).toContain(newer.id)
    await links.revoke(newer.id, 'person:test')
    await expect(links.look(tokenOf(newer))).rejects.toMatchObject({ code: 'people.link_ended' })
  })

  it('stays valid after a refused password', async () => {
    const link = await invite()
    for (const [password, code] of [
      ['short', 'people.password_refused'],
      ['qwerty123456', 'people.password_common'],
      ['new@contoso.example', 'people.password_personal'],
    ] as const) {
      await expect(links.accept(tokenOf(link), { password: new Secret(password) })).rejects.toMatchObject({ code })
    }
    await expect(links.accept(tokenOf(link), { password: PASSWORD })).resolves.toMatchObject({
      email: 'new@contoso.example',
    })
  })

  it("isn't created for an existing team member", async () => {
    await expect(
      links.invite({ email: 'ADA@contoso.example', name: 'A', role: 'agent', emailAccountIds: [] }, 'test'),
    ).rejects.toMatchObject({ code: 'people.address_taken' })
  })

  it('can be used once, even when several people use it at the same moment', async () => {
    const { id } = await join('agent')
    const link = await links.reset(id, 'test')
    const uses = await Promise.allSettled(
      ['one horse battery', 'two horse battery', 'three horse battery'].map((password) =>
        links.accept(tokenOf(link), { password: new Secret(password) }),
      ),
    )
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('for a new password ends every session and the old password', async () => {
    const { id, email } = await join('agent')
    const link = await links.reset(id, `person:${admin.id}`)
    const cookie = cookieOf(await signIn(email))
    expect(await sessions.find(cookie)).toBeDefined()

    await links.accept(tokenOf(link), { password: new Secret('another horse battery') })

    expect(await sessions.find(cookie)).toBeUndefined()
    await expect(signIn(email)).rejects.toMatchObject({ code: 'people.wrong_password' })
    await expect(signIn(email, new Secret('another horse battery'))).resolves.toMatchObject({ person: { id } })
  })
})

describe('a session', () => {
  it("uses a cookie that scripts can't read and other sites don't send", async () => {
    const { setCookies } = await signIn('ada@contoso.example')
    expect(setCookies).toHaveLength(2)
    expect(setCookies[0]).toMatch(/^postkey\.session_token=.*HttpOnly; SameSite=Lax$/)
    expect((await sessions.find(cookieOf({ setCookies })))?.person.name).toBe('Ada')
  })

  it('uses https only when the public URL is https', async () => {
    const secure = createPeople({
      database,
      clock,
      publicUrl: new URL('https://postkey.contoso.example'),
      sessionSecret: new Secret('x'.repeat(43)),
      keyRing: testKeyRing(),
      log: silentLog,
    })
    const { setCookies } = await secure.sessions.signIn({
      email: 'ada@contoso.example',
      password: PASSWORD,
      clientAddress: '192.0.2.1',
    })
    expect(setCookies).toHaveLength(2)
    // Browsers accept `__Host-` only with Secure, Path=/ and no Domain, so no neighboring host can set or read the
    // cookie.
    expect(setCookies[0]).toMatch(/^__Host-postkey\.session_token=[^;]+;.*Path=\/(;|$)/)
    expect(setCookies[0]).toMatch(/; Secure(;|$)/)
    expect(setCookies[0]).toMatch(/; HttpOnly(;|$)/)
    expect(setCookies[0]).not.toMatch(/Domain/i)
    const cookie = cookieOf({ setCookies })
    expect((await secure.sessions.find(cookie))?.person.name).toBe('Ada')
    // A cookie of an earlier version, which a neighboring host could have set, no longer signs in.
    expect(await secure.sessions.find(cookie.replace('__Host-', '__Secure-'))).toBeUndefined()
    const out = await secure.sessions.signOut(cookie)
    expect(out.setCookies.join()).toContain('__Host-postkey.session_token=;')
    expect(await secure.sessions.find(cookie)).toBeUndefined()
  })

  it('is refused with another signature, or with the token stored in the table', async () => {
    const { setCookies } = await signIn('ada@contoso.example')
    const cookie = cookieOf({ setCookies: setCookies.slice(0, 1) })
    const { token } = await database.db.selectFrom('sessions').select('token').executeTakeFirstOrThrow()
    expect(await sessions.find(`postkey.session_token=${token}`)).toBeUndefined()
    expect(await sessions.find(`${cookie.slice(0, -6)}AAAAA%3D`)).toBeUndefined()
  })

  it('ends at sign-out', async () => {
    const cookie = cookieOf(await signIn('ada@contoso.example'))
    await sessions.signOut(cookie)
    expect(await sessions.find(cookie)).toBeUndefined()
  })

  it("doesn't reveal members: an unknown address and a wrong password get the same response", async () => {
    for (const email of ['ada@contoso.example', 'nobody@contoso.example']) {
      await expect(signIn(email, new Secret('wrong password'), '192.0.2.7')).rejects.toMatchObject({
        code: 'people.wrong_password',
      })
    }
  })
})

describe('the team', () => {
  it('always keeps an admin, even when two are demoted at the same moment', async () => {
    const other = await join('admin')
    const results = await Promise.allSettled([
      people.changeRole(admin.id, 'agent', 'test'),
      people.changeRole(other.id, 'agent', 'test'),
    ])
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    const [last] = (await people.list()).filter(({ role }) => role === 'admin')
    await expect(people.remove(last!.id, 'test')).rejects.toMatchObject({ code: 'people.last_admin' })
    await people.changeRole(admin.id, 'admin', 'test')
  })

  it('deletes the sign-in of a removed person and keeps the name', async () => {
    const { id, email } = await join('agent')
    const cookie = cookieOf(await signIn(email))

    await people.remove(id, `person:${admin.id}`)

    expect(await sessions.find(cookie)).toBeUndefined()
    await expect(signIn(email)).rejects.toMatchObject({ code: 'people.wrong_password' })
    await expect(people.get(id)).rejects.toMatchObject({ code: 'people.not_found' })
    expect((await people.namesOf([id])).get(id)).toMatch(/^Person/)
  })

  it('restores a removed person under the same id', async () => {
    const { id, email } = await join('agent')
    await people.remove(id, 'test')
    const link = await links.invite({ email, name: 'Back', role: 'admin', emailAccountIds: [] }, 'test')
    expect(await links.accept(tokenOf(link), { password: PASSWORD })).toEqual({ id, email })
    expect(await people.get(id)).toMatchObject({ name: 'Back', role: 'admin' })
  })

  it('grants access to existing mailboxes and revokes it', async () => {
    const { id: account } = await storeEmailAccount(database, clock)
    const { id } = await join('agent', [account, newId<EmailAccountId>()])
    expect((await people.get(id)).emailAccountIds).toEqual([account])
    expect((await people.setMemberships(id, [], 'test')).emailAccountIds).toEqual([])
    await people.setMemberships(id, [account], 'test')
    await database.db.deleteFrom('email_accounts').where('id', '=', account).execute()
    expect((await people.get(id)).emailAccountIds).toEqual([])
  })
})

describe('an auditor', () => {
  it('has no mailboxes: neither by an invitation, nor by a role or mailboxes given later, at the same moment too', async () => {
    const { id: account } = await storeEmailAccount(database, clock)
    await expect(join('auditor', [account])).rejects.toMatchObject({ code: 'people.auditor_without_mail' })
    const { id } = await join('auditor')
    await expect(people.setMemberships(id, [account], 'test')).rejects.toMatchObject({
      code: 'people.auditor_without_mail',
    })
    expect((await people.setMemberships(id, [], 'test')).emailAccountIds).toEqual([])

    const { id: agent } = await join('agent', [account])
    expect(await people.changeRole(agent, 'auditor', 'test')).toMatchObject({ role: 'auditor', emailAccountIds: [] })
    for (let n = 0; n < 5; n++) {
      await people.changeRole(agent, 'supervisor', 'test')
      await Promise.allSettled([
        people.changeRole(agent, 'auditor', 'test'),
        people.setMemberships(agent, [account], 'test'),
      ])
      expect(await people.get(agent)).toMatchObject({ role: 'auditor', emailAccountIds: [] })
    }
  })
})

describe('an API key', () => {
  const create = (createdBy: PersonId = admin.id) =>
    apiKeys.create({ name: 'Shop', scopes: ['mail:read'], emailAccountIds: 'all' }, createdBy)

  it('is shown once, stored as a hash, and listed by its prefix', async () => {
    const { id, key, prefix } = await create()
    expect(key.reveal().startsWith(prefix)).toBe(true)
    expect(JSON.stringify(await apiKeys.list())).not.toContain(key.reveal())
    expect(JSON.stringify(await database.db.selectFrom('api_keys').selectAll().execute())).not.toContain(key.reveal())
    expect(await apiKeys.find(key, ADDRESS)).toMatchObject({ id, scopes: ['mail:read'] })
    expect(await apiKeys.find(new Secret(`${key.reveal().slice(0, -1)}_`), ADDRESS)).toBeUndefined()
  })

  it('can be used more than ten times a day', async () => {
    const { key } = await create()
    for (let n = 0; n < 30; n++) expect(await apiKeys.find(key, ADDRESS)).toBeDefined()
  })

  it('ends when it is revoked, and when its creator is demoted or removed', async () => {
    const { id, key } = await create()
    await apiKeys.revoke(id, 'test')
    expect(await apiKeys.find(key, ADDRESS)).toBeUndefined()

    const maker = await join('admin')
    const [demoted, left] = [await create(maker.id), await create(maker.id)]
    await people.changeRole(maker.id, 'agent', 'test')
    expect(await apiKeys.find(demoted.key, ADDRESS)).toBeUndefined()
    await expect(create(maker.id)).rejects.toMatchObject({ code: 'people.key_exceeds_creator' })
    await people.changeRole(maker.id, 'admin', 'test')
    await people.remove(maker.id, 'test')
    await expect(create(maker.id)).rejects.toMatchObject({ code: 'people.key_exceeds_creator' })
    expect(await apiKeys.find(left.key, ADDRESS)).toBeUndefined()
  })
})

describe('the audit list', () => {
  it('contains admin actions, newest first, without secrets', async () => {
    const { id, url } = await links.invite(
      { email: 'audit@contoso.example', name: 'Audit', role: 'agent', emailAccountIds: [] },
      `person:${admin.id}`,
    )
    const entries = await audit.list({ limit: 200 })
    expect(entries[0]).toMatchObject({ actor: `person:${admin.id}`, action: 'person.invited', subject: id })
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['person.first_admin_joined', 'person.joined', 'person.removed', 'api_key.created']),
    )
    expect(JSON.stringify(entries)).not.toContain(new URL(url.reveal()).hash.slice(1))
    expect((await audit.list({ before: entries[0]!.id, limit: 1 }))[0]).toEqual(entries[1])
    expect(await audit.list({ subject: id, limit: 200 })).toEqual([entries[0]])
  })
})
