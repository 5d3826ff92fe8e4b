import { describe, expect, it } from 'vitest'
import { ANNA, BEN, createGraphWorld, type GraphWorld, SUPPORT } from './graph-test-world.ts'

/** A fault that affects any call to a mailbox, with the response that the client receives. */
interface Refused {
  fault: string
  options?: Record<string, unknown>
  status: number
  code: string
  message?: string
  retryAfter?: string
}

const REFUSALS: Refused[] = [
  { fault: 'graph-throttled', status: 429, code: 'ApplicationThrottled', retryAfter: '30' },
  { fault: 'graph-throttled', options: { retryAfterSeconds: 0 }, status: 429, code: 'ApplicationThrottled' },
  {
    fault: 'mailbox-concurrency',
    status: 429,
    code: 'ApplicationThrottled',
    message: 'Application is over its MailboxConcurrency limit.',
    retryAfter: '1',
  },
  { fault: 'graph-unavailable', status: 503, code: 'serviceNotAvailable' },
  { fault: 'graph-internal-error', status: 500, code: 'ErrorInternalServerError' },
  { fault: 'graph-gateway-timeout', status: 504, code: 'UnknownError' },
  { fault: 'server-busy', status: 503, code: 'ErrorServerBusy' },
  { fault: 'mailbox-info-stale', status: 503, code: 'MailboxInfoStale' },
  { fault: 'mailbox-unlicensed', status: 404, code: 'MailboxNotEnabledForRESTAPI' },
  {
    fault: 'mailbox-gone',
    status: 404,
    code: 'ErrorInvalidUser',
    message: `The requested user '${SUPPORT}' is invalid.`,
  },
  {
    fault: 'full-access-withdrawn',
    status: 403,
    code: 'ErrorAccessDenied',
    message: 'Access is denied. Check credentials and try again.',
  },
  { fault: 'odata-disabled', status: 403, code: 'ErrorAccessDenied', message: 'Access to OData is disabled.' },
]

const INBOX = `/users/${SUPPORT}/mailFolders/inbox`

describe('a fault at Graph', () => {
  it.each(REFUSALS)("$fault has Graph's response, and none after it is switched off", async (row) => {
    const world = createGraphWorld()
    const { id } = world.faults.switchOn(row.fault, { mailbox: 'support@contoso.example' }, row.options)
    const answer = await askForSupport(world)

    expect([answer.statusCode, answer.body.error.code]).toEqual([row.status, row.code])
    expect(answer.body.error.innerError['request-id']).toBe(answer.headers['request-id'])
    if (row.message !== undefined) expect(answer.body.error.message).toBe(row.message)
    expect(answer.headers['retry-after']).toBe(row.retryAfter)
    expect(world.faults.callsOf(id).map(({ call }) => call)).toEqual([`GET /v1.0${INBOX}`])

    world.faults.switchOff(id)
    expect((await askForSupport(world)).statusCode).toBe(200)
  })

  it.each(REFUSALS)('$fault switched on for one target does not affect others', async (row) => {
    const world = createGraphWorld()
    const { scopes } = world.faults.catalogue.find(({ name }) => name === row.fault)!
    const neighbors: Record<string, string> = {
      tenant: 'fabrikam.example',
      user: 'ada@contoso.example',
      mailbox: 'billing@contoso.example',
    }
    for (const [scope, other] of Object.entries(neighbors)) {
      if (scopes.includes(scope as never)) world.faults.switchOn(row.fault, { [scope]: other }, row.options)
    }
    expect((await askForSupport(world)).statusCode).toBe(200)

    world.faults.switchOn(row.fault, {}, row.options)
    expect((await askForSupport(world)).statusCode).toBe(row.status)
  })
})

describe('a fault at Graph with a narrow scope', () => {
  it.each(REFUSALS)('$fault affects its target, in each of its scopes', async (row) => {
    const world = createGraphWorld()
    const { appId, tenantId } = world.person(ANNA)
    world.directory.applications.add(tenantId, { displayName: 'Mail program', appId })
    const targets: Record<string, string> = {
      tenant: 'contoso.example',
      user: 'anna@contoso.example',
      application: appId,
      mailbox: 'support@contoso.example',
    }
    for (const scope of world.faults.catalogue.find(({ name }) => name === row.fault)!.scopes) {
      const { id } = world.faults.switchOn(row.fault, { [scope]: targets[scope] }, row.options)
      expect([scope, (await askForSupport(world)).statusCode]).toEqual([scope, row.status])
      world.faults.switchOff(id)
    }
  })
})

