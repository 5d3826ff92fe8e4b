import { describe, expect, it } from 'vitest'
import { type MailProgram, mailProgramForTest } from '../test-kit/signed-in.ts'

/** A fault that refuses a refresh: what the client reads. */
interface Refused {
  fault: string
  on?: Record<string, string>
  options?: Record<string, unknown>
  status: number
  body: Record<string, unknown>
  /** `undefined` where the answer must not have one. */
  suberror?: string | undefined
  headers?: Record<string, string>
  /** The tenant of the address, where it is not `organizations`. */
  tenant?: string
}

const CLAIMS = '{"access_token":{"capolids":{"essential":true,"values":["c0ffee00-0000-4000-8000-00000000ca01"]}}}'
const refused = (code: number, error = 'invalid_grant') => ({ error, error_codes: [code] })

const REFUSALS: Refused[] = [
  { fault: 'consent-withdrawn', status: 400, body: refused(65001), suberror: 'consent_required' },
  {
    fault: 'conditional-access-block',
    status: 400,
    body: { ...refused(53003), claims: CLAIMS },
    suberror: 'message_only',
  },
  { fault: 'user-disabled', status: 400, body: refused(50057) },
  { fault: 'password-changed', status: 400, body: refused(50173), suberror: 'bad_token' },
  { fault: 'secret-expired', status: 401, body: refused(7000222, 'invalid_client') },
  {
    fault: 'token-endpoint-throttled',
    status: 429,
    body: refused(90055, 'temporarily_unavailable'),
    headers: { 'retry-after': '30' },
  },
  { fault: 'entra-unavailable', status: 503, body: refused(90033, 'temporarily_unavailable') },
]

describe('a fault at the token endpoint', () => {
  it.each(REFUSALS)('$fault is told exactly as Microsoft tells it, and no longer when it is off', async (row) => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.clock.move(60_000)
    const { id } = world.faults.switchOn(row.fault, row.on ?? {}, row.options)
    const answer = await world.refresh(refreshToken, {}, row.tenant)

    expect(answer.status).toBe(row.status)
    expect(answer.body).toMatchObject(row.body)
    expect(answer.body['suberror']).toBe(row.suberror)
    expect(answer.body['error_description']).toMatch(
      new RegExp(
        `^AADSTS${String((row.body['error_codes'] as number[])[0])}: .* Trace ID: .* Correlation ID: .* Timestamp: `,
      ),
    )
    expect(answer.headers).toMatchObject(row.headers ?? {})
    expect(world.faults.callsOf(id)).toEqual([{ at: world.clock.now().getTime(), call: 'token (refresh_token)' }])

    world.faults.switchOff(id)
    expect((await world.refresh(refreshToken, {}, row.tenant)).status).toBe(200)
    expect(world.faults.callsOf(id)).toHaveLength(1)
  })

  it.each(REFUSALS)('$fault switched on for one does not hit the neighbor', async (row) => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.clock.move(60_000)
    for (const on of neighbors(world)) {
      const [scope] = Object.keys(on)
      const { scopes } = world.faults.catalogue.find(({ name }) => name === row.fault)!
      if (!scopes.includes(scope as never)) continue
      world.faults.switchOn(row.fault, on, row.options)
    }

    expect((await world.refresh(refreshToken, {}, row.tenant)).status).toBe(200)
    expect(
      world.faults
        .listOn()
        .map(({ met }) => met)
        .every((met) => met === 0),
    ).toBe(true)

    world.faults.switchOn(row.fault, row.on ?? {}, row.options)
    expect((await world.refresh(refreshToken, {}, row.tenant)).status).toBe(row.status)
  })

  it.each(['password-changed', 'consent-withdrawn', 'secret-expired'])(
    '%s is mended as at Microsoft, while it is on',
    async (fault) => {
      const world = await mailProgramForTest()
      const { refreshToken } = await world.signIn('ben@contoso.example')
      world.clock.move(60_000)
      world.faults.switchOn(fault, {})
      world.clock.move(60_000)
      expect((await world.refresh(refreshToken)).status).toBeGreaterThanOrEqual(400)

      if (fault === 'secret-expired') {
        const { secretText } = world.directory.applications.addPassword(world.app.id, { displayName: 'next' })
        expect((await world.refresh(refreshToken, { client_secret: secretText })).status).toBe(200)
      } else if (fault === 'consent-withdrawn') {
        world.grantToAll(world.app.appId, world.granted)
        expect((await world.refresh(refreshToken)).status).toBe(200)
      } else {
        const again = await world.signIn('ben@contoso.example')
        expect((await world.refresh(again.refreshToken)).status).toBe(200)
      }
    },
  )
})

describe('rotation of refresh tokens', () => {
  it('is lenient as at Microsoft: an old one stays good', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    expect((await world.refresh(refreshToken)).status).toBe(200)
    expect((await world.refresh(refreshToken)).status).toBe(200)
  })

  it('is strict when the fault is on: a second use ends the family, and no other', async () => {
    const world = await mailProgramForTest()
    const first = await world.signIn('ben@contoso.example')
    const other = await world.signIn('ben@contoso.example')
    const { id } = world.faults.switchOn('strict-rotation', { user: 'ben@contoso.example' })
    const second = await world.refresh(first.refreshToken)
    expect(second.status).toBe(200)
    expect(world.faults.callsOf(id)).toEqual([])

    expect((await world.refresh(first.refreshToken)).body).toMatchObject({
      error: 'invalid_grant',
      error_codes: [70000],
    })
    expect((await world.refresh(String(second.body['refresh_token']))).body).toMatchObject({ error: 'invalid_grant' })
    expect((await world.refresh(other.refreshToken)).status).toBe(200)
    expect(world.faults.callsOf(id)).toHaveLength(1)
  })

  it('lets one of two through that use the same token at the same time', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.faults.switchOn('strict-rotation')
    const answers = await Promise.all([world.refresh(refreshToken), world.refresh(refreshToken)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  it('has happened when the answer is lost on the way', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.faults.switchOn('strict-rotation')
    const lost = world.faults.switchOn('token-answer-lost', {}, { times: 1 })
    await expect(world.refresh(refreshToken)).rejects.toThrow()
    expect(world.faults.listOn().map(({ name }) => name)).toEqual(['strict-rotation'])
    expect(world.faults.callsOf(lost.id)).toHaveLength(1)
    expect((await world.refresh(refreshToken)).body).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('a broken connection', () => {
  it('leaves nothing done', async () => {
    const world = await mailProgramForTest()
    const { refreshToken } = await world.signIn('ben@contoso.example')
    world.faults.switchOn('strict-rotation')
    const { id } = world.faults.switchOn('entra-connection-cut', { user: 'ben@contoso.example' })
    await expect(world.refresh(refreshToken)).rejects.toThrow()
    world.faults.switchOff(id)
    expect((await world.refresh(refreshToken)).status).toBe(200)
  })
})

function neighbors({ register }: MailProgram): Record<string, string>[] {
  return [
    { tenant: 'fabrikam.example' },
    { user: 'ada@contoso.example' },
    { application: register({ displayName: 'Another program' }).appId },
  ]
}
