import { describe, expect, it } from 'vitest'
import { createPerson, overInject } from '../../test/browser.ts'
import { createMailWorld } from '../../test/mail-world.ts'
import type { Settings } from '../kernel/settings.ts'
import { createControlPanelSite } from './index.ts'

const CONTROL_PANEL = 'http://localhost:8413'
const HOUR_MS = 60 * 60 * 1000

describe('the control panel', () => {
  it('lists all addresses, users and mailboxes on its home page', async () => {
    const { person } = setUp()

    await person.open(`${CONTROL_PANEL}/`)

    for (const words of [
      'http://localhost:8410',
      'http://localhost:8411/v1.0',
      'http://localhost:8412',
      'Anna Berg , Contoso, MFA anna@contoso.example Sandbox-2026',
      'guest signs in with the home account carla@fabrikam.example',
      'support@contoso.example shared Contoso Support Anna Berg: Full Access',
    ]) {
      expect(person.text).toContain(words)
    }
  })

  it('links to the authenticator, the external mail page and the clock', async () => {
    const { person } = setUp()

    for (const link of ['Authenticator', 'External mail', 'Clock', 'Faults']) {
      await person.open(`${CONTROL_PANEL}/`)
      await person.follow(link)
      expect(person.status).toBe(200)
    }
  })

  it('offers to write to a shared mailbox as the first external message', async () => {
    const { person, messagesOf } = setUp()
    await person.open(`${CONTROL_PANEL}/`)
    await person.follow('Write to support@contoso.example as a customer')

    await person.submit({ subject: 'Hello', body: 'Is anyone there?' })

    expect(person.text).toContain('support@contoso.example: Inbox')
    expect(messagesOf('support@contoso.example')).toHaveLength(1)
  })

  it('lists the users that can sign in and their mailboxes for scripts', async () => {
    const { json } = setUp()

    const { people } = (await json('GET', '/api/people')).body as { people: { userPrincipalName: string }[] }

    expect(people.find(({ userPrincipalName }) => userPrincipalName === 'anna@contoso.example')).toMatchObject({
      displayName: 'Anna Berg',
      tenant: 'Contoso',
      password: 'Sandbox-2026',
      mfa: true,
      mailboxes: expect.arrayContaining([
        { address: 'anna@contoso.example', kind: 'user', isOwn: true, rights: [] },
        { address: 'support@contoso.example', kind: 'shared', isOwn: false, rights: ['FullAccess', 'SendAs'] },
      ]) as unknown,
    })
    expect(people.map(({ userPrincipalName }) => userPrincipalName)).not.toContain('support@contoso.example')
  })

  it('reports healthy when it responds', async () => {
    const { json } = setUp()

    expect(await json('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
  })

  it('answers 404 as a page and as JSON', async () => {
    const { person, json } = setUp()

    expect((await person.open(`${CONTROL_PANEL}/nothing`)).status).toBe(404)
    expect(person.text).toContain('Not found')
    await person.open(`${CONTROL_PANEL}/outside/messages/nothing`)
    expect(person).toMatchObject({ status: 404 })
    expect(await json('GET', '/api/nothing')).toMatchObject({ status: 404, body: { error: {} } })
  })
})

describe('the authenticator page', () => {
  it('shows the code that the sign-in accepts, in groups of three digits', async () => {
    const { person, json } = setUp()

    const { code, secondsLeft } = (await json('GET', '/api/authenticator/anna@contoso.example')).body as Code
    await person.open(`${CONTROL_PANEL}/authenticator`)

    expect(code).toMatch(/^\d{6}$/)
    expect(secondsLeft).toBeGreaterThan(0)
    expect(secondsLeft).toBeLessThanOrEqual(30)
    expect(person.text).toContain(`${code.slice(0, 3)} ${code.slice(3)}`)
    expect(person.markup).toContain('<meta http-equiv="refresh"')
    expect(person.text).not.toContain('ben@contoso.example')
  })

  it("follows the sandbox's clock", async () => {
    const { clock, json } = setUp()
    const codeNow = async () => ((await json('GET', '/api/authenticator/anna@contoso.example')).body as Code).code
    const before = await codeNow()

    clock.move(HOUR_MS)

    expect(await codeNow()).not.toBe(before)
  })

  it.each(['ben@contoso.example', 'nobody@contoso.example', '%00', 'x'.repeat(400)])(
    'shows no code for %s',
    async (upn) => {
      const { json } = setUp()

      expect((await json('GET', `/api/authenticator/${upn}`)).status).toBe(404)
    },
  )
})

describe('the clock page', () => {
  it('moves the clock forward by a form', async () => {
    const { clock, person } = setUp()
    await person.open(`${CONTROL_PANEL}/clock`)

    await person.submit({ amount: '36', unit: 'hours' })

    expect(clock.offsetMs).toBe(36 * HOUR_MS)
    expect(person.text).toContain('1 day, 12 hours ahead of the real time')
  })

  it('moves the clock forward by an API request', async () => {
    const { clock, json } = setUp()

    expect(await json('POST', '/api/clock', { byMs: HOUR_MS })).toMatchObject({
      status: 200,
      body: { offsetMs: HOUR_MS },
    })
    expect(clock.offsetMs).toBe(HOUR_MS)
    const { now } = (await json('GET', '/api/clock')).body as { now: string }
    expect(Math.abs(Date.parse(now) - clock.now().getTime())).toBeLessThan(10_000)
  })

  it.each([undefined, {}, [], { byMs: '5' }, { byMs: 0 }, { byMs: -1 }, { byMs: 1e15 }, { byMs: null }])(
    'does not move the clock by %j',
    async (body) => {
      const { clock, json } = setUp()

      const answer = await json('POST', '/api/clock', body)

      expect(answer.status).toBe(400)
      expect(clock.offsetMs).toBe(0)
    },
  )

  it.each([
    { amount: 'soon', unit: 'hours' },
    { amount: '', unit: 'hours' },
    { amount: '-1', unit: 'days' },
    { amount: '9999', unit: 'days' },
  ])('names the error in %j', async (values) => {
    const { clock, person } = setUp()
    await person.open(`${CONTROL_PANEL}/clock`)

    await person.submit(values)

    expect(person.status).toBe(422)
    expect(person.markup).toContain('role="alert"')
    expect(clock.offsetMs).toBe(0)
  })
})

describe('requests that the control panel refuses', () => {
  it('do not include those for the names of the sandbox', async () => {
    const { site } = setUp({ otherHosts: ['Sandbox'] })
    const statusOf = async (host: string) => (await site.inject({ url: '/healthz', headers: { host } })).statusCode

    expect(await statusOf('sandbox:8413')).toBe(200)
    expect(await statusOf('sandbox')).toBe(421)
    expect(await statusOf('sandbox.evil.example:8413')).toBe(421)
    const answer = await site.inject({
      ...{ method: 'DELETE', url: '/api/faults' },
      headers: { host: 'sandbox:8413', origin: 'http://evil.example' },
    })
    expect(answer.statusCode).toBe(403)
  })

  it.each(['evil.example', 'localhost.evil.example:8413', 'localhost:9999', '127.0.0.1', ''])(
    'include requests for another host: %j',
    async (host) => {
      const { site } = setUp()

      const answer = await site.inject({ url: '/api/people', headers: { host } })

      expect(answer.statusCode).toBe(421)
      expect(answer.body).not.toContain('Sandbox-2026')
    },
  )

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:8412' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('include requests from a page of another site: %j', async (headers) => {
    const { site, clock } = setUp()

    const answer = await site.inject({
      method: 'POST',
      url: '/api/clock',
      headers: { host: 'localhost:8413', ...headers },
      payload: { byMs: 1 },
    })

    expect(answer.statusCode).toBe(403)
    expect(clock.offsetMs).toBe(0)
  })

  it.each([
    {},
    { host: '127.0.0.1:8413' },
    { host: '[::1]:8413', origin: 'http://[::1]:8413', 'sec-fetch-site': 'same-origin' },
    { host: 'desk.sandbox.example', origin: 'https://desk.sandbox.example' },
  ])('include requests that come neither from its own pages nor from programs: %j', async (headers) => {
    const { site } = setUp()

    const answer = await site.inject({
      method: 'POST',
      url: '/api/clock',
      headers: { host: 'localhost:8413', ...headers },
      payload: { byMs: 1 },
    })

    expect(answer.statusCode).toBe(200)
  })

  it('include form posts without the token of a page', async () => {
    const { site, clock } = setUp()

    const answer = await site.inject({
      method: 'POST',
      url: '/clock',
      headers: { host: 'localhost:8413', 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'amount=1&unit=days',
    })

    expect(answer.statusCode).toBe(403)
    expect(clock.offsetMs).toBe(0)
  })
})

interface Code {
  code: string
  secondsLeft: number
}

function setUp(more: Partial<Settings> = {}) {
  const world = createMailWorld()
  const listening = {
    login: 'http://localhost:8410',
    graph: 'http://localhost:8411',
    portal: 'http://localhost:8412',
    controlPanel: CONTROL_PANEL,
  }
  const site = createControlPanelSite({
    clock: world.clock,
    directory: world.directory,
    outside: world.outside,
    faults: world.faults,
    settings: { listening, named: { ...listening, controlPanel: 'https://desk.sandbox.example' }, ...more },
    report: (error) => {
      throw error
    },
  })
  return {
    ...world,
    site,
    person: createPerson(overInject({ [CONTROL_PANEL]: site })),
    json: async (method: 'GET' | 'POST', url: string, body?: unknown) => {
      const answer = await site.inject({
        method,
        url,
        headers: { host: 'localhost:8413', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      })
      return { status: answer.statusCode, body: answer.json<unknown>() }
    },
  }
}