describe('a fault of sending', () => {
  const IN_SUPPORTS_NAME = { from: { emailAddress: { address: 'support@contoso.example' } } }
  const sendMail = (world: GraphWorld, more: object = {}) =>
    world.post(
      '/me/sendMail',
      { message: { subject: 'Hi', toRecipients: [{ emailAddress: { address: 'kim@customer.example' } }], ...more } },
      { as: world.person(ANNA, 'Mail.Send', 'Mail.Send.Shared', 'Mail.ReadWrite') },
    )

  it.each([
    ['send-limit', {}, 429, 'ErrorExceededMessageLimit', '3600'],
    ['message-size', { bytes: 10 }, 413, 'ErrorMessageSizeExceeded', undefined],
    ['mailbox-full', {}, 507, 'ErrorQuotaExceeded', undefined],
  ] as const)('%s refuses, and neither sends nor keeps anything', async (fault, options, status, code, retryAfter) => {
    const world = createGraphWorld()
    world.faults.switchOn(fault, { mailbox: 'billing@contoso.example' }, options)
    expect((await sendMail(world)).statusCode).toBe(202)

    const { id } = world.faults.switchOn(fault, { mailbox: 'anna@contoso.example' }, options)
    const answer = await sendMail(world)
    expect([answer.statusCode, answer.body.error.code]).toEqual([status, code])
    expect(answer.headers['retry-after']).toBe(retryAfter)
    expect(world.transport.submissions).toHaveLength(1)
    expect(world.faults.callsOf(id).map(({ call }) => call)).toEqual(['POST /v1.0/me/sendMail'])
    world.faults.switchOff(id)
    expect((await sendMail(world)).statusCode).toBe(202)
  })

  it('message-size accepts smaller messages', async () => {
    const world = createGraphWorld()
    const { id } = world.faults.switchOn('message-size')
    expect((await sendMail(world)).statusCode).toBe(202)
    expect(world.faults.callsOf(id)).toEqual([])
  })

  it('mailbox-full refuses a new draft, and allows existing messages to be changed, moved and deleted', async () => {
    const world = createGraphWorld()
    const { restId } = world.receive('invoice')
    world.faults.switchOn('mailbox-full', { mailbox: 'anna@contoso.example' })
    expect((await world.post('/me/messages', { subject: 'Draft' })).statusCode).toBe(507)
    expect((await world.ask('PATCH', `/me/messages/${restId}`, { body: { isRead: true } })).statusCode).toBe(200)
    const moved = await world.post(`/me/messages/${restId}/move`, { destinationId: 'archive' })
    expect(moved.statusCode).toBe(201)
    expect((await world.ask('DELETE', `/me/messages/${moved.body.id}`)).statusCode).toBe(204)
  })

  it("send-as-withdrawn refuses another user's name, but not the sender's own", async () => {
    const world = createGraphWorld()
    const { id } = world.faults.switchOn('send-as-withdrawn', { user: 'anna@contoso.example' })
    expect((await sendMail(world)).statusCode).toBe(202)
    expect(world.faults.callsOf(id)).toEqual([])
    const answer = await sendMail(world, IN_SUPPORTS_NAME)
    expect([answer.statusCode, answer.body.error.code]).toEqual([403, 'ErrorSendAsDenied'])
    world.faults.switchOff(id)
    expect((await sendMail(world, IN_SUPPORTS_NAME)).statusCode).toBe(202)
  })

  it("sent-copy-late delays the copy in Sent Items, by the sandbox's clock", async () => {
    const world = createGraphWorld()
    const copies = async () => (await world.get('/me/mailFolders/sentitems/messages')).body.value.length
    world.faults.switchOn('sent-copy-late', { mailbox: 'anna@contoso.example' }, { seconds: 600 })
    const before = await copies()
    expect((await sendMail(world)).statusCode).toBe(202)
    world.clock.move(599_000)
    await world.deferred.runDue()
    expect([world.transport.submissions.length, await copies()]).toEqual([1, before])
    world.clock.move(2000)
    await world.deferred.runDue()
    expect(await copies()).toBe(before + 1)
  })

  it('send-answer-lost sends the message and cuts the connection', async () => {
    const world = createGraphWorld()
    const { id } = world.faults.switchOn('send-answer-lost', { mailbox: 'anna@contoso.example' }, { times: 1 })
    await expect(sendMail(world)).rejects.toThrow()
    expect(world.transport.submissions).toHaveLength(1)
    expect(world.faults.callsOf(id)).toHaveLength(1)
    expect((await sendMail(world)).statusCode).toBe(202)
    world.clock.move(60_000)
    await world.deferred.runDue()
    const sent = (await world.get('/me/mailFolders/sentitems/messages?$top=50')).body.value
    expect(sent.filter(({ subject }) => subject === 'Hi')).toHaveLength(2)
    expect(world.reported).toEqual([])
  })
})

