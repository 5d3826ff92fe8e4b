/** The commands on a real database: output, effects, audit entries, unknown names, and the shape of their JSON. */
import { URI, type TOTP } from 'otpauth'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  storeEmailAccount,
  TEST_PASSWORD,
  testDatabase,
  type TestApp,
} from '../../test/kit/index.ts'
import { createCommandLine } from '../../test/cli/command-line.ts'
import { Secret } from '../kernel/secret.ts'

const database = await testDatabase()
const clock = createTestClock()
const { rooms, ask, person } = await createTestApp(database, clock)
const { run, json } = createCommandLine({ ...rooms, clock } as never)

const CLIENT_SECRET = 'canary-client-secret-Qx8'
const NEW_PASSWORD = new Secret('a new password of tests')
let admin: Awaited<ReturnType<TestApp['person']>>

beforeAll(async () => {
  admin = await person('admin')
})

describe('the only admin', () => {
  it('is the default for the admin of an API key', async () => {
    expect(await json('api-key', 'create', 'Only', '--scopes', 'mail:read')).toMatchObject({ createdBy: admin.id })
  })
})

describe('user create-admin', () => {
  it('prints a link with which the new admin joins', async () => {
    const { code, printed, complained } = await run('user', 'create-admin', 'Grace@Contoso.example', '--name', 'Grace')

    expect([code, complained]).toEqual([0, ''])
    expect(printed).toContain('Valid once')
    const { email } = await rooms.people.links.accept(tokenIn(printed), { password: NEW_PASSWORD })
    const { users } = (await json('user', 'list')) as { users: { email: string; name: string; role: string }[] }
    expect(users.find((user) => user.email === email)).toMatchObject({
      email: 'grace@contoso.example',
      name: 'Grace',
      role: 'admin',
    })
    expect(await latestAudit()).toMatchObject({ action: 'person.joined' })
  })

  it('replaces an earlier link, and is audited as the command line', async () => {
    const first = (await json('user', 'create-admin', 'alan@contoso.example')) as { url: string; id: string }
    const second = (await json('user', 'create-admin', 'alan@contoso.example')) as { url: string; id: string }

    await expect(rooms.people.links.look(tokenIn(first.url))).rejects.toMatchObject({ code: 'people.link_ended' })
    expect(await rooms.people.links.look(tokenIn(second.url))).toMatchObject({ name: 'alan', role: 'admin' })
    expect(await latestAudit()).toMatchObject({ actor: 'cli', action: 'person.invited', subject: second.id })
    expect((await run('user', 'list')).printed).toMatch(/^alan@contoso\.example +alan +admin +invited /m)
  })

  it('refuses an address of the team', async () => {
    const { code, complained } = await run('user', 'create-admin', admin.email)

    expect(code).toBe(3)
    expect(complained).toContain('people.address_taken')
  })
})

describe('user reset-factors', () => {
  it('lets the last admin sign in with the password alone after a lost phone, and ends the open sessions', async () => {
    const { body } = await ask('POST /v1/account/authenticator-app', { as: admin })
    const app = URI.parse((body as { uri: string }).uri) as TOTP
    const code = app.generate({ timestamp: clock.now().getTime() })
    await ask('POST /v1/account/authenticator-app/confirm', { as: admin, body: { code } })
    const signIn = () => ask('POST /v1/session', { body: { email: admin.email, password: TEST_PASSWORD } })
    expect((await signIn()).body).toMatchObject({ code: 'people.second_factor_needed' })

    const { printed, code: exit } = await run('user', 'reset-factors', admin.email.toUpperCase())

    expect([exit, printed]).toEqual([0, expect.stringContaining('The password alone signs in now.')])
    expect(await latestAudit()).toMatchObject({ actor: 'cli', action: 'factor.reset', subject: admin.id })
    expect((await ask('GET /v1/people', { as: admin })).status).toBe(401)
    const signedIn = await signIn()
    expect(signedIn.status).toBe(200)
    admin.cookie = String([signedIn.headers['set-cookie']].flat()[0]).split(';')[0]!
    expect(await json('user', 'reset-factors', admin.email)).toEqual({ id: admin.id, email: admin.email })
    admin.cookie = String([(await signIn()).headers['set-cookie']].flat()[0]).split(';')[0]!
  })
})

