/** Uses a token endpoint that counts requests. `http/device-sign-ins` tests the sandbox's pages. */
import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { ACTOR, BEN, createSignInStage, SESSION, TENANT } from '../../test/kit/sign-in-stage.ts'

const SUPPORT = 'support@contoso.example'
const stage = await createSignInStage()
const { deviceSignIns, onSignIn, deviceCodeAllowances, grants, clock, server, database, provider } = stage
const granted: string[] = []
onSignIn({
  inTransaction: (_tx, { id }) => Promise.resolve(void granted.push(id)),
  afterCommit: () => Promise.resolve(),
})

const wanted = () => ({
  cloudProviderId: provider(),
  requestedAddress: SUPPORT,
  requestedKind: 'shared' as const,
  sessionHash: SESSION,
  startedBy: ACTOR,
})

async function begin(more: object = {}) {
  await deviceCodeAllowances.allow(provider(), true, ACTOR)
  await database.db.deleteFrom('device_sign_ins').execute()
  return deviceSignIns.begin({ ...wanted(), ...more })
}

/** Advances the clock and polls each second, as the ticker does. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1000)
    await deviceSignIns.askDue()
  }
}

describe('a device code sign-in', () => {
  it('works only for Cloud Providers for which an admin allows it', async () => {
    await expect(deviceSignIns.begin(wanted())).rejects.toMatchObject({ code: 'tokens.device_code_not_allowed' })
    await begin()
    await deviceCodeAllowances.allow(provider(), false, ACTOR)
    await expect(deviceSignIns.begin(wanted())).rejects.toMatchObject({ code: 'tokens.device_code_not_allowed' })
  })

  it('shows user code and URL, keeps the device code sealed, and is visible only in its own browser', async () => {
    const shown = await begin()

    expect(shown).toMatchObject({
      state: 'waiting',
      userCode: 'ABCDEFGH2',
      verificationUri: `${server.origin}/devicelogin`,
      requestedAddress: SUPPORT,
      expiresAt: new Date(clock.now().getTime() + 900_000),
    })
    expect(JSON.stringify(shown)).not.toContain('told to nobody')
    const rows = await database.pool.query<{ dump: string }>(
      'SELECT string_agg(d::text, $1) AS dump FROM device_sign_ins d',
      [' '],
    )
    expect(rows.rows[0]!.dump).not.toContain('told to nobody')
    expect(rows.rows[0]!.dump).not.toContain(Buffer.from('told to nobody').toString('hex'))
    await expect(deviceSignIns.look(shown.id, Buffer.from('another'))).rejects.toMatchObject({
      code: 'tokens.device_sign_in_not_found',
    })
  })

  it('polls no faster than the interval, and more slowly after `slow_down`', async () => {
    const { id } = await begin()
    await pass(11)
    expect([server.device.polls, server.device.tooSoon]).toEqual([2, 0])

    server.device.says = ['slow_down']
    await pass(5)
    expect(server.device.polls).toBe(3)
    await pass(8)
    expect(server.device.polls).toBe(3)
    await pass(10)
    expect([server.device.polls, server.device.tooSoon]).toEqual([4, 0])
    expect(await deviceSignIns.look(id, SESSION)).toMatchObject({ state: 'waiting' })
  })

  it('is polled by one process at a time', async () => {
    await begin()
    const other = stage.startProcess(database)
    clock.advance(5000)
    let answer: () => void = () => undefined
    server.beforeAnswer = () => new Promise((resolve) => (answer = resolve))
    const first = deviceSignIns.askDue()
    await expect.poll(() => server.running).toBe(1)
    server.beforeAnswer = () => Promise.resolve()
    await other.deviceSignIns.askDue()
    answer()
    await first
    expect([server.device.polls, server.device.tooSoon]).toEqual([1, 0])
  })

  it('results in a grant of the person proved by the ID token, and is not polled any more', async () => {
    const { id } = await begin()
    server.device.approve({ tenantId: TENANT, objectId: BEN })
    await pass(6)

    expect(await deviceSignIns.look(id, SESSION)).toMatchObject({
      state: 'done',
      userName: 'ben@contoso.example',
      userCode: undefined,
    })
    const [grant] = await grants.list(provider())
    expect(grant).toMatchObject({ objectId: BEN })
    expect(granted.at(-1)).toBe(grant!.id)
    const { polls } = server.device
    await pass(60)
    expect(server.device.polls).toBe(polls)
  })

  it('ends in the transaction that stores its grant, so that a crash leaves neither', async () => {
    const { id } = await begin()
    server.device.approve({ tenantId: TENANT, objectId: BEN })
    await database.pool.query(`
      CREATE FUNCTION refuse_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed'; END $$;
      CREATE TRIGGER refuse_end BEFORE UPDATE OF outcome ON device_sign_ins FOR EACH ROW EXECUTE FUNCTION refuse_end()`)
    const before = (await grants.list(provider())).length
    clock.advance(6000)
    await deviceSignIns.askDue().catch(() => undefined)
    await database.pool.query('DROP TRIGGER refuse_end ON device_sign_ins')
    // No grant is stored and the sign-in is still waiting.
    expect((await grants.list(provider())).length).toBe(before)
    expect(await deviceSignIns.look(id, SESSION)).toMatchObject({ state: 'waiting' })
  })

  it('stays completed if a later step fails', async () => {
    let isBroken = true
    onSignIn({
      inTransaction: () => Promise.resolve(),
      afterCommit: () => (isBroken ? Promise.reject(new AppError('database.refused')) : Promise.resolve()),
    })
    const { id } = await begin()
    server.device.approve({ tenantId: TENANT, objectId: BEN })
    await pass(6)
    isBroken = false
    expect(await deviceSignIns.look(id, SESSION)).toMatchObject({ state: 'done', userName: 'ben@contoso.example' })
  })

  it('is bound to the person whose grant it renews', async () => {
    const reconnectGrantId = await stage.signedIn()
    const { id } = await begin({ reconnectGrantId })
    server.device.approve({ tenantId: TENANT, objectId: newId(), userName: 'anna@contoso.example' })
    await pass(6)

    expect(await deviceSignIns.look(id, SESSION)).toMatchObject({
      state: 'failed',
      userName: 'anna@contoso.example',
      reason: { code: 'tokens.other_person' },
    })
    expect(await grants.list(provider())).toHaveLength(1)
  })

  it.each([
    ['authorization_declined', 'tokens.device_code_declined'],
    ['expired_token', 'tokens.device_code_expired'],
    ['bad_verification_code', 'tokens.device_code_refused'],
    ['invalid_resource', 'tokens.resource_unavailable'],
  ])('ends with a reason and a fix when Microsoft responds with %s', async (said, code) => {
    const { id } = await begin()
    server.device.says = [said]
    await pass(5)

    const { state, reason, userCode } = await deviceSignIns.look(id, SESSION)
    expect({ state, code: reason?.code, userCode }).toEqual({ state: 'failed', code, userCode: undefined })
    expect(reason!.fix).toMatch(/\.$/)
    await pass(30)
    expect(server.device.polls).toBe(1)
  })

  it('blocked by a policy shows this as its reason', async () => {
    const { id } = await begin()
    server.failures = [
      { status: 400, body: { error: 'invalid_grant', suberror: 'message_only', error_codes: [53003] } },
    ]
    await pass(5)
    expect(await deviceSignIns.look(id, SESSION)).toMatchObject({ reason: { code: 'tokens.blocked_by_policy' } })
  })

  it('continues after an outage, and expires on time', async () => {
    const { id } = await begin()
    server.failures = [{ status: 503, body: 'maintenance' }]
    await pass(5)
    expect(await deviceSignIns.look(id, SESSION)).toMatchObject({ state: 'waiting' })

    clock.advance(900_000)
    const { polls } = server.device
    await deviceSignIns.askDue()
    const { state, reason } = await deviceSignIns.look(id, SESSION)
    expect([state, reason?.code]).toEqual(['failed', 'tokens.device_code_expired'])
    expect(reason!.fix).toContain('AADSTS53003')
    expect(server.device.polls).toBe(polls)
  })
})
