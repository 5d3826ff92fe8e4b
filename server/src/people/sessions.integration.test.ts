import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createDatabase } from '../database/index.ts'
import { Secret } from '../kernel/secret.ts'
import { createTestClock, silentLog, testDatabase, testKeyRing, WAIT } from '../../test/kit/index.ts'
import { createPeople } from './create-people.ts'

const database = await testDatabase()
const options = {
  clock: createTestClock(),
  publicUrl: new URL('http://localhost:8400'),
  sessionSecret: new Secret('x'.repeat(43)),
  keyRing: testKeyRing(),
  log: silentLog,
}
const { links, people, sessions } = createPeople({ ...options, database })
const PASSWORD = new Secret('correct horse battery')
const tokenOf = (link: { url: Secret }) => new Secret(new URL(link.url.reveal()).hash.slice(1))

async function join(email: string) {
  const link = await links.invite({ email, name: 'P', role: 'agent', emailAccountIds: [] }, 'test')
  return links.accept(tokenOf(link), { password: PASSWORD })
}

const cookieOf = ({ setCookies }: { setCookies: readonly string[] }) =>
  setCookies.map((line) => line.split(';')[0]).join('; ')
const WRONG = new Secret('wrong password')
const first = await links.firstAdmin()
await links.accept(tokenOf(first!), { password: PASSWORD, name: 'Ada', email: 'ada@contoso.example' })
beforeEach(() => database.pool.query('DELETE FROM sign_in_attempts'))

/** A wrong password that counts as a thousand for its account. */
async function useUpLimits(guess: () => Promise<unknown>): Promise<void> {
  await expect(guess()).rejects.toMatchObject({ code: 'people.wrong_password' })
  await database.pool.query("UPDATE sign_in_attempts SET points = 1000 WHERE key ~ '^(account|known)'")
}

describe('a session by a link', () => {
  it.each(['new', 'known'])(
    'starts on a %s device after wrong passwords there, which no longer count',
    async (kind) => {
      const { id, email } = await join(`forgot-${kind}@contoso.example`)
      const signIn = (password: Secret, cookieHeader?: string) =>
        sessions.signIn({ email, password, cookieHeader, clientAddress: `192.0.2.1-${kind}` })
      const device = kind === 'known' ? cookieOf(await signIn(PASSWORD)) : undefined
      await useUpLimits(() => signIn(WRONG, device))
      await expect(signIn(PASSWORD, device)).rejects.toMatchObject({ code: 'people.too_many_tries' })

      const password = new Secret('another horse battery')
      await links.accept(tokenOf(await links.reset(id, 'test')), { password })

      const client = { cookieHeader: device, clientAddress: `192.0.2.1-${kind}` }
      const byLink = await sessions.open(id, { method: 'link' }, client)
      expect(byLink).toMatchObject({ person: { id } })
      expect(await signIn(password, device && cookieOf(byLink))).toMatchObject({ person: { id } })
    },
  )
})

describe('a session of a person whose identity is proven', () => {
  const client = { clientAddress: '::ffff:198.51.100.4', userAgent: 'Browser/1' }

  it('keeps how and from where it was opened, and says whether the device is new', async () => {
    const { id } = await join('proven@contoso.example')
    const opened = await sessions.open(id, { method: 'passkey', secondFactor: 'totp' }, client)
    expect(opened).toMatchObject({ person: { id }, isNewDevice: true, session: { method: 'passkey' } })
    expect((await sessions.find(cookieOf(opened)))?.session).toEqual(opened.session)
    const row = await database.db
      .selectFrom('sessions')
      .selectAll()
      .where('id', '=', opened.session.id)
      .executeTakeFirstOrThrow()
    const at = options.clock.now()
    expect(row).toMatchObject({
      ...{ user_id: id, method: 'passkey', second_factor: 'totp', ip_address: '198.51.100.4', user_agent: 'Browser/1' },
      ...{ signed_in_at: at, fresh_at: at, last_seen_at: at },
    })
    const again = await sessions.open(id, { method: 'password' }, { ...client, cookieHeader: cookieOf(opened) })
    expect(again.isNewDevice).toBe(false)
  })

  it('is refused for a removed person, and is known by its device without a password', async () => {
    const { id } = await join('removed@contoso.example')
    await database.db.deleteFrom('sign_in_methods').where('user_id', '=', id).execute()
    const opened = await sessions.open(id, { method: 'openid' }, client)
    const again = await sessions.open(id, { method: 'openid' }, { ...client, cookieHeader: cookieOf(opened) })
    expect(again.isNewDevice).toBe(false)
    await people.remove(id, 'test')
    await expect(sessions.open(id, { method: 'openid' }, client)).rejects.toMatchObject({ code: 'people.not_found' })
  })
})