describe('user reset-password', () => {
  it('lets the last admin choose a new password, which ends the open session at once, and the old password when it is used', async () => {
    const { printed, code } = await run('user', 'reset-password', admin.email.toUpperCase())

    expect(code).toBe(0)
    expect(await latestAudit()).toMatchObject({ actor: 'cli', action: 'person.reset_link_created', subject: admin.id })
    expect((await ask('GET /v1/people', { as: admin })).status).toBe(401)
    const accepted = await ask('POST /v1/links/accept', {
      body: { token: tokenIn(printed).reveal(), password: NEW_PASSWORD.reveal() },
    })
    expect(accepted.status).toBe(201)
    const signIn = (password: Secret) =>
      rooms.people.sessions.signIn({ email: admin.email, password, clientAddress: '192.0.2.250' })
    await expect(signIn(new Secret(TEST_PASSWORD))).rejects.toMatchObject({ code: 'people.wrong_password' })
    expect((await signIn(NEW_PASSWORD)).person.id).toBe(admin.id)
    await expect(rooms.people.links.look(tokenIn(printed))).rejects.toMatchObject({ code: 'people.link_ended' })
  })

  it('prints the link as JSON', async () => {
    expect(await json('user', 'reset-password', admin.email)).toMatchObject({ kind: 'reset', email: admin.email })
  })
})

describe('api-key', () => {
  it('creates a key that works, prints it alone to standard output, and never again', async () => {
    const created = await run('api-key', 'create', 'Reporting', '--scopes', 'mail:read', '--admin', admin.email)
    const key = created.printed.trim()

    expect(created.code).toBe(0)
    expect(key).toMatch(/^postkey_[\w-]{43}$/)
    expect(created.complained).not.toContain(key)
    const { apiKeys } = (await json('api-key', 'list')) as { apiKeys: { id: string; name: string; prefix: string }[] }
    const { id, prefix } = apiKeys.find(({ name }) => name === 'Reporting')!
    expect(key.startsWith(prefix)).toBe(true)
    expect(await latestAudit()).toMatchObject({ actor: 'cli', action: 'api_key.created', subject: id })
    expect((await ask('GET /v1/email-accounts', { as: { authorization: `Bearer ${key}` } })).status).toBe(200)
    expect((await run('api-key', 'list')).printed).not.toContain(key)

    expect(await json('api-key', 'revoke', prefix)).toMatchObject({ revokedAt: clock.now().toISOString() })
    expect(await latestAudit()).toMatchObject({ actor: 'cli', action: 'api_key.revoked' })
    expect((await ask('GET /v1/email-accounts', { as: { authorization: `Bearer ${key}` } })).status).toBe(401)
    expect((await run('api-key', 'revoke', prefix)).code).toBe(3)
  })

  it('creates a key with an expiry and networks, which the list shows with its owner', async () => {
    const create = ['api-key', 'create', 'Expiring', '--scopes', 'mail:read', '--admin', admin.email]
    const chosen = ['--expires-after', '30-days', '--networks', '192.0.2.0/24, 2001:db8::1']
    const created = (await json(...create, ...chosen)) as { expiresAt: string; key: string }
    const allowedNetworks = ['192.0.2.0/24', '2001:db8::1']
    const expiresAt = new Date(clock.now().getTime() + 30 * 24 * 60 * 60 * 1000).toISOString()
    expect(created).toMatchObject({ createdByName: admin.name, allowedNetworks, expiresAt })
    const { printed } = await run('api-key', 'list')
    expect(printed).toMatch(new RegExp(`Expiring .*${admin.name}.*192.0.2.0/24,2001:db8::1.*${expiresAt.slice(0, 10)}`))
    expect((await ask('GET /v1/email-accounts', { as: { authorization: `Bearer ${created.key}` } })).status).toBe(403)
  })

  it('creates a key for some mailboxes', async () => {
    const { id } = await storeEmailAccount(database, clock, { address: 'keys@contoso.example' })
    const createKey = ['api-key', 'create', 'One mailbox', '--scopes', 'mail:read,mail:send', '--admin', admin.email]

    expect(await json(...createKey, '--email-accounts', 'keys@contoso.example')).toMatchObject({
      scopes: ['mail:read', 'mail:send'],
      emailAccountIds: [id],
      key: expect.stringMatching(/^postkey_/) as string,
    })
    expect((await run(...createKey, '--email-accounts', 'none@contoso.example')).complained).toContain(
      'none@contoso.example',
    )
  })

  it('limits the key to the rights of an admin, who must be named if there are several', async () => {
    const [agent] = [await person('agent'), await person('admin')]
    const createKey = ['api-key', 'create', 'Key', '--scopes', 'mail:read']

    expect(await run(...createKey)).toMatchObject({ code: 2, complained: expect.stringContaining('--admin') as string })
    expect((await run(...createKey, '--admin', agent.email)).code).toBe(2)
    expect((await run(...createKey, '--admin', 'unknown@contoso.example')).code).toBe(3)
  })
})

