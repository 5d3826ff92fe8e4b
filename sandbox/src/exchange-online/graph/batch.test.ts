import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld, type GraphWorld } from './graph-test-world.ts'

interface Answered {
  id: string
  status: number
  headers: Record<string, string>
  body?: { value?: { subject: string }[]; id?: string; error?: { code: string } }
}

const JSON_BODY = { 'Content-Type': 'application/json' }

describe('a batch', () => {
  it('answers each request like a single one', async () => {
    const world = createGraphWorld()
    world.receive('invoice')
    const { status, byId } = await send(world, [
      { id: '1', method: 'GET', url: '/me/messages?$select=subject' },
      { id: 'two', method: 'post', url: 'me/messages', headers: JSON_BODY, body: { subject: 'Draft' } },
      { id: '3', method: 'GET', url: '/me/messages/none' },
      { id: '4', method: 'POST', url: '/me/sendMail', headers: JSON_BODY, body: { message: TO_KIM } },
    ])

    expect(status).toBe(200)
    expect(byId('1')).toMatchObject({ status: 200, body: { value: [{ subject: 'invoice' }] } })
    expect(byId('1')?.headers['Content-Type']).toContain('application/json')
    expect(byId('two')).toMatchObject({ status: 201, body: { subject: 'Draft' } })
    expect(byId('two')?.headers['Location']).toContain('/v1.0/me/messages/')
    expect(byId('3')?.status).toBe(400)
    expect(byId('4')).toEqual({ id: '4', status: 202, headers: expect.any(Object) as object })
    expect(world.transport.submissions).toHaveLength(1)
  })

  it('returns bodies other than JSON in base64', async () => {
    const world = createGraphWorld()
    const { restId } = world.receive('invoice')
    const { byId } = await send(world, [{ id: '1', method: 'GET', url: `/me/messages/${restId}/$value` }])
    expect(Buffer.from(byId('1')?.body as string, 'base64').toString()).toContain('Subject: invoice')
  })

  it('runs dependent requests last, and fails them when their dependency failed', async () => {
    const world = createGraphWorld()
    const { restId } = world.receive('invoice')
    const move = (id: string, message: string, ...dependsOn: string[]) => ({
      id,
      method: 'POST',
      url: `/me/messages/${message}/move`,
      headers: JSON_BODY,
      body: { destinationId: 'archive' },
      dependsOn,
    })
    const { byId } = await send(world, [
      { id: 'list', method: 'GET', url: '/me/mailFolders/archive/messages', dependsOn: ['move'] },
      move('after', restId, 'broken'),
      move('move', restId),
      move('broken', 'none'),
      { id: 'last', method: 'GET', url: '/me/messages', dependsOn: ['after'] },
    ])
    expect(byId('list')?.body?.value).toHaveLength(1)
    expect([byId('broken')?.status, byId('after')?.status, byId('last')?.status]).toEqual([400, 424, 424])
  })

  it('runs at most four requests per mailbox at a time, so that Outlook refuses none of twenty', async () => {
    const world = createGraphWorld()
    const { responses } = await send(
      world,
      Array.from({ length: 20 }, (_, i) => ({ id: String(i), method: 'GET', url: '/me/messages' })),
    )
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
  })

  it('reports a fault in the response of the affected request', async () => {
    const world = createGraphWorld()
    world.faults.switchOn('graph-throttled', {}, { calls: 'delta' })
    const { status, byId } = await send(world, [
      { id: '1', method: 'GET', url: '/me/messages' },
      { id: '2', method: 'GET', url: '/me/mailFolders/inbox/messages/delta' },
    ])
    expect([status, byId('1')?.status, byId('2')?.status]).toEqual([200, 200, 429])
    expect(byId('2')?.headers['Retry-After']).toBe('30')
    world.faults.switchOn('graph-connection-cut', { mailbox: 'anna@contoso.example' })
    expect((await send(world, [{ id: '1', method: 'GET', url: '/me/messages' }])).byId('1')?.status).toBe(504)
  })

  it('uses only its own token', async () => {
    const world = createGraphWorld()
    const ada = world.bearer(world.person('00000000-0000-4000-8000-000000000001', 'Mail.ReadWrite', 'User.Read'))
    const { byId } = await send(world, [{ id: '1', method: 'GET', url: '/me', headers: { Authorization: ada } }])
    expect(byId('1')?.body?.id).toBe(ANNA)
  })

  it.each([
    ['nothing', {}],
    ['no list', { requests: 'x' }],
    ['an empty list', { requests: [] }],
    [
      'more than twenty',
      { requests: Array.from({ length: 21 }, (_, i) => ({ id: `${i}`, method: 'GET', url: '/me' })) },
    ],
    ['no id', { requests: [{ method: 'GET', url: '/me' }] }],
    ['an id twice', { requests: [1, 2].map(() => ({ id: '1', method: 'GET', url: '/me' })) }],
    ['no method', { requests: [{ id: '1', url: '/me' }] }],
    ['another method', { requests: [{ id: '1', method: 'TRACE', url: '/me' }] }],
    ['an absolute URL', { requests: [{ id: '1', method: 'GET', url: 'http://graph.example/v1.0/me' }] }],
    ['another host', { requests: [{ id: '1', method: 'GET', url: '//graph.example/me' }] }],
    ['a batch in it', { requests: [{ id: '1', method: 'POST', url: '/%24batch', headers: JSON_BODY, body: {} }] }],
    ['a body of no type', { requests: [{ id: '1', method: 'POST', url: '/me/messages', body: {} }] }],
    ['a header that is none', { requests: [{ id: '1', method: 'GET', url: '/me', headers: { 'x\r\ny': 'z' } }] }],
    ['a dependency on a missing request', { requests: [{ id: '1', method: 'GET', url: '/me', dependsOn: ['2'] }] }],
    [
      'a circle',
      { requests: ['1', '2'].map((id, i, all) => ({ id, method: 'GET', url: '/me', dependsOn: [all[1 - i]] })) },
    ],
  ])('with %s is refused as a whole', async (_name, body) => {
    const world = createGraphWorld()
    const answer = await world.post('/$batch', body)
    expect([answer.statusCode, answer.body.error.code]).toEqual([400, 'BadRequest'])
  })

  it('never fails with an internal error, whatever it contains', async () => {
    const world = createGraphWorld()
    const item = fc.record(
      {
        id: fc.constantFrom('1', '2', '3', ''),
        method: fc.constantFrom('GET', 'POST', 'DELETE', 'x', '__proto__'),
        url: fc.oneof(
          fc.constantFrom('/me', '/me/messages', '/subscriptions', '%', '/..', '/me/messages/%00'),
          fc.string(),
        ),
        headers: fc.oneof(
          fc.constant(JSON_BODY),
          fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
          fc.jsonValue(),
        ),
        body: fc.jsonValue(),
        dependsOn: fc.oneof(fc.constantFrom(['1'], ['2'], []), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 4 }), async (requests) => {
        world.clock.move(1000)
        const answer = await world.post('/$batch', JSON.stringify({ requests }), {
          headers: { 'content-type': 'application/json' },
        })
        expect([200, 400]).toContain(answer.statusCode)
        expect(world.reported).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

const TO_KIM = { subject: 'Hi', toRecipients: [{ emailAddress: { address: 'kim@customer.example' } }] }

async function send(world: GraphWorld, requests: object[]) {
  const answer = await world.post('/$batch', { requests })
  const responses = (answer.body as unknown as { responses: Answered[] }).responses
  return { status: answer.statusCode, responses, byId: (id: string) => responses.find((each) => each.id === id) }
}
