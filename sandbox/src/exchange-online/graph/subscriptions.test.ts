import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNA, BEN, SUPPORT } from './graph-test-world.ts'
import { createTestWorld, HOUR_MS, MINUTE_MS, StrictEndpoint } from './notifications-test-site.ts'
import { registerSubscriptions, type SubscriptionLimits } from './subscriptions.ts'

describe('creating a subscription', () => {
  it('returns 201 with all fields after both endpoints returned their token', async () => {
    const { create, endpoint, app } = setUp()
    const answer = await create({
      changeType: 'created,updated',
      lifecycleNotificationUrl: 'http://localhost:3000/lifecycle?x=1',
      clientState: 'secret',
    })

    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({
      '@odata.context': 'http://localhost:8080/v1.0/$metadata#subscriptions/$entity',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      resource: "/me/mailFolders('inbox')/messages",
      applicationId: app.appId,
      changeType: 'created,updated',
      clientState: 'secret',
      notificationUrl: 'http://localhost:3000/hook',
      notificationQueryOptions: null,
      lifecycleNotificationUrl: 'http://localhost:3000/lifecycle?x=1',
      expirationDateTime: '2026-11-02T10:00:00.000Z',
      creatorId: ANNA,
      includeResourceData: null,
      latestSupportedTlsVersion: 'v1_2',
      encryptionCertificate: null,
      encryptionCertificateId: null,
      notificationUrlAppId: null,
    })
    expect(endpoint.handshakes).toBe(2)
  })

  it.each([
    ["me/mailFolders('Inbox')/messages"],
    ['/me/mailfolders/inbox/messages'],
    ['me/messages'],
    ['/users/anna@contoso.example/messages'],
    [`Users('${ANNA}')/MailFolders('inbox')/Messages`],
    ['me/messages?$filter=isRead eq false'],
    ['me/messages?$select=subject'],
  ])('accepts the resource %s', async (resource) => {
    expect((await setUp().create({ resource })).statusCode).toBe(201)
  })

  it.each([
    ['me/events', 400, 'BadRequest', "Resource not found for the segment 'events'."],
    ['groups', 400, 'BadRequest', "Resource not found for the segment 'groups'."],
    ['me', 400, 'BadRequest', "Resource not found for the segment 'me'."],
    ['me/mailFolders/inbox', 400, 'BadRequest', "Resource not found for the segment 'mailFolders'."],
    [
      'me/messages?$top=3',
      400,
      'BadRequest',
      "The query option '$top' is not allowed in the resource of a subscription.",
    ],
    [
      "me/messages?$filter=importance eq 'high'",
      501,
      'notSupported',
      "Filters of subscriptions other than 'isRead eq …' are not built in this sandbox.",
    ],
    [
      'me/mailFolders/nowhere/messages',
      404,
      'ExtensionError',
      'Operation: Create; Exception: [Status Code: NotFound; Reason: The specified object was not found in the store.]',
    ],
    [
      'users/nobody@contoso.example/messages',
      404,
      'ErrorInvalidUser',
      "The requested user 'nobody@contoso.example' is invalid.",
    ],
  ])('refuses the resource %s', async (resource, status, code, message) => {
    // prettier-ignore
    const { create, endpoint } = setUp()
    const answer = await create({ resource })

    expect([answer.statusCode, answer.json()]).toEqual([status, { error: { code, message } }])
    expect(endpoint.handshakes).toBe(0)
  })

  it.each([
    [{ changeType: undefined }, 'InvalidRequest', 'changeType is a required property for subscription creation'],
    [{ resource: undefined }, 'InvalidRequest', 'resource is a required property for subscription creation'],
    [{ notificationUrl: null }, 'InvalidRequest', 'notificationUrl is a required property for subscription creation'],
    [
      { expirationDateTime: undefined },
      'InvalidRequest',
      'expirationDateTime is a required property for subscription creation',
    ],
    [{ changeType: 'created,moved' }, 'InvalidRequest', "Invalid 'changeType' attribute: 'created,moved'."],
    [{ changetype: 'created' }, 'InvalidRequest', /^Could not process subscription creation payload/],
    [{ expirationDateTime: '2026-11-2' }, 'InvalidRequest', /^Could not process subscription creation payload/],
    [
      { expirationDateTime: '2026-11-02T10:00:00' },
      'InvalidRequest',
      /^Could not process subscription creation payload/,
    ],
    [{ clientState: 'x'.repeat(129) }, 'InvalidRequest', 'clientState must not be longer than 128 characters.'],
    [{ latestSupportedTlsVersion: 'v2' }, 'InvalidRequest', /^latestSupportedTlsVersion must be one of/],
    [{ notificationUrl: 'nonsense' }, 'InvalidRequest', 'NotificationUrl is not a valid URL.'],
    [{ notificationUrl: 'http://example.com/' }, 'InvalidRequest', "NotificationUrl scheme='http' is not supported."],
    [{ notificationUrl: 'ftp://localhost/' }, 'InvalidRequest', "NotificationUrl scheme='ftp' is not supported."],
    [
      { notificationUrl: 'http://a:b@localhost/' },
      'InvalidRequest',
      'NotificationUrl must not contain a user name or password.',
    ],
    [
      { lifecycleNotificationUrl: 'http://example.com/' },
      'InvalidRequest',
      "LifecycleNotificationUrl scheme='http' is not supported.",
    ],
    [
      { expirationDateTime: '2026-11-09T08:00:01Z' },
      'ExtensionError',
      'Subscription expiration can only be 10080 minutes in the future.',
    ],
  ])('are refused as %j', async (changes, code, message) => {
    // prettier-ignore
    const { create, endpoint } = setUp()
    const answer = await create(changes)

    const text = typeof message === 'string' ? message : (expect.stringMatching(message) as string)
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: { code, message: text } }])
    expect(endpoint.handshakes).toBe(0)
  })

  it('reports that resource data is not supported', async () => {
    const answer = await setUp().create({
      includeResourceData: true,
      encryptionCertificate: 'MII',
      encryptionCertificateId: '1',
    })
    expect([answer.statusCode, answer.json().error.code]).toEqual([501, 'notSupported'])
  })

  it('responds to any body without an internal error', () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.constantFrom('changeType', 'resource', 'notificationUrl', 'expirationDateTime', 'clientState', 'x'),
          fc.oneof(
            fc.jsonValue(),
            fc.constantFrom(
              'created',
              'me/messages',
              'https://localhost/',
              '2026-11-02T10:00:00Z',
              "me/mailFolders('%')/messages",
            ),
          ),
        ),
        async (body) => {
          // prettier-ignore
          const answer = await world.ask('POST', '/v1.0/subscriptions', { body })
          expect([201, 400, 404, 409, 501]).toContain(answer.statusCode)
        },
      ),
      { numRuns: 300 },
    ))
  const world = setUp()

  it('raises a lifetime under 45 minutes to 45, even one in the past', async () => {
    const { create } = setUp()
    const soon = await create({ expirationDateTime: '2026-11-02T08:10:00Z', changeType: 'created' })
    const past = await create({ expirationDateTime: '2026-11-02T09:10:00.1234567+02:00', changeType: 'updated' })
    for (const answer of [soon, past]) expect(answer.json().expirationDateTime).toBe('2026-11-02T08:45:00.000Z')
  })

  it('accepts exactly the maximum lifetime', async () => {
    expect((await setUp().create({ expirationDateTime: '2026-11-09T08:00:00Z' })).statusCode).toBe(201)
  })

  it('refuses a second one for the same messages and changes, in any spelling', async () => {
    const { create } = setUp()
    const first = await create({ resource: 'me/mailFolders/inbox/messages', changeType: 'created,deleted' })
    const second = await create({
      resource: `users/${ANNA}/mailFolders('Inbox')/messages`,
      changeType: 'deleted,created',
    })

    expect(second.statusCode).toBe(409)
    expect(second.json().error).toEqual({
      code: 'ObjectIdentifierInUse',
      message: `Subscription Id ${first.json().id} already exists for the requested combination`,
    })
    expect((await create({ resource: 'me/mailFolders/inbox/messages', changeType: 'created' })).statusCode).toBe(201)
  })

  it('creates only one of two identical concurrent requests', async () => {
    const world = createTestWorld()
    const endpoint = new StrictEndpoint()
    const bothAsked = Promise.withResolvers<undefined>()
    registerSubscriptions(world.site, {
      ...world.deps,
      post: async (...call) => {
        const answer = await endpoint.post(...call)
        if (endpoint.handshakes === 2) bothAsked.resolve(undefined)
        await bothAsked.promise
        return answer
      },
    })
    const create = () => world.ask('POST', '/v1.0/subscriptions', { body: WISH })
    const answers = await Promise.all([create(), create()])
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409])
  })

  it('enforces the limit per mailbox', async () => {
    const { create } = setUp({ perMailbox: 2 })
    expect((await create({ changeType: 'created' })).statusCode).toBe(201)
    expect((await create({ changeType: 'updated' })).statusCode).toBe(201)
    const third = await create({ changeType: 'deleted' })
    expect([third.statusCode, third.json().error.code]).toEqual([403, 'ExtensionError'])
  })
})

