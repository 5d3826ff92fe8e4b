import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNA, BEN, createGraphWorld, type GraphItem, type GraphWorld } from './graph-test-world.ts'

describe('mail folders', () => {
  it("have exactly Graph's properties, and include hidden folders only on request", async () => {
    const { get, mailStore, receive, all } = createGraphWorld()
    receive('one')
    mailStore.updateFlags(receive('two').key, { isRead: true })
    mailStore.addFolder(ANNA, 'msgfolderroot', 'Machinery', { isHidden: true })
    mailStore.addFolder(ANNA, 'inbox', 'Below')

    const { body } = await get('/me/mailFolders/inbox')
    expect(Object.keys(body)).toEqual([
      '@odata.context',
      'id',
      'displayName',
      'parentFolderId',
      'childFolderCount',
      'unreadItemCount',
      'totalItemCount',
      'isHidden',
    ])
    expect(body).toMatchObject({ displayName: 'Inbox', totalItemCount: 2, unreadItemCount: 1, childFolderCount: 1 })
    const names = async (query: string) => (await all(`/me/mailFolders?${query}`)).map((each) => each['displayName'])
    expect(await names('$top=3')).toContain('Sent Items')
    expect(await names('')).not.toContain('Machinery')
    expect(await names('includeHiddenFolders=true')).toContain('Machinery')
    expect((await get('/me/mailFolders/inbox/childFolders')).body.value).toMatchObject([{ displayName: 'Below' }])
    expect((await get("/me/mailFolders?$filter=displayName eq 'inbox'&$count=true")).body['@odata.count']).toBe(1)
    expect((await get('/me/mailFolders/msgfolderroot')).body).not.toHaveProperty('parentFolderId')
  })

  it("have names in the mailbox's language, and are found by well-known names", async () => {
    const { get, person } = createGraphWorld()
    const { body } = await get('/me/mailFolders/sentitems', { as: person(BEN, 'Mail.ReadBasic') })
    expect(body['displayName']).toBe('Gesendete Elemente')
  })

  it('are created, renamed, moved and deleted, except for well-known ones', async () => {
    const { get, post, ask } = createGraphWorld()
    const made = await post('/me/mailFolders', { displayName: 'Projects' })
    expect(made.statusCode).toBe(201)
    const inside = await post(`/me/mailFolders/${made.body.id}/childFolders`, { displayName: '2026' })
    expect((await post('/me/mailFolders', { displayName: 'projects' })).body.error).toMatchObject({
      code: 'ErrorFolderExists',
      message: 'A folder with the specified name already exists.',
    })
    expect((await post('/me/mailFolders', { displayName: ' ' })).statusCode).toBe(400)
    const renamed = await ask('PATCH', `/me/mailFolders/${made.body.id}`, { body: { displayName: 'Work' } })
    expect(renamed.body).toMatchObject({ id: made.body.id, displayName: 'Work' })
    expect((await ask('PATCH', '/me/mailFolders/inbox', { body: { displayName: 'In' } })).statusCode).toBe(403)

    const below = `/me/mailFolders/${made.body.id}/move`
    expect((await post(below, { destinationId: inside.body.id })).statusCode).toBe(400)
    expect((await post(below, { destinationId: 'archive' })).statusCode).toBe(201)
    expect((await post('/me/mailFolders/inbox/move', { destinationId: 'archive' })).body.error.code).toBe(
      'ErrorMoveDistinguishedFolder',
    )
    expect((await ask('DELETE', '/me/mailFolders/inbox')).body.error.code).toBe('ErrorDeleteDistinguishedFolder')
    expect((await ask('DELETE', `/me/mailFolders/${made.body.id}`)).statusCode).toBe(204)
    expect((await get(`/me/mailFolders/${inside.body.id}`)).statusCode).toBe(200)
    expect((await ask('DELETE', `/me/mailFolders/${made.body.id}`)).statusCode).toBe(204)
    expect((await get(`/me/mailFolders/${inside.body.id}`)).statusCode).toBe(404)
  })

  it("get 404 for Exchange's folders that the sandbox lacks, and 400 for other names", async () => {
    const { get } = createGraphWorld()
    expect((await get('/me/mailFolders/clutter')).body.error.code).toBe('ErrorItemNotFound')
    expect((await get('/me/mailFolders/colours')).body.error.code).toBe('ErrorInvalidIdMalformed')
  })
})

describe('the delta of folders', () => {
  it('leads from any link to the current folders', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ what: fc.constantFrom('make', 'rename', 'remove', 'mail', 'sync'), which: fc.nat(20) }), {
          maxLength: 15,
        }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        async (steps, size, from) => {
          const world = createGraphWorld()
          const known = new Map<string, GraphItem>()
          const links = [{ link: `/me/mailFolders/delta?$top=${size}`, known: new Map(known) }]
          const page = async (link: string, into: Map<string, GraphItem>) => {
            const { body } = await world.get(link)
            for (const folder of body.value) {
              if ('@removed' in folder) into.delete(folder.id)
              else into.set(folder.id, folder)
            }
            return body
          }
          const follow = async (start: string, into: Map<string, GraphItem>) => {
            for (let link = start; ;) {
              const body = await page(link, into)
              if (body['@odata.deltaLink']) return body['@odata.deltaLink']
              link = body['@odata.nextLink']!
            }
          }
          for (const step of steps) {
            if (step.what !== 'sync') perform(world, step)
            else {
              const body = await page(links.at(-1)!.link, known)
              links.push({ link: (body['@odata.nextLink'] ?? body['@odata.deltaLink'])!, known: new Map(known) })
            }
          }
          const resumed = links[from % links.length]!
          await follow(await follow(resumed.link, resumed.known), resumed.known)
          const shown = [...resumed.known.values()].map(({ '@odata.type': _, ...folder }) => folder)
          expect(sorted(shown)).toEqual(sorted(await tree(world)))
        },
      ),
      { numRuns: 60 },
    ))

  it('answers 410 to links of old rounds', async () => {
    const { get, database } = createGraphWorld()
    const { body } = await get('/me/mailFolders/delta')
    const link = (body['@odata.deltaLink'] ?? body['@odata.nextLink'])!
    database.run('DELETE FROM graph_folder_rounds')
    const { statusCode, body: refused, headers } = await get(link)
    expect([statusCode, refused.error.code]).toEqual([410, 'syncStateNotFound'])
    expect((await get(String(headers['location']))).statusCode).toBe(200)
  })
})

async function tree({ all }: Pick<GraphWorld, 'all'>, url = '/me/mailFolders'): Promise<GraphItem[]> {
  const folders = await all(`${url}?$top=50`)
  const found = [...folders]
  // In sequence, because more than four concurrent requests would be throttled.
  for (const { id } of folders) found.push(...(await tree({ all }, `/me/mailFolders/${id}/childFolders`)))
  return found
}

function sorted(items: GraphItem[]): GraphItem[] {
  return items.toSorted((one, other) => (one.id < other.id ? -1 : 1))
}

let number = 0

function perform({ mailStore, receive }: GraphWorld, { what, which }: { what: string; which: number }): void {
  const own = mailStore.listFolders(ANNA, mailStore.wellKnownFolder(ANNA, 'inbox').id)
  const folder = own[which % own.length]
  if (what === 'make') mailStore.addFolder(ANNA, (which % 2 ? folder?.id : undefined) ?? 'inbox', `Folder ${number++}`)
  if (what === 'mail') receive('x')
  if (!folder) return
  if (what === 'rename') mailStore.renameFolder(folder.id, `Renamed ${number++}`)
  if (what === 'remove') mailStore.removeFolder(folder.id)
}
