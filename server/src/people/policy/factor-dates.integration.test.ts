/** The date of a required second factor, and the emails about it and about the policy. */
import { beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../kernel/ids.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import {
  createTestApp,
  createTestClock,
  storeLinkedIdentity,
  testDatabase,
  type Answer,
} from '../../../test/kit/index.ts'
import type { Person } from '../person.ts'
import { createFactorAnnouncements } from './factor-announcements.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms, publicUrl } = await createTestApp(database, clock, { sessionClock: clock })
const { people, alerts } = rooms

const DAY_MS = 24 * 60 * 60 * 1000
const inDays = (days: number) => new Date(clock.now().getTime() + days * DAY_MS)
const codeOf = ({ body }: Answer) => (body as { code?: string } | undefined)?.code
const change = (body: object) => people.signInPolicy.change(body, { actor: 'test' })

async function setRelay() {
  await database.pool.query(`INSERT INTO alert_relay (host, port, security, from_address, changed_at)
    VALUES ('relay.contoso.example', 587, 'tls', 'postkey@contoso.example', now())`)
}

async function addPasskey({ id }: { id: string }) {
  const passkey = { id: newId(), user_id: id, name: 'Key', public_key: Buffer.from('x'), counter: 0, transports: [] }
  await database.db
    .insertInto('passkeys')
    .values({ ...passkey, is_synced: false, is_backed_up: false, created_at: clock.now() })
    .execute()
}

/** Emails with this text in the subject: recipients, and the text. */
async function mails(subject: string) {
  const found = (await alerts.list({ limit: 50 })).alerts.filter((alert) => alert.subject.includes(subject))
  return found.map(({ text, deliveries }) => ({ text, to: deliveries.map(({ recipient }) => recipient).sort() }))
}

beforeEach(async () => {
  await database.pool.query('TRUNCATE sign_in_policy, alerts, alert_relay, audit_entries, users CASCADE')
  await database.pool.query(`UPDATE migrations SET applied_at = '2020-01-01T00:00:00Z'`)
})

describe('the date of a second factor', () => {
  it('can be chosen, at most 30 days ahead, and is now for a time before', async () => {
    const admin = await person('admin')
    const patch = (days: number) =>
      ask('PATCH /v1/sign-in-policy', {
        as: admin,
        body: { secondFactorFor: 'everyone', secondFactorFrom: inDays(days).toISOString() },
      })
    expect(codeOf(await patch(31))).toBe('people.factor_date_too_late')
    const agent = await person('agent')
    expect((await patch(7)).body).toMatchObject({ secondFactorFrom: inDays(7).toISOString() })
    expect(await missing(agent)).toMatchObject({ isDue: false })
    clock.advance(7 * DAY_MS)
    expect(await missing(agent)).toMatchObject({ isDue: true })
    await change({ secondFactorFrom: inDays(-1) })
    expect((await people.signInPolicy.get()).secondFactorFrom).toEqual(clock.now())
  })

  it('stays that of admins if it is earlier, when everyone needs a factor and when only admins still do', async () => {
    const [admin, agent] = [await person('admin'), await person('agent')]
    const first = new Date(admin.createdAt.getTime() + 7 * DAY_MS)
    clock.advance(DAY_MS)
    const everyone = await change({ secondFactorFor: 'everyone', secondFactorFrom: inDays(7) })
    expect(everyone).toMatchObject({ secondFactorFrom: inDays(7), adminsSecondFactorFrom: first })
    expect(await change({ secondFactorFor: 'admins' })).toMatchObject({
      ...{ secondFactorFrom: first, adminsSecondFactorFrom: undefined },
    })

    clock.advance(7 * DAY_MS)
    for (const days of [7, 14]) {
      await change({ secondFactorFor: 'everyone', secondFactorFrom: inDays(days) })
      // Their requirement isn't suspended for a week.
      expect([await missing(admin), await missing(agent)]).toMatchObject([{ isDue: true }, { isDue: false }])
    }
    await change({ secondFactorFor: 'everyone', secondFactorFrom: clock.now() })
    expect([await missing(admin), await missing(agent)]).toMatchObject([{ isDue: true }, { isDue: true }])
  })

  it('suspends what admins need only if no one needs it any more', async () => {
    const admin = await person('admin')
    const since = clock.now()
    await change({ secondFactorFor: 'admins', secondFactorFrom: since })
    clock.advance(DAY_MS)
    const later = { secondFactorFor: 'admins', secondFactorFrom: inDays(30) }
    expect(await change(later)).toMatchObject({ secondFactorFrom: since })
    await change({ secondFactorFor: 'everyone' })
    expect(await change(later)).toMatchObject({ secondFactorFrom: since })
    expect(await missing(admin)).toMatchObject({ isDue: true })
    await change({ secondFactorFor: 'no-one' })
    expect(await missing(admin)).toBeUndefined()
    expect(await change(later)).toMatchObject({ secondFactorFrom: inDays(30) })
    // An earlier one counts.
    expect(await change({ secondFactorFrom: inDays(2) })).toMatchObject({ secondFactorFrom: inDays(2) })
  })

  it('stays when the present choice is sent again without one', async () => {
    const admin = await person('admin')
    const first = new Date(admin.createdAt.getTime() + 7 * DAY_MS)
    const agent = await person('agent')
    expect(await change({ secondFactorFor: 'admins' })).toMatchObject({ secondFactorFrom: first })
    clock.advance(DAY_MS)
    const everyone = await change({ secondFactorFor: 'everyone', secondFactorFrom: inDays(20) })
    expect(everyone).toMatchObject({ adminsSecondFactorFrom: first })
    clock.advance(DAY_MS)
    expect(await change({ secondFactorFor: 'everyone' })).toEqual(everyone)
    expect(await missing(agent)).toMatchObject({ isDue: false })
  })

  it('is refused without people who need a factor', async () => {
    const admin = await person('admin')
    const patch = (body: object) =>
      ask('PATCH /v1/sign-in-policy', { as: admin, body: { ...body, secondFactorFrom: inDays(3).toISOString() } })
    const refused = await patch({ secondFactorFor: 'no-one' })
    expect([refused.status, codeOf(refused)]).toEqual([422, 'people.factor_date_without_people'])
    await change({ secondFactorFor: 'no-one' })
    expect(codeOf(await patch({}))).toBe('people.factor_date_without_people')
  })

  it('is that of admins too when everyone needs a factor before admins would have', async () => {
    const [admin, agent] = [await person('admin'), await person('agent')]
    const everyone = await change({ secondFactorFor: 'everyone' })
    expect(everyone).toMatchObject({ secondFactorFrom: clock.now(), adminsSecondFactorFrom: undefined })
    expect([await missing(admin), await missing(agent)]).toMatchObject([{ isDue: true }, { isDue: true }])
  })

  it('concerns the people whom the preview names: those with a password and without a factor', async () => {
    const [admin, agent] = [await person('admin'), await person('agent')]
    await addPasskey(await person('agent'))
    const viaProvider = { email: 'single@contoso.example', name: 'Single', role: 'agent', emailAccountIds: [] } as const
    await people.people.admit(viaProvider, 'test', () => Promise.resolve())
    const { body } = await ask('GET /v1/sign-in-policy/preview', { as: admin })
    expect((body as { withoutFactor: unknown[] }).withoutFactor).toEqual(
      [admin, agent].map(({ id, name, email, role }) => ({ id, name, email, role, signsInByProvider: false })),
    )
    await storeLinkedIdentity(database, agent.id)
    expect((await people.signInPolicy.preview()).withoutFactor).toMatchObject([
      { id: admin.id, signsInByProvider: false },
      { id: agent.id, signsInByProvider: true },
    ])
    await database.pool.query(
      `INSERT INTO sign_in_policy (only_by_provider, second_factor_for) VALUES (true, 'everyone')`,
    )
    // Their passwords sign no one in any more.
    expect((await people.signInPolicy.preview()).withoutFactor).toEqual([])
  })
})

/** Read from a new session: older ones end in a week. */
async function missing({ id }: Person) {
  const opened = await people.sessions.open(id, { method: 'password' }, { clientAddress: '192.0.2.7' })
  return opened.missingFactor
}

describe('an email about the policy', () => {
  it('goes to all admins, with the changed parts and the person', async () => {
    await setRelay()
    const [admin, second, agent] = [await person('admin'), await person('admin'), await person('agent')]
    await addPasskey(second)
    const by = { actor: `person:${admin.id}`, personId: admin.id }
    await people.signInPolicy.change({ breakGlass: { add: [second.id] } }, by)
    await people.signInPolicy.change({ secondFactorFor: 'everyone', secondFactorFrom: inDays(7) }, by)
    await people.signInPolicy.change(
      { breakGlass: { remove: [second.id] }, secondFactorFor: 'no-one' },
      { actor: 'cli' },
    )
    const [last, middle, first] = await mails('The sign-in policy was changed')
    for (const mail of [first, middle, last]) expect(mail?.to).toEqual([admin.email, second.email].sort())
    expect(first?.text).toContain(`${admin.name} (${admin.email}) changed`)
    expect(first?.text).toContain(`Break-glass admin added: ${second.name} (${second.email})`)
    expect(first?.text).not.toContain('Second factor')
    expect(middle?.text).toContain('Second factor now: required of everyone, from')
    expect(middle?.text).not.toContain('password alone')
    expect(last?.text).toContain('Someone at the command line')
    expect(last?.text).toContain(`Break-glass admin removed: ${second.name}`)
    expect(last?.text).toContain('Second factor now: optional for everyone.')
    expect(last?.text).not.toContain(agent.email)
  })

  it('states the second factor before and after, and that a requirement is suspended', async () => {
    await setRelay()
    await person('admin')
    const everyone = { secondFactorFor: 'everyone', secondFactorFrom: clock.now() } as const
    await change(everyone)
    clock.advance(DAY_MS)
    await change({ secondFactorFrom: inDays(30) })
    await change({ secondFactorFor: 'everyone', secondFactorFrom: inDays(-1) })
    await change({ secondFactorFor: 'admins' })
    await change({ secondFactorFor: 'no-one' })
    const texts = (await mails('The sign-in policy was changed')).map(({ text }) => text.replaceAll(/\s+/g, ' '))
    const [none, admins, , suspended, first] = texts
    const since = shownTime(everyone.secondFactorFrom)
    expect(first).toContain('Second factor before: required only of admins, from')
    expect(first).toContain(`Second factor now: required of everyone, since ${since}.`)
    expect(first).not.toMatch(/suspended|password alone/)
    expect(suspended).toContain(`Second factor before: required of everyone, since ${since}.`)
    expect(suspended).toContain(
      `now: required of everyone, from ${shownTime(inDays(30))}, and of admins since ${since}.`,
    )
    expect(suspended).toContain(`aren’t admins, the second factor is suspended until ${shownTime(inDays(30))}:`)
    expect(admins).toContain('Second factor before: required of everyone, since')
    expect(admins).toContain(`Second factor now: required only of admins, since ${since}.`)
    expect(admins).toContain('A password alone signs people in again who aren’t admins.')
    expect(none).toContain(`Second factor before: required only of admins, since ${since}.`)
    expect(none).toContain('A password alone signs everyone in again, admins too.')
  })

  it('names a break-glass admin who loses a factor or the role', async () => {
    await setRelay()
    const [admin, first, second] = [await person('admin'), await person('admin'), await person('admin')]
    for (const one of [first, second]) await addPasskey(one)
    await change({ breakGlass: { add: [first.id, second.id] } })
    const by = `person:${admin.id}`
    await people.factors.reset(first.id, by)
    await people.people.changeRole(second.id, 'agent', by)
    const [ofSecond, ofFirst] = await mails('The sign-in policy was changed')
    const ended = 'No longer a break-glass admin, because a factor or the role was removed:'
    for (const [mail, one] of [
      [ofFirst, first],
      [ofSecond, second],
    ] as const) {
      expect(mail?.text).toContain(`${admin.name} (${admin.email}) changed`)
      expect(mail?.text).toContain(`${ended} ${one.name} (${one.email})`)
    }
    expect(ofFirst?.to).toEqual([admin.email, first.email, second.email].sort())
    expect(ofSecond?.to).toEqual([admin.email, first.email].sort())
  })

  it('isn’t sent about a change without an effect', async () => {
    await setRelay()
    const admin = await person('admin')
    await people.signInPolicy.change({ onlyByProvider: false }, { actor: 'test', personId: admin.id })
    expect(await mails('policy')).toEqual([])
  })
})

describe('an announcement of a second factor', () => {
  const round = async () => {
    // Two servers at the same time, restarted for each round.
    const tickers = [1, 2].map(() =>
      createFactorAnnouncements({
        sessionClock: clock,
        ...{ database, clock, publicUrl, alerts },
        onError: (error) => expect.unreachable(String(error)),
      }),
    )
    for (const ticker of tickers) ticker.start()
    await Promise.all(tickers.map((ticker) => ticker.settled()))
    await Promise.all(tickers.map((ticker) => ticker.stop()))
    return (await mails('Add a second factor by')).map(({ to }) => to).sort()
  }

  it('is sent once a week and once a day before, to those who lack a factor, by several servers', async () => {
    await setRelay()
    const [admin, agent, safe] = [await person('admin'), await person('agent'), await person('admin')]
    await addPasskey(safe)
    expect(await round()).toEqual([[admin.email]])
    await change({ secondFactorFor: 'everyone', secondFactorFrom: inDays(8) })
    expect(await round()).toEqual([[admin.email]])
    clock.advance(DAY_MS)
    expect(await round()).toEqual([[admin.email], [agent.email]])
    clock.advance(5 * DAY_MS)
    expect(await round()).toEqual([[admin.email], [admin.email], [agent.email]])
    clock.advance(DAY_MS)
    const all = [[admin.email], [admin.email], [agent.email], [agent.email]]
    expect(await round()).toEqual(all)
    clock.advance(2 * DAY_MS)
    await person('admin')
    expect(await round()).toEqual(all)
    // A new date, for the others: admins keep theirs.
    await change({ secondFactorFor: 'everyone', secondFactorFrom: inDays(7) })
    expect(await round()).toEqual([...all, [agent.email]].sort())
  })

  it('waits for a relay', async () => {
    const admin = await person('admin')
    expect(await round()).toEqual([])
    await setRelay()
    expect(await round()).toEqual([[admin.email]])
    const [mail] = await mails('Add a second factor by')
    // A person who also has an account at a provider isn't limited by it.
    expect(mail?.text).toContain('with your password, you can then sign in only to add it. A sign-in by Microsoft or')
  })

  it('is sent by the server as it is composed', async () => {
    await setRelay()
    const admin = await person('admin')
    people.factorAnnouncements.start()
    await people.factorAnnouncements.settled()
    await people.factorAnnouncements.stop()
    expect((await mails('Add a second factor by')).map(({ to }) => to)).toEqual([[admin.email]])
  })
})