describe('permission to subscribe', () => {
  it.each([['Mail.ReadBasic'], ['Mail.Read'], ['Mail.ReadWrite']])('is granted by %s', async (scope) => {
    const { create, person, application } = setUp()
    expect((await create({}, person(ANNA, scope))).statusCode).toBe(201)
    expect((await create({ resource: `users/${BEN}/messages` }, application(scope))).statusCode).toBe(201)
  })

  it.each([['Mail.Send'], ['Mail.Read.Shared'], ['User.Read']])('is denied by %s', async (scope) => {
    const { create, person } = setUp()
    const answer = await create({}, person(ANNA, scope))
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'ErrorAccessDenied'])
  })

  it('covers only the own mailbox for a user, regardless of other permissions and scopes', async () => {
    const { create, person, application, endpoint } = setUp()
    const resource = `users/${SUPPORT}/messages`
    const delegated = await create({ resource }, person(ANNA, 'Mail.ReadWrite', 'Mail.ReadWrite.Shared'))

    expect(delegated.statusCode).toBe(403)
    expect(delegated.json().error).toEqual({
      code: 'ExtensionError',
      message: 'Operation: Create; Exception: [Status Code: Forbidden; Reason: Forbidden]',
    })
    expect(endpoint.handshakes).toBe(0)
    expect((await create({ resource }, application())).statusCode).toBe(201)
  })

  it('excludes "me" for an application', async () => {
    const { create, application } = setUp()
    const answer = await create({}, application())
    expect([answer.statusCode, answer.json().error.message]).toEqual([
      400,
      '/me request is only valid with delegated authentication flow.',
    ])
  })
})