describe('email-account', () => {
  it('pauses, resumes and shows a mailbox that is named by key, address or id', async () => {
    const { id } = await storeEmailAccount(database, clock, { address: 'pause@contoso.example' })
    const { key } = await rooms.emailAccounts.get(id)

    expect(await run('email-account', 'pause', key)).toMatchObject({
      code: 0,
      printed: `${key} pause@contoso.example: paused.\n`,
    })
    expect(await latestAudit()).toMatchObject({ actor: 'cli', action: 'email_account.paused', subject: id })
    expect((await rooms.events.list({ emailAccountIds: [id] })).events.at(-1)).toMatchObject({
      kind: 'email_account.state_changed',
      payload: { to: 'paused' },
    })
    expect(await json('email-account', 'show', id)).toMatchObject({ key, state: 'paused' })
    const shown = await run('email-account', 'show', id)
    expect(shown.printed).toMatch(/^State +paused$/m)
    expect(shown.printed).toContain('(email_accounts.paused)')
    expect(await json('email-account', 'resume', 'PAUSE@contoso.example')).toMatchObject({ state: 'connecting' })
    expect(await latestAudit()).toMatchObject({ actor: 'cli', action: 'email_account.resumed', subject: id })
    expect(await json('email-account', 'pause', id)).toMatchObject({ state: 'paused' })
    expect((await run('email-account', 'resume', id)).printed).toContain('connecting')
  })

  it('lists all mailboxes', async () => {
    await storeEmailAccount(database, clock, { address: 'list@contoso.example' })
    const { emailAccounts } = (await json('email-account', 'list')) as { emailAccounts: { address: string }[] }

    expect(emailAccounts.map(({ address }) => address)).toContain('list@contoso.example')
    expect((await run('email-account', 'list')).printed).toMatch(/^KEY +ADDRESS +NAME +STATE +SINCE/)
  })

  it('checks a mailbox, shows what failed, and reports it by the exit code', async () => {
    const { id } = await storeEmailAccount(database, clock, { address: 'check@contoso.example' })

    const { code, printed } = await run('email-account', 'check', id)

    expect(code).toBe(1)
    expect(printed).toMatch(/^WRONG +reads\n {13}The .* \(tokens\.grant_unreadable\)\n {13}Restore /m)
    expect((await rooms.emailAccounts.get(id)).preflight?.checkedAt).toEqual(clock.now())
    expect(await json('email-account', 'check', id)).toMatchObject({ state: 'needs-sign-in' })
  })
})

describe('cloud-provider', () => {
  it('lists and shows providers by name and id', async () => {
    const { cloudProviderId: id } = await storeEmailAccount(database, clock)
    await rooms.cloudProviders.addCredential(
      id,
      { kind: 'secret', secret: new Secret('client-secret-of-tests'), expiresAt: undefined },
      'test',
    )
    const { name } = await rooms.cloudProviders.get(id)

    const { cloudProviders } = (await json('cloud-provider', 'list')) as { cloudProviders: { id: string }[] }
    expect(cloudProviders.map((provider) => provider.id)).toContain(id)
    expect(await json('cloud-provider', 'show', name.toUpperCase())).toMatchObject({
      id,
      credentials: [{ kind: 'secret' }],
    })
    const { printed, code } = await run('cloud-provider', 'show', id)
    expect(code).toBe(0)
    expect(printed).toMatch(/^Client secret +(?:untried|refused)/m)
    expect((await run('cloud-provider', 'list')).printed).toContain(name)
  })
})

describe('a wrong command line', () => {
  it.each([
    ['user create-admin', []],
    ['user create-admin', ['not an address']],
    ['user create-admin', ['eve@contoso.example', '--name', 'Eve\u202E']],
    ['user create-admin', ['eve@contoso.example', '--password', 'secret']],
    ['user reset-password', []],
    ['user reset-factors', []],
    ['user reset-password', ['a@contoso.example', 'password']],
    ['user list', ['all']],
    ['api-key create', ['Key']],
    ['api-key create', ['Key', '--scopes', 'mail:read,mail:eat']],
    ['api-key create', ['Key', '--scopes', 'admin:read', '--email-accounts', 'SUP']],
    ['api-key create', ['Key', '--scopes', 'mail:read', '--email-accounts', '']],
    ['api-key create', ['Key', '--scopes', 'mail:read', '--expires-after', '2-years']],
    ['api-key create', ['Key', '--scopes', 'mail:read', '--networks', '10.0.0.0/40']],
    ['api-key create', ['Key', '--scopes', 'mail:read', '--networks', '10.1.2.3/8']],
    ['api-key create', ['Key', '--scopes', 'mail:read', '--networks', ',']],
    ['api-key revoke', []],
    ['email-account show', []],
    ['email-account pause', ['SUP', 'now']],
    ['cloud-provider show', []],
  ])('ends %s %j with code 2 before anything is opened', async (verb, rest) => {
    const { code, printed, complained, opened } = await run(...verb.split(' '), ...rest)

    expect({ code, printed, opened }).toEqual({ code: 2, printed: '', opened: 0 })
    expect(complained).toContain('cli.usage')
  })
})

