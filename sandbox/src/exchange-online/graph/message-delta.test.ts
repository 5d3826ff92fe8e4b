import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld, GRAPH_AT, type GraphItem, type GraphWorld } from './graph-test-world.ts'

const INBOX = '/me/mailFolders/inbox/messages'

describe('the message delta of a folder', () => {
  it('lists the folder first, then only changes', async () => {
    const { receive, get, ask } = createGraphWorld()
    const [first] = ['a', 'b', 'c'].map((subject) => receive(subject))
    const round = await get(`${INBOX}/delta?$select=subject,isRead`)
    expect(round.body['@odata.context']).toBe(`${GRAPH_AT}/v1.0/$metadata#Collection(message)`)
    expect(round.body.value.map((item) => Object.keys(item))).toContainEqual([
      '@odata.type',
      '@odata.etag',
      'id',
      'subject',
      'isRead',
    ])
    expect(round.body.value.map(({ subject }) => subject)).toEqual(['c', 'b', 'a'])

    const quiet = await get(round.body['@odata.deltaLink']!)
    expect(quiet.body.value).toEqual([])
    receive('d')
    await ask('DELETE', `/me/messages/${first!.restId}`)
    const { body } = await get(quiet.body['@odata.deltaLink']!)
    expect(body.value).toMatchObject([
      { subject: 'd', isRead: false },
      { '@odata.type': '#microsoft.graph.message', id: first!.restId, '@removed': { reason: 'deleted' } },
    ])
  })

  it('returns only the changed properties of an update, by default', async () => {
    const update = async (sparseDelta: boolean) => {
      const { receive, get, ask } = createGraphWorld({ habits: { sparseDelta } })
      const { restId } = receive('a')
      const { body } = await get(`${INBOX}/delta`)
      await ask('PATCH', `/me/messages/${restId}`, { body: { isRead: true } })
      return (await get(body['@odata.deltaLink']!)).body.value[0]!
    }
    expect(Object.keys(await update(true)).sort()).toEqual([
      '@odata.etag',
      '@odata.type',
      'id',
      'isRead',
      'parentFolderId',
    ])
    expect(Object.keys(await update(false))).toContain('subject')
  })

  it('omits changes to properties that were not selected', async () => {
    const { receive, get, ask } = createGraphWorld()
    const { restId } = receive('a')
    const { body } = await get(`${INBOX}/delta?$select=subject`)
    await ask('PATCH', `/me/messages/${restId}`, { body: { isRead: true } })
    expect((await get(body['@odata.deltaLink']!)).body.value).toEqual([])
  })

  it('returns a message that was moved away and back as a new one by default ids, and as the same by immutable ids', async () => {
    const { receive, get, mailStore } = createGraphWorld()
    const { key, restId, immutableId } = receive('a')
    const before = (await get(`${INBOX}/delta?$select=subject`)).body['@odata.deltaLink']!
    mailStore.move(key, mailStore.wellKnownFolder(ANNA, 'archive').id)
    const { restId: another } = mailStore.move(key, mailStore.wellKnownFolder(ANNA, 'inbox').id)

    expect((await get(before)).body.value).toMatchObject([
      { id: restId, '@removed': { reason: 'deleted' } },
      { id: another, subject: 'a' },
    ])
    const headers = { prefer: 'IdType="ImmutableId"' }
    expect((await get(before, { headers })).body.value).toMatchObject([{ id: immutableId, subject: 'a' }])
  })

  it('keeps the options of the first call in its links', async () => {
    const { receive, get } = createGraphWorld()
    for (let i = 0; i < 4; i++) receive(`m${i}`)
    const { body } = await get(`${INBOX}/delta?$select=subject&$top=2&$filter=receivedDateTime ge 2026-11-02T08:02:00Z`)
    expect(body.value.map(({ subject }) => subject)).toEqual(['m3', 'm2'])
    expect(body['@odata.nextLink']).toMatch(/messages\/delta\?\$skiptoken=[^&]+$/)
    const second = await get(body['@odata.nextLink']!)
    expect(second.body.value.map(({ subject }) => subject)).toEqual(['m1'])
    expect(second.body['@odata.deltaLink']).toMatch(/messages\/delta\?\$deltatoken=[^&]+$/)
  })

  it('stops at 5,000 messages under a filter', async () => {
    const { mailStore, all, get, receive } = createGraphWorld()
    const inbox = mailStore.wellKnownFolder(ANNA, 'inbox').id
    const one = receive('x')
    for (let i = 0; i < 5001; i++) mailStore.copy(one.key, inbox)
    const filtered = await all(`${INBOX}/delta?$select=id&$top=1000&$filter=receivedDateTime ge 2000-01-01`)
    expect(filtered).toHaveLength(5000)
    expect((await get(`${INBOX}/$count`)).text).toBe('5002')
  })

  it.each([
    ['created', ['new']],
    ['updated', ['old']],
    ['deleted', [undefined]],
  ])('returns only messages %s in later rounds, on request', async (changeType, expected) => {
    const { receive, get, ask } = createGraphWorld()
    const [old, gone] = [receive('old'), receive('gone')]
    const { body } = await get(`${INBOX}/delta?changeType=${changeType}`)
    expect(body.value).toHaveLength(2)
    receive('new')
    await ask('PATCH', `/me/messages/${old.restId}`, { body: { isRead: true } })
    await ask('DELETE', `/me/messages/${gone.restId}`)
    const { value } = (await get(body['@odata.deltaLink']!)).body
    expect(value.map(({ id }) => (id === old.restId ? 'old' : id === gone.restId ? undefined : 'new'))).toEqual(
      expected,
    )
  })

  it('occasionally returns an empty page with only a next link', async () => {
    const { receive, get } = createGraphWorld()
    for (let i = 0; i < 6; i++) receive(`m${i}`)
    const sizes: number[] = []
    for (let next: string | undefined = `${INBOX}/delta?$top=1`; next !== undefined;) {
      const { body } = await get(next)
      sizes.push(body.value.length)
      next = body['@odata.nextLink']
    }
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(0)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(6)
  })

  it('answers an expired link with 410 and the address for a new round', async () => {
    const { receive, get, mailStore } = createGraphWorld()
    receive('a')
    const link = (await get(`${INBOX}/delta`)).body['@odata.deltaLink']!
    receive('b')
    mailStore.forgetChangesUpTo(mailStore.lastSequence())
    const tooOld = await get(link)
    expect([tooOld.statusCode, tooOld.body.error.code]).toEqual([410, 'resyncRequired'])
    const restarted = await get(String(tooOld.headers['location']))
    expect(restarted.body.value).toHaveLength(2)

    const unknown = await createGraphWorld().get(link)
    expect([unknown.statusCode, unknown.body.error.code]).toEqual([410, 'syncStateNotFound'])
    const elsewhere = link.replace(/mailFolders\('[^']+'\)/, "mailFolders('archive')")
    expect((await get(elsewhere)).statusCode).toBe(410)
  })

  it.each([
    '$deltatoken=abc',
    '$skiptoken=',
    '$deltatoken=%00',
    '$filter=isRead eq true',
    '$orderby=subject',
    '$skip=1',
    'changeType=moved',
  ])(
    // prettier-ignore
    'refuses %s as malformed',
    async (query) => {
      expect((await createGraphWorld().get(`${INBOX}/delta?${query}`)).statusCode).toBe(400)
    },
  )

  it('refuses a token of another kind of link', async () => {
    const { receive, get } = createGraphWorld()
    for (let i = 0; i < 12; i++) receive(`m${i}`)
    const ofList = (await get(INBOX)).body['@odata.nextLink']!.split('?')[1]!
    expect((await get(`${INBOX}/delta?${ofList}`)).body.error.code).toBe('InvalidSyncStateData')
    const ofFolders = (await get('/me/mailFolders/delta')).body['@odata.deltaLink']!.split('?')[1]!
    expect((await get(`${INBOX}/delta?${ofFolders}`)).body.error.code).toBe('InvalidSyncStateData')
  })

  it('is available for a folder, but not for a mailbox', async () => {
    expect((await createGraphWorld().get('/me/messages/delta')).statusCode).toBe(400)
  })

  /**
   * A client that applies all delta results, merges sparse items and resumes from any earlier link ends with the
   * content of the folder. Holds for default and immutable ids, and for changes at any page.
   */
  it('leads from any link to the current content of the folder', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.oneof(operation, fc.constant('sync' as const)), { minLength: 1, maxLength: 25 }),
        fc.nat(),
        async (immutable, sparseDelta, size, steps, from) => {
          const world = createGraphWorld({ habits: { sparseDelta } })
          const headers: Record<string, string> = immutable ? { prefer: 'IdType="ImmutableId"' } : {}
          const known: Known = new Map()
          const links: { link: string; known: Known }[] = [
            { link: `${INBOX}/delta?$select=subject,isRead,flag,categories&$top=${size}`, known: new Map() },
          ]
          const page = async (link: string, into: Known) => {
            const { body } = await world.get(link, { headers })
            merge(into, body.value)
            const next = (body['@odata.nextLink'] ?? body['@odata.deltaLink'])!
            return { next, isLast: body['@odata.deltaLink'] !== undefined }
          }
          const finish = async (start: string, into: Known) => {
            for (let link = start; ;) {
              const { next, isLast } = await page(link, into)
              if (isLast) return next
              link = next
            }
          }

          for (const step of steps) {
            if (step !== 'sync') perform(world, step)
            else {
              const { next } = await page(links.at(-1)!.link, known)
              links.push({ link: next, known: new Map(known) })
            }
          }

          const resumed = links[from % links.length]!
          // First to the end of the current round, then for changes during that round.
          await finish(await finish(resumed.link, resumed.known), resumed.known)
          expect(plain(resumed.known)).toEqual(await stateOf(world, headers))
        },
      ),
      { numRuns: 150 },
    )
  })
})