describe('the validation handshake', () => {
  const answer = (status: number, body: string, contentType = 'text/plain') => ({ status, body, contentType })

  it.each([
    ['timeout' as const, 'Subscription validation request timed out.'],
    [
      'unreachable' as const,
      'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
    ],
    [
      'not-loopback' as const,
      "Subscription validation request failed. This sandbox calls endpoints on its own machine only, and 'localhost' is elsewhere. The option --notify allows a host.",
    ],
    [
      answer(404, ''),
      "Subscription validation request failed. HTTP status code is 'NotFound'. Notification endpoint must respond with 200 OK to validation request.",
    ],
    [
      answer(202, ''),
      "Subscription validation request failed. HTTP status code is 'Accepted'. Notification endpoint must respond with 200 OK to validation request.",
    ],
    [
      answer(302, ''),
      "Subscription validation request failed. HTTP status code is 'Found'. Notification endpoint must respond with 200 OK to validation request.",
    ],
    [
      answer(200, 'Validation%3A+Testing'),
      'Subscription validation request failed. Response must exactly match validationToken query parameter.',
    ],
  ])('creates no subscription when it ends in %j', async (outcome, message) => {
    // prettier-ignore
    const { create, endpoint, ask } = setUp()
    endpoint.answerNext(outcome)
    const refused = await create({})

    expect([refused.statusCode, refused.json()]).toEqual([400, { error: { code: 'ValidationError', message } }])
    expect((await ask('GET', '/v1.0/subscriptions')).json().value).toEqual([])
  })

  it('requires plain text', async () => {
    const world = createTestWorld()
    registerSubscriptions(world.site, {
      ...world.deps,
      post: async (url) => answer(200, new URL(url).searchParams.get('validationToken')!, 'text/html; charset=utf-8'),
    })
    const refused = await world.ask('POST', '/v1.0/subscriptions', { body: WISH })
    expect([refused.statusCode, refused.json().error.message]).toEqual([
      400,
      "Subscription validation request failed. Content type must be text/plain, not 'text/html; charset=utf-8'.",
    ])
  })

  it('includes the lifecycle endpoint', async () => {
    const { create, endpoint, ask } = setUp()
    const lifecycle = new StrictEndpoint()
    lifecycle.answerNext(answer(200, 'x'))
    endpoint.others.set('http://localhost:3000/lifecycle', lifecycle)
    const refused = await create({ lifecycleNotificationUrl: 'http://localhost:3000/lifecycle' })
    expect(refused.statusCode).toBe(400)
    expect((await ask('GET', '/v1.0/subscriptions')).json().value).toEqual([])
  })

  it("appends its query to the client's own, which stays unchanged", async () => {
    const urls: string[] = []
    const world = createTestWorld()
    const endpoint = new StrictEndpoint()
    registerSubscriptions(world.site, {
      ...world.deps,
      post: (url, ...rest) => {
        urls.push(url)
        return endpoint.post(url, ...rest)
      },
    })
    for (const [notificationUrl, changeType] of [
      ['http://localhost/a', 'created'],
      ['http://localhost/a?b=%20c+d', 'updated'],
      ['http://localhost/a?', 'deleted'],
    ]) {
      await world.ask('POST', '/v1.0/subscriptions', { body: { ...WISH, notificationUrl, changeType } })
    }
    const token =
      /^validationToken=Validation%3A\+Testing\+client\+application\+reachability\+for\+subscription\+Request-Id%3A\+[0-9a-f-]{36}$/
    expect(urls.map((url) => url.slice(0, url.indexOf('validationToken')))).toEqual([
      'http://localhost/a?',
      'http://localhost/a?b=%20c+d&',
      'http://localhost/a?',
    ])
    for (const url of urls) expect(url.slice(url.indexOf('validationToken'))).toMatch(token)
  })
})

