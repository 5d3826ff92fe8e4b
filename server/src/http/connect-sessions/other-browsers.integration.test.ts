/** Browsers that hold the link of a connect session, one of which signs in: only this one gets the result. */
import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { ANNA, BEN, createConnectingProgram, DONE, SUPPORT } from '../../../test/http/connect-sessions/program.ts'
import { read } from '../../../test/http/oauth/result-page.ts'

const { ask, rooms, atMicrosoft, comeBack, walk, ...program } = await createConnectingProgram()
const { create, begin, status, verify, removeAccounts } = program

afterEach(removeAccounts)

type Browser = Awaited<ReturnType<typeof begin>>

/** Comes back with the state of a browser, but without a sign-in. */
function comeBackWithout({ url, browser }: Browser, answer = 'error=access_denied') {
  const state = new URL(url).searchParams.get('state') ?? ''
  return comeBack(new URL(`http://localhost/oauth/callback?state=${state}&${answer}`), browser)
}

async function expectNeutral(of: Browser, as = of): Promise<void> {
  for (const answer of ['error=access_denied', 'code=made-up', '']) {
    const page = await comeBackWithout({ ...of, browser: as.browser }, answer)
    expect(page.status).toBeGreaterThanOrEqual(400)
    expect(page.headers['location']).toBeUndefined()
    for (const told of ['postkey_result', 'Shop', 'shop.example', BEN, SUPPORT]) expect(page.text).not.toContain(told)
    expect(read(page).links).toEqual([])
  }
}

describe('a browser that began, but in which no one signed in', () => {
  it('gets no result of a completed session', async () => {
    const session = await create({ requestedAddress: BEN })
    const [attacker, another, owner] = [await begin(session), await begin(session), await begin(session)]
    const callback = await atMicrosoft(another, BEN)
    expect((await walk(owner, BEN)).status).toBe(302)
    expect(await status(session)).toMatchObject({ status: 'completed' })

    await expectNeutral(attacker)
    await expectNeutral(owner, attacker)
    await expectNeutral(owner, { ...owner, browser: { cookie: '' } })
    // A sign-in that was complete at Microsoft is too late.
    const late = await comeBack(callback, another.browser)
    expect(late.status).toBe(410)
    expect(late.text).not.toContain('postkey_result')
  })

  it('gets none of a session that is connecting, or that failed after the sign-in', async () => {
    const associate = rooms.emailAccounts.associate.bind(rooms.emailAccounts)
    const session = await create()
    const [attacker, second, owner] = [await begin(session), await begin(session), await begin(session)]
    rooms.emailAccounts.associate = () => Promise.reject(new AppError('database.unavailable'))
    const page = read(await walk(owner, BEN))
    expect((await verify(page.links[0]!.url, session)).payload).toMatchObject({ status: 'connecting' })
    expect(await status(session)).toMatchObject({ status: 'connecting' })
    await expectNeutral(attacker)
    rooms.emailAccounts.associate = associate
    await removeAccounts()

    const wanted = { requestedAddress: SUPPORT, kind: 'shared' }
    await walk(await begin(await create(wanted)), BEN)
    const failing = await create(wanted)
    const stranger = await begin(failing)
    await walk(await begin(failing), ANNA)
    expect(await status(failing)).toMatchObject({ status: 'failed', isFinal: true })
    await expectNeutral(stranger)
    await expectNeutral(second)
  })

  it('learns only of its own attempt by the link back', async () => {
    const session = await create({ requestedAddress: 'carla@contoso.example' })
    await walk(await begin(session), BEN)
    expect(await status(session)).toMatchObject({ status: 'failed', isFinal: false })
    const left = await ask('POST /v1/connect-sessions/leave', { body: { token: session.token } })
    const { payload } = await verify((left.body as { url: string }).url, session)
    expect(payload).toMatchObject({ status: 'open' })
    expect(payload).not.toHaveProperty('error')
  })

  it('gets no result by the link back while another signs in', async () => {
    const session = await create()
    const owner = await begin(session)
    const look = rooms.signInLinks.look.bind(rooms.signInLinks)
    // Signs in after the link of the session was read as open.
    rooms.signInLinks.look = async (...args) => {
      const looked = await look(...args)
      rooms.signInLinks.look = look
      expect((await walk(owner, BEN)).status).toBe(302)
      return looked
    }
    const left = await ask('POST /v1/connect-sessions/leave', { body: { token: session.token } })
    rooms.signInLinks.look = look
    expect(await status(session)).toMatchObject({ status: 'completed' })
    expect(left).toMatchObject({ status: 410, body: { code: 'tokens.sign_in_link_over' } })
  })
})

describe('the browser of the sign-in', () => {
  it('gets the result again when it reloads the page', async () => {
    const session = await create()
    const owner = await begin(session)
    const callback = await atMicrosoft(owner, BEN)
    const first = await comeBack(callback, owner.browser)
    const again = await comeBack(callback, owner.browser)
    for (const { status: code, headers } of [first, again]) {
      expect(code).toBe(302)
      const { payload, url } = await verify(headers['location'], session)
      expect(url).toBe(DONE)
      expect(payload).toMatchObject({ status: 'completed' })
    }
  })

  it('reads that the mailbox is being connected when it reloads meanwhile', async () => {
    const associate = rooms.emailAccounts.associate.bind(rooms.emailAccounts)
    rooms.emailAccounts.associate = () => Promise.reject(new AppError('database.unavailable'))
    const session = await create()
    const owner = await begin(session)
    const callback = await atMicrosoft(owner, BEN)
    await comeBack(callback, owner.browser)
    const again = await comeBack(callback, owner.browser)
    rooms.emailAccounts.associate = associate
    expect(again.status).toBe(200)
    const page = read(again)
    expect(page.said).toContain('The mailbox is being connected')
    expect(again.text).not.toContain('tokens.state_used')
    expect((await verify(page.links[0]!.url, session)).payload).toMatchObject({ status: 'connecting' })
  })
})