describe('a fault of reading', () => {
  it.each([
    ['resyncRequired', 'messages/delta'],
    ['syncStateNotFound', 'messages/delta'],
  ])('delta-expired invalidates older links, with %s, and no later ones', async (code, path) => {
    const world = createGraphWorld()
    const url = `/me/mailFolders/inbox/${path}`
    const linkOf = async (from: string) => {
      let { body } = await world.get(from)
      while (body['@odata.nextLink'] !== undefined) ({ body } = await world.get(body['@odata.nextLink']))
      return body['@odata.deltaLink']!
    }
    const link = await linkOf(url)
    world.clock.move(1000)
    world.faults.switchOn('delta-expired', { mailbox: 'ben@contoso.example' }, { code })
    expect((await world.get(link)).statusCode).toBe(200)
    world.faults.switchOn('delta-expired', { mailbox: 'anna@contoso.example' }, { code })
    const answer = await world.get(link)
    expect([answer.statusCode, answer.body.error.code]).toEqual([410, code])
    expect(answer.headers['location']).toContain('/messages/delta')

    world.clock.move(1000)
    expect((await world.get(await linkOf(url))).statusCode).toBe(200)
  })

  it('delta-expired also invalidates the links of folders', async () => {
    const world = createGraphWorld()
    const link = (await world.get('/me/mailFolders/delta?$top=100')).body['@odata.deltaLink']!
    world.clock.move(1000)
    world.faults.switchOn('delta-expired')
    expect((await world.get(link)).statusCode).toBe(410)
  })

  it.each([
    ['delta-stuck', true],
    ['delta-silent', false],
  ])(
    '%s withholds changes, lists them in a new round, and returns them after it is switched off',
    async (fault, isToldAnew) => {
      const world = createGraphWorld()
      const url = '/me/mailFolders/inbox/messages/delta'
      const walk = async (from: string) => {
        const ids: unknown[] = []
        let { body } = await world.get(from)
        for (;;) {
          ids.push(...(body.value as { id: unknown }[]).map(({ id }) => id))
          if (body['@odata.deltaLink'] !== undefined) return { ids, link: body['@odata.deltaLink'] }
          ;({ body } = await world.get(body['@odata.nextLink']!))
        }
      }
      const { link } = await walk(url)
      world.clock.move(1000)
      const { id } = world.faults.switchOn(fault, { mailbox: 'anna@contoso.example' })
      await walk(link)
      expect(world.faults.callsOf(id)).toEqual([])
      world.clock.move(1000)
      const { restId } = world.receive('invoice')

      const silent = await walk(link)
      expect(silent.ids).toEqual([])
      expect(world.faults.callsOf(id)).toHaveLength(1)
      const list = await world.get('/me/mailFolders/inbox/messages?$orderby=receivedDateTime desc&$top=1&$select=id')
      expect((list.body.value as { id: unknown }[]).map((each) => each.id)).toEqual([restId])
      const anew = await walk(url)
      expect(anew.ids.includes(restId)).toBe(isToldAnew)

      world.faults.switchOff(id)
      expect((await walk(silent.link)).ids).toContain(restId)
      if (!isToldAnew) expect((await walk(anew.link)).ids).toContain(restId)
    },
  )

  it('graph-truncated-json truncates only responses to reads', async () => {
    const world = createGraphWorld()
    world.receive('invoice')
    const whole = await world.get('/me/messages')
    const { id } = world.faults.switchOn('graph-truncated-json', { user: 'anna@contoso.example' })
    await expect(world.get('/me/messages')).rejects.toThrow(SyntaxError)
    expect((await world.post('/me/messages', { subject: 'Draft' })).statusCode).toBe(201)
    expect((await world.get('/me/messages', { as: world.person(BEN, 'Mail.Read') })).statusCode).toBe(200)
    expect(world.faults.callsOf(id)).toHaveLength(1)
    world.faults.switchOff(id)
    expect((await world.get('/me/messages')).statusCode).toBe(whole.statusCode)
  })

  it('affects only the chosen kinds of calls', async () => {
    const world = createGraphWorld()
    world.faults.switchOn('graph-unavailable', {}, { calls: 'delta' })
    expect((await world.get('/me/messages')).statusCode).toBe(200)
    expect((await world.get('/me/mailFolders/inbox/messages/delta')).statusCode).toBe(503)
    world.faults.switchOn('graph-throttled', {}, { calls: 'send' })
    expect((await world.post('/me/messages', { subject: 'Draft' })).statusCode).toBe(201)
    expect((await world.post('/me/sendMail', {})).statusCode).toBe(429)
  })

  it('graph-hangs leaves only the affected callers waiting', async () => {
    const world = createGraphWorld()
    const { id } = world.faults.switchOn('graph-hangs', { mailbox: 'anna@contoso.example' })
    const waiting = expect(world.get('/me/messages')).rejects.toThrow('destroyed')
    const other = await world.get('/me/messages', { as: world.person(BEN, 'Mail.Read') })
    expect(other.statusCode).toBe(200)
    expect(world.faults.callsOf(id)).toHaveLength(1)
    world.faults.switchOff(id)
    await waiting
  })

  it('graph-connection-cut changes nothing before it cuts the connection', async () => {
    const world = createGraphWorld()
    world.faults.switchOn('graph-connection-cut', { mailbox: 'anna@contoso.example' }, { calls: 'write' })
    const before = (await world.get('/me/mailFolders/drafts')).body['totalItemCount']
    await expect(world.post('/me/messages', { subject: 'Draft' })).rejects.toThrow()
    expect((await world.get('/me/mailFolders/drafts')).body['totalItemCount']).toBe(before)
  })

  it('graph-clock-skew shifts the Date header', async () => {
    const world = createGraphWorld()
    const dateOf = async () => Date.parse(String((await world.get('/me/messages')).headers['date']))
    expect(await dateOf()).toBe(world.clock.now().getTime())
    world.faults.switchOn('graph-clock-skew', {}, { aheadSeconds: 3600 })
    expect(await dateOf()).toBe(world.clock.now().getTime() + 3_600_000)
  })
})