type Known = Map<string, GraphItem>

function merge(known: Known, items: readonly GraphItem[]): void {
  for (const item of items) {
    if ('@removed' in item) known.delete(item.id)
    else known.set(item.id, { ...known.get(item.id), ...item })
  }
}

function plain(known: Known): object {
  return Object.fromEntries([...known].map(([id, { subject, isRead, flag, categories }]) => [id, { subject, isRead, flag, categories }])) // prettier-ignore
}

async function stateOf({ all }: GraphWorld, headers: Record<string, string>): Promise<object> {
  const items = await all(`${INBOX}?$select=subject,isRead,flag,categories&$top=100`, { headers })
  return plain(new Map(items.map((item) => [item.id, item])))
}

const operation = fc.record({
  what: fc.constantFrom('arrive', 'remove', 'moveOut', 'moveBack', 'outAndBack', 'read', 'flag', 'categorize', 'edit'),
  which: fc.nat(50),
})

let number = 0

function perform({ mailStore, receive }: GraphWorld, { what, which }: { what: string; which: number }): void {
  const folder = (name: 'inbox' | 'archive') => mailStore.wellKnownFolder(ANNA, name).id
  const pick = (name: 'inbox' | 'archive') => {
    const messages = mailStore.listMessages({ mailboxId: ANNA, folderId: folder(name), limit: 100 })
    return messages[which % messages.length]
  }
  if (what === 'arrive') {
    receive(`m${number++}`)
    return
  }
  const message = pick(what === 'moveBack' ? 'archive' : 'inbox')
  if (!message) return
  if (what === 'remove') mailStore.remove(message.key)
  if (what === 'moveOut') mailStore.move(message.key, folder('archive'))
  if (what === 'moveBack') mailStore.move(message.key, folder('inbox'))
  if (what === 'outAndBack') mailStore.move(mailStore.move(message.key, folder('archive')).key, folder('inbox'))
  if (what === 'read') mailStore.updateFlags(message.key, { isRead: !message.isRead })
  if (what === 'flag') mailStore.updateFlags(message.key, { flagStatus: which % 2 ? 'flagged' : 'complete' })
  if (what === 'categorize') mailStore.updateFlags(message.key, { categories: [`c${which}`] })
  if (what === 'edit') mailStore.updateContent(message.key, { subject: `edited ${which}` })
}