describe('an unknown name', () => {
  it.each([
    ['user reset-password', 'people.not_found'],
    ['api-key revoke', 'people.not_found'],
    ['email-account show', 'email_accounts.not_found'],
    ['email-account pause', 'email_accounts.not_found'],
    ['email-account resume', 'email_accounts.not_found'],
    ['email-account check', 'email_accounts.not_found'],
    ['cloud-provider show', 'cloud_providers.not_found'],
  ])('ends %s with code 3 and %s, and changes nothing', async (verb, errorCode) => {
    const before = await latestAudit()
    const { code, complained } = await run(...verb.split(' '), "none'; --")

    expect(code).toBe(3)
    expect(complained).toContain(errorCode)
    expect(complained).toContain("none'; --")
    const { error } = (await json(...verb.split(' '), "none'; --")) as { error: unknown }
    expect(error).toMatchObject({ code: errorCode, detail: expect.stringContaining('none') as string })
    expect(await latestAudit()).toEqual(before)
  })
})

describe('a canary', () => {
  it('prints no secret, neither for people nor as JSON', async () => {
    const account = await storeEmailAccount(database, clock)
    const { cloudProviderId: provider, id } = account
    const secret = { kind: 'secret', secret: new Secret(CLIENT_SECRET), expiresAt: undefined } as const
    await rooms.cloudProviders.addCredential(provider, secret, 'test')
    await rooms.cloudProviders.addCredential(provider, { kind: 'certificate', months: 12 }, 'test')
    const [credential] = (await rooms.cloudProviders.credentialsOf(provider)).filter(
      ({ kind }) => kind === 'certificate',
    )
    const { password } = await database.db
      .selectFrom('sign_in_methods')
      .select('password')
      .where('user_id', '=', admin.id)
      .executeTakeFirstOrThrow()
    const session = await person('admin')
    const { token } = await database.db
      .selectFrom('sessions')
      .select('token')
      .where('user_id', '=', session.id)
      .executeTakeFirstOrThrow()

    const created = (await json('api-key', 'create', 'Canary', '--scopes', 'admin:read', '--admin', admin.email)) as {
      id: string
      key: string
    }
    const link = (await json('user', 'reset-password', admin.email)) as { url: string }
    const invitation = (await json('user', 'create-admin', 'new@contoso.example')) as { url: string }
    const secrets = [
      CLIENT_SECRET,
      CLIENT_SECRET.slice(0, 6),
      credential!.proof.reveal().split('\n')[1]!,
      TEST_PASSWORD,
      password ?? '',
      token,
      session.cookie ?? '',
      created.key,
      new URL(link.url).hash.slice(1),
      new URL(invitation.url).hash.slice(1),
    ]
    expect(secrets.filter((each) => each.length < 6)).toEqual([])

    const commands = [
      ['status'],
      ['user', 'list'],
      ['user', 'create-admin', admin.email],
      ['user', 'reset-password', TEST_PASSWORD],
      ['api-key', 'list'],
      ['email-account', 'list'],
      ['email-account', 'show', id],
      ['email-account', 'pause', id],
      ['email-account', 'resume', id],
      ['email-account', 'check', id],
      ['cloud-provider', 'list'],
      ['cloud-provider', 'show', provider],
      ['doctor'],
      ['doctor', id],
      ['api-key', 'revoke', created.id],
      ['help'],
    ]
    for (const command of commands) {
      for (const argv of [command, [...command, '--json']]) {
        const { printed, complained } = await run(...argv)
        const given = secrets.filter((each) => !command.includes(each))
        expect.soft(given.filter((each) => `${printed}${complained}`.includes(each))).toEqual([])
        expect.soft(`${printed}${complained}`, argv.join(' ')).not.toBe('')
      }
    }
  })
})

function tokenIn(text: string): Secret {
  return new Secret(/\/join#([\w-]+)/.exec(text)![1]!)
}

/** The latest entry that isn't about a session: these follow from other changes. */
async function latestAudit() {
  const entries = await rooms.people.audit.list({ limit: 50 })
  return entries.find(({ action }) => !action.startsWith('session.'))
}