describe('a sign-in that is in progress while sessions end', () => {
  /** Runs a sign-in that has to wait for a change of its person, which then commits. */
  async function beside(id: string, change: string, signIn: () => Promise<unknown>) {
    const client = await database.pool.connect()
    try {
      await client.query('BEGIN')
      await client.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [id])
      const outcome = signIn().then(
        () => 'opened',
        (error: unknown) => (error as { code: string }).code,
      )
      await vi.waitFor(async () => {
        const { rowCount } = await database.pool.query(`SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE '%for share%'`)
        expect(rowCount).toBe(1)
      }, WAIT)
      await client.query(change, [id])
      await client.query('COMMIT')
      return await outcome
    } finally {
      client.release()
    }
  }

  it('is refused with the password of before', async () => {
    const { id, email } = await join('racing@contoso.example')
    const change = `UPDATE sign_in_methods SET password = 'another' WHERE user_id = $1`
    const signIn = () => sessions.signIn({ email, password: PASSWORD, clientAddress: '192.0.2.31' })
    expect(await beside(id, change, signIn)).toBe('people.wrong_password')
  })

  it('is refused for a person who is removed meanwhile', async () => {
    const { id } = await join('leaving@contoso.example')
    const change = 'UPDATE users SET removed_at = now() WHERE id = $1'
    const signIn = () => sessions.open(id, { method: 'openid' }, { clientAddress: '192.0.2.32' })
    expect(await beside(id, change, signIn)).toBe('people.not_found')
  })
})

describe('a known device', () => {
  it.each(['reset', 'removal', 'new invitation'])('is unknown after a %s', async (change) => {
    const email = `known-${change.replace(' ', '-')}@contoso.example`
    const { id } = await join(email)
    const at = (clientAddress: string, password: Secret, cookieHeader?: string) =>
      sessions.signIn({ email, password, clientAddress, cookieHeader })
    const device = cookieOf(await at('192.0.2.8', PASSWORD))
    const guess = () => at('192.0.2.9', WRONG, device)
    await useUpLimits(() => at('192.0.2.9', WRONG))
    await expect(guess()).rejects.toMatchObject({ code: 'people.wrong_password' })

    if (change === 'reset') await links.accept(tokenOf(await links.reset(id, 'test')), { password: PASSWORD })
    else await people.remove(id, 'test')
    if (change === 'new invitation') await join(email)

    await expect(guess()).rejects.toMatchObject({ code: 'people.too_many_tries' })
  })
})

describe('an error of the database during a sign-in', () => {
  const { pool } = database

  it("doesn't count as a wrong password", async () => {
    const { email } = await join('error@contoso.example')
    await pool.query('ALTER TABLE memberships RENAME TO away')
    const signedIn = sessions.signIn({ email, password: PASSWORD, clientAddress: '192.0.2.3' })
    await expect(signedIn).rejects.toThrow(/memberships/)
    await pool.query('ALTER TABLE away RENAME TO memberships')
    expect(
      (await pool.query("SELECT DISTINCT points FROM sign_in_attempts WHERE key NOT LIKE 'sign-ins-%'")).rows,
    ).toEqual([{ points: 0 }])
  })

  it("doesn't end it when counted attempts can't be deleted", async () => {
    const { id, email } = await join('uncanceled@contoso.example')
    const input = { email, password: PASSWORD, clientAddress: '192.0.2.4' }
    await pool.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no deletion'; END $$;
      CREATE TRIGGER fail BEFORE DELETE ON sign_in_attempts EXECUTE FUNCTION fail()`)
    expect(await sessions.signIn(input)).toMatchObject({ person: { email } })
    expect(await sessions.open(id, { method: 'link' }, input)).toMatchObject({ person: { email } })
    await pool.query('DROP FUNCTION fail CASCADE')
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
