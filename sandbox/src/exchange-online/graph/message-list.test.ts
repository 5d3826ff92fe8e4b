import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld, type GraphWorld } from './graph-test-world.ts'

describe('listing messages', () => {
  it('returns pages of ten, newest first, each with the link to the next', async () => {
    const { receive, get, all } = createGraphWorld()
    for (let i = 0; i < 25; i++) receive(`m${i}`)
    const first = await get('/me/mailFolders/inbox/messages?$select=subject')

    expect(first.body.value).toHaveLength(10)
    expect(first.body.value[0]!.subject).toBe('m24')
    expect(first.body['@odata.nextLink']).toMatch(
      /\/v1\.0\/me\/mailFolders\/inbox\/messages\?\$select=subject&\$skiptoken=/,
    )
    const subjects = (await all('/me/mailFolders/inbox/messages?$select=subject')).map(({ subject }) => subject)
    expect(subjects).toEqual(Array.from({ length: 25 }, (_, i) => `m${24 - i}`))
  })

  it('counts, skips and limits as requested', async () => {
    const { receive, get } = createGraphWorld()
    for (let i = 0; i < 5; i++) receive(`m${i}`)
    const { body } = await get('/me/messages?$top=2&$skip=1&$count=true')
    expect(body['@odata.count']).toBe(5)
    expect(body.value.map(({ subject }) => subject)).toEqual(['m3', 'm2'])
    expect((await get('/me/messages/$count')).text).toBe('5')
    expect((await get('/me/messages', { headers: { prefer: 'odata.maxpagesize=3' } })).body.value).toHaveLength(3)
  })

  it.each([
    ['$top=1001', /limit of '1000' for Top query has been exceeded/],
    ['$top=many', /requires a non-negative integer value/],
    ['$colour=red', /query parameter '\$colour' is not supported/],
    ['$top=1&$top=2', /specified more than once/],
    ['$filter=isRead eqq true', /Syntax error at position 7 in/],
    ['$filter=colour eq 1', /Could not find a property named 'colour'/],
    ['$skiptoken=abc', /skiptoken is not valid/],
    ['$expand=colour', /Could not find a property named 'colour'/],
  ])('refuses %s and names the reason', async (query, reason) => {
    const { statusCode, body } = await createGraphWorld().get(`/me/messages?${query}`)
    expect(statusCode).toBe(400)
    expect(body.error.message).toMatch(reason)
  })

  it('accepts the link of one list for no other list', async () => {
    const { receive, get } = createGraphWorld()
    for (let i = 0; i < 12; i++) receive(`m${i}`)
    const token = /\$skiptoken=([^&]+)/.exec((await get('/me/messages')).body['@odata.nextLink']!)![1]!
    expect((await get(`/me/messages?$skiptoken=${token}`)).statusCode).toBe(200)
    expect((await get(`/me/mailFolders/inbox/messages?$skiptoken=${token}`)).statusCode).toBe(400)
    expect((await get(`/me/messages?$orderby=subject&$skiptoken=${token}`)).statusCode).toBe(400)
    expect((await get(`/users/${ANNA}/messages?$filter=isRead eq true&$skiptoken=${token}`)).statusCode).toBe(400)
  })

  it.each([
    ["subject eq 'BETA'", ['beta']],
    ["contains(subject,'et')", ['beta']],
    ["startswith(subject, 'alp') or startswith(subject, 'gam')", ['alpha', 'gamma']],
    ['isRead eq true', ['beta']],
    ['not (isRead eq true)', ['alpha', 'gamma']],
    ['isRead', ['beta']],
    ["from/emailAddress/address eq 'boss@contoso.example'", ['gamma']],
    ["importance eq 'high'", ['gamma']],
    ["categories/any(c:c eq 'Red')", ['alpha']],
    ['receivedDateTime ge 2026-11-02T08:02:00Z', ['beta', 'gamma']],
    ['receivedDateTime gt 2026-11-02T08:02:00Z', ['gamma']],
    ['receivedDateTime eq 2026-11-02T09:02:00+01:00', ['beta']],
    ['receivedDateTime lt 2026-11-03 and hasAttachments eq false', ['alpha', 'beta', 'gamma']],
    ["internetMessageId eq '<alpha@customer.example>'", ['alpha']],
    ["flag/flagStatus eq 'flagged'", []],
  ])('filters by %s', async (filter, expected) => {
    const { receive, get, mailStore } = createGraphWorld()
    const alpha = receive('alpha')
    const beta = receive('beta')
    receive('gamma', { importance: 'high', from: { name: 'Boss', address: 'boss@contoso.example' } })
    mailStore.updateFlags(alpha.key, { categories: ['Red', 'Blue'] })
    mailStore.updateFlags(beta.key, { isRead: true })

    const { body } = await get(`/me/messages?$select=subject&$filter=${encodeURIComponent(filter)}`)
    expect(body.value.map(({ subject }) => subject).sort()).toEqual(expected)
  })

  it('sorts first by the filtered properties, and refuses other orders as inefficient', async () => {
    const { receive, get } = createGraphWorld()
    for (const subject of ['b', 'a', 'c']) receive(subject)
    const ask = (filter: string, orderBy: string) =>
      get(`/me/messages?$filter=${encodeURIComponent(filter)}&$orderby=${encodeURIComponent(orderBy)}`)

    expect((await get('/me/messages?$orderby=subject')).body.value.map(({ subject }) => subject)).toEqual([
      'a',
      'b',
      'c',
    ])
    const both = "receivedDateTime ge 2000-01-01 and from/emailAddress/address eq 'kim@customer.example'"
    expect((await ask(both, 'receivedDateTime desc')).statusCode).toBe(200)
    for (const [filter, orderBy] of [
      ["from/emailAddress/address eq 'kim@customer.example'", 'receivedDateTime desc'],
      ['isRead eq false and receivedDateTime ge 2000-01-01', 'receivedDateTime desc'],
      ["receivedDateTime ge 2000-01-01 and subject eq 'a'", 'subject,receivedDateTime'],
    ] as const) {
      const { statusCode, body } = await ask(filter, orderBy)
      expect([filter, statusCode, body.error.code]).toEqual([filter, 400, 'InefficientFilter'])
    }
  })

  // Messages are delivered, deleted and moved between any two pages of a list.
  it('neither loses nor duplicates messages that stay in the folder while others change between pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(
          '',
          '&$orderby=subject',
          '&$orderby=receivedDateTime asc',
          '&$orderby=sentDateTime desc,subject',
        ),
        fc.array(fc.record({ page: fc.nat(4), what: fc.constantFrom('arrive', 'remove', 'move'), which: fc.nat(20) }), {
          maxLength: 12,
        }),
        async (size, order, events) => {
          const world = createGraphWorld()
          const kept = seed(world)
          const seen: string[] = []
          let page = 0
          for (let next: string | undefined = `/me/mailFolders/inbox/messages?$top=${size}${order}`; next; page++) {
            const { body } = await world.get(next)
            seen.push(...body.value.map(({ subject }) => subject!))
            next = body['@odata.nextLink']
            for (const event of events.filter((each) => each.page === page)) happen(world, event, kept)
          }
          expect(new Set(seen).size).toBe(seen.length)
          expect(kept.filter((subject) => !seen.includes(subject))).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })
})

function seed({ receive }: GraphWorld): string[] {
  const subjects = ['d', 'a', 'c', 'b', 'e', 'g', 'f', 'h']
  for (const subject of subjects) receive(subject)
  return subjects
}

let arrived = 0

function happen(
  { mailStore, receive }: GraphWorld,
  { what, which }: { what: string; which: number },
  kept: string[],
): void {
  if (what === 'arrive') {
    receive(`${String.fromCharCode(97 + (which % 8))}-new-${arrived++}`)
    return
  }
  const inbox = mailStore.wellKnownFolder(ANNA, 'inbox').id
  const messages = mailStore.listMessages({ mailboxId: ANNA, folderId: inbox, limit: 100 })
  const message = messages[which % messages.length]
  if (!message) return
  if (kept.includes(message.subject)) kept.splice(kept.indexOf(message.subject), 1)
  if (what === 'remove') mailStore.remove(message.key)
  else mailStore.move(message.key, mailStore.wellKnownFolder(ANNA, 'archive').id)
}