describe('a subscription', () => {
  it('is listed, returned and deleted without its clientState', async () => {
    const { create, ask } = setUp()
    const { id } = (await create({ clientState: 'secret' })).json()

    const list = await ask('GET', '/v1.0/subscriptions')
    expect(list.json()).toMatchObject({
      '@odata.context': 'http://localhost:8080/v1.0/$metadata#subscriptions',
      value: [{ id, clientState: null }],
    })
    expect((await ask('GET', `/v1.0/subscriptions/${id}`)).json()).toMatchObject({ id, clientState: null })
    expect((await ask('DELETE', `/v1.0/subscriptions/${id}`)).statusCode).toBe(204)
    for (const method of ['GET', 'DELETE'] as const) {
      const gone = await ask(method, `/v1.0/subscriptions/${id}`)
      expect([gone.statusCode, gone.json().error]).toEqual([
        404,
        { code: 'ResourceNotFound', message: 'The object was not found.' },
      ])
    }
  })

  it('is renewed by PATCH, which changes only the expiration time', async () => {
    const { create, ask } = setUp()
    const { id } = (await create({})).json()
    const patch = (body: object) => ask('PATCH', `/v1.0/subscriptions/${id}`, { body })

    const renewed = await patch({ expirationDateTime: '2026-11-05T08:00:00Z' })
    expect([renewed.statusCode, renewed.json().expirationDateTime]).toEqual([200, '2026-11-05T08:00:00.000Z'])
    expect((await patch({ expirationDateTime: '2026-11-02T08:00:00Z' })).json().expirationDateTime).toBe(
      '2026-11-02T08:45:00.000Z',
    )
    expect((await patch({ expirationDateTime: '2027-11-05T08:00:00Z' })).statusCode).toBe(400)
    expect((await patch({})).statusCode).toBe(400)
    const later = await patch({
      expirationDateTime: '2026-11-05T08:00:00Z',
      lifecycleNotificationUrl: 'http://localhost:3000/lifecycle',
    })
    expect([later.statusCode, later.json().error.message]).toEqual([
      400,
      'lifecycleNotificationUrl of a subscription cannot be changed; delete it and create another.',
    ])
  })

  it('is reauthorized with 204 and keeps its expiration time', async () => {
    const { create, ask } = setUp()
    const { id } = (await create({})).json()
    expect((await ask('POST', `/v1.0/subscriptions/${id}/reauthorize`)).statusCode).toBe(204)
    expect((await ask('GET', `/v1.0/subscriptions/${id}`)).json().expirationDateTime).toBe('2026-11-02T10:00:00.000Z')
  })

  it('is visible to its user and its application, but not to others', async () => {
    const { create, ask, person, application } = setUp()
    const { id } = (await create({})).json()
    const others = await create({ resource: `users/${BEN}/messages` }, application())
    const idOfApplication = others.json().id

    for (const as of [person(BEN), { ...person(), appId: 'another' }, { ...application(), tenantId: 'another' }]) {
      expect((await ask('GET', '/v1.0/subscriptions', { as })).json().value).toEqual([])
      expect((await ask('DELETE', `/v1.0/subscriptions/${id}`, { as })).statusCode).toBe(404)
    }
    const all = (await ask('GET', '/v1.0/subscriptions', { as: application() })).json().value
    expect(all.map((each) => each.id)).toEqual([id, idOfApplication])
    expect((await ask('GET', `/v1.0/subscriptions/${idOfApplication}`)).statusCode).toBe(404)
  })

  it('disappears when it expires, and frees its place', async () => {
    const { create, ask, clock } = setUp()
    const { id } = (await create({})).json()
    clock.move(2 * HOUR_MS)

    expect((await ask('GET', `/v1.0/subscriptions/${id}`)).statusCode).toBe(404)
    const end = new Date(clock.now().getTime() + 60 * MINUTE_MS).toISOString()
    expect((await create({ expirationDateTime: end })).statusCode).toBe(201)
  })
})

const WISH = {
  changeType: 'created',
  notificationUrl: 'http://localhost:3000/hook',
  resource: "/me/mailFolders('inbox')/messages",
  expirationDateTime: '2026-11-02T10:00:00.0000000Z',
}

function setUp(limits: Partial<SubscriptionLimits> = {}) {
  const world = createTestWorld()
  const endpoint = new StrictEndpoint()
  registerSubscriptions(world.site, { ...world.deps, limits, post: endpoint.post })
  const create = (changes: object, as = world.person()) =>
    world.ask('POST', '/v1.0/subscriptions', { as, body: { ...WISH, ...changes } })
  return { ...world, endpoint, create }
}
