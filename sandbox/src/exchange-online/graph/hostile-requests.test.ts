import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNA, BEN, createGraphWorld, SUPPORT } from './graph-test-world.ts'

/** Fragments of real requests, so that random ones pass the first checks. */
const world = createGraphWorld()
const message = world.receive('invoice')
const draft = world.mailStore.append(ANNA, world.mailStore.wellKnownFolder(ANNA, 'drafts').id, { ...message }, [])
const folder = world.mailStore.addFolder(ANNA, 'inbox', 'Below')

const owner = fc.constantFrom('me', 'users', `users/${ANNA}`, `users('${BEN}')`, `users/${SUPPORT}`, 'users/nobody@x')
const id = fc.constantFrom(message.restId, draft.immutableId, folder.id, 'inbox', 'x', '%00', "'", "('", '$value', '..')
const segment = fc.oneof(
  { weight: 3, arbitrary: id },
  {
    weight: 5,
    arbitrary: fc.constantFrom('messages', 'mailFolders', 'childFolders', 'attachments', 'delta', 'delta()', 'send', 'move', 'createReply', 'reply', 'replyAll', 'sendMail', '$value', '$count', 'permanentDelete', 'translateExchangeIds', 'microsoft.graph.delta', 'copy', 'createForward', 'forward'), // prettier-ignore
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }).map(encodeURIComponent) },
)
const literal = fc.constantFrom("'x'", 'true', 'null', '2026-01-01', '2026-13-99', '9e9', "''''", '-1', 'x:x', ')', '(')
const property = fc.constantFrom('subject', 'isRead', 'receivedDateTime', 'from/emailAddress/address', 'categories/any', 'categories/any(c:c eq', 'singleValueExtendedProperties/any(', 'body/content', 'constructor', '__proto__', 'id', 'displayName') // prettier-ignore
const clause = fc
  .tuple(
    fc.constantFrom('', 'not ', '(', 'contains(', 'startswith('),
    property,
    fc.constantFrom('eq', 'ge', 'ne', ',', ''),
    literal,
    fc.constantFrom('', ')', ' and', ' or '),
  ) // prettier-ignore
  .map(([before, path, operator, value, after]) => `${before}${path} ${operator} ${value}${after}`)
const option = fc.oneof(
  fc.array(clause, { maxLength: 4 }).map((clauses) => ['$filter', clauses.join(' ')]),
  fc.tuple(fc.constantFrom('$orderby', '$select', '$expand'), fc.oneof(property, fc.string({ maxLength: 20 }))),
  fc.tuple(fc.constantFrom('$top', '$skip', '$count', '$skiptoken', '$deltatoken', '$format', '$search', 'changeType', 'top'), fc.oneof(fc.string({ maxLength: 10 }), fc.nat().map(String))), // prettier-ignore
)
const url = fc
  .tuple(owner, fc.array(segment, { maxLength: 6 }), fc.array(option, { maxLength: 3 }))
  .map(([first, rest, options]) => {
    const query = options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
    return `/${[first, ...rest].join('/')}${query === '' ? '' : `?${query}`}`
  })
const bodyMember = fc.constantFrom('subject', 'body', 'toRecipients', 'from', 'flag', 'attachments', 'internetMessageHeaders', 'singleValueExtendedProperties', 'message', 'comment', 'destinationId', 'displayName', 'isRead', 'categories', 'saveToSentItems', '__proto__', 'inputIds', 'sourceIdType', 'targetIdType') // prettier-ignore
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('archive', 'restId', [{ emailAddress: { address: 'a@b.example' } }], [{ emailAddress: 7 }], { contentType: 'html', content: '<p>' }, [{ id: 'Integer 0x0E07', value: '1' }], { toRecipients: [{ emailAddress: { address: '\r\nBcc: x@y.example' } }] }), // prettier-ignore
)
const body = fc.oneof(fc.dictionary(bodyMember, value, { maxKeys: 4 }), fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined)) // prettier-ignore
const headers = fc.record(
  {
    prefer: fc.oneof(fc.constantFrom('IdType="ImmutableId"', 'outlook.body-content-type="text"', 'odata.maxpagesize=0', 'a=b;c,,"'), fc.stringMatching(/^[\x20-\x7e]{0,20}$/)), // prettier-ignore
    'if-match': fc.stringMatching(/^[\x21-\x7e]{1,20}$/),
    'content-type': fc.constantFrom('application/json', 'text/plain', 'text/html', 'application/octet-stream', 'x'),
  },
  { requiredKeys: [] },
)

describe('a random request', () => {
  it('gets a documented response, never a 500', async () => {
    const as = world.person(
      ANNA,
      'Mail.ReadWrite',
      'Mail.Send',
      'Mail.ReadWrite.Shared',
      'Mail.Send.Shared',
      'User.Read',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT' as const),
        url,
        body,
        headers,
        async (method, path, json, more) => {
          world.clock.move(100) // Paced to stay within Outlook's limits.
          const payload = json === undefined ? undefined : JSON.stringify(json)
          const answer = await world.ask(method, path, {
            as,
            ...(payload !== undefined && method !== 'GET' && { body: payload }),
            headers: {
              ...(payload !== undefined && method !== 'GET' && { 'content-type': 'application/json' }),
              ...more,
            },
          })
          expect(world.reported).toEqual([])
          expect([200, 201, 202, 204, 400, 403, 404, 405, 409, 410, 412, 413, 415, 501]).toContain(answer.statusCode)
          if (answer.statusCode < 400) return
          expect(answer.body.error.code).toMatch(/^\w+$/)
          expect(answer.body.error.message).not.toBe('')
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('can be long and deeply nested', async () => {
    const filters = ['('.repeat(500), 'not '.repeat(200) + 'isRead', 'isRead or '.repeat(700) + 'isRead', `contains(${'contains('.repeat(100)}`] // prettier-ignore
    world.clock.move(1000)
    for (const filter of filters) {
      const { statusCode } = await world.get(`/me/messages?$filter=${encodeURIComponent(filter)}`)
      expect([filter.slice(0, 12), [200, 400].includes(statusCode)]).toEqual([filter.slice(0, 12), true])
    }
    const payload = `{"subject":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
    const { statusCode } = await world.post('/me/messages', payload, {
      headers: { 'content-type': 'application/json' },
    })
    expect(statusCode).toBe(400)
  })
})