describe('a claims challenge', () => {
  it.each(['claims-challenge', 'sessions-revoked'])(
    '%s is sent for older tokens of clients that support it',
    async (fault) => {
      const world = createGraphWorld()
      const old = { ...world.person(ANNA, 'Mail.Read'), claimsCapable: true }
      world.faults.switchOn(fault, { user: 'ben@contoso.example' })
      expect((await world.get('/me/messages', { as: old })).statusCode).toBe(200)
      const { id } = world.faults.switchOn(fault, { user: 'anna@contoso.example' })
      const answer = await world.get('/me/messages', { as: old })

      expect(answer.statusCode).toBe(401)
      const challenge = String(answer.headers['www-authenticate'])
      expect(challenge).toMatch(/^Bearer realm="", authorization_uri="[^"]+", error="insufficient_claims", claims="/)
      const claims = /claims="([^"]+)"/.exec(challenge)![1]!
      expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toEqual({
        access_token: { nbf: { essential: true, value: String(Math.floor(world.clock.now().getTime() / 1000)) } },
      })
      expect(world.faults.callsOf(id)).toHaveLength(1)
      expect((await world.get('/me/messages', { as: { ...old, claimsCapable: false } })).statusCode).toBe(200)
      const renewed = { ...old, issuedAt: world.clock.now().getTime() + 1000 }
      expect((await world.get('/me/messages', { as: renewed })).statusCode).toBe(200)
    },
  )
})

function askForSupport(world: GraphWorld, userId = ANNA) {
  return world.get(INBOX, { as: world.person(userId, 'Mail.ReadWrite.Shared') })
}
