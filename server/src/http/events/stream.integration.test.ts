import { text as readText } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import type { PersonId } from '../../kernel/ids.ts'
import { createTestApp, createTestClock, type ShownBy, storeEmailAccount, testDatabase } from '../../test-kit/index.ts'

const [database, another] = [await testDatabase(), await testDatabase()]
const clock = createTestClock()
/** No heartbeat comes to the rescue. */
const { app, ask, person, publicUrl, rooms } = await createTestApp(database, clock, { heartbeatMs: 3_600_000 })
const admin = await person('admin')

async function read(as: ShownBy): Promise<Promise<string>[]> {
  const headers = { host: publicUrl.host, ...as }
  const answer = await app.inject({ url: '/v1/events', headers, payloadAsStream: true })
  expect(answer.statusCode).toBe(200)
  // In a list, so that waiting for the answer does not wait for its end.
  return [readText(answer.stream())]
}

it.each<[string, (of: { id: PersonId } & ShownBy) => ReturnType<typeof ask>]>([
  ['sees other mailboxes', ({ id }) => put(`${id}/memberships`, { emailAccountIds: [] })],
  ['has another role', ({ id }) => put(`${id}/role`, { role: 'admin' })],
  ['was removed', ({ id }) => ask(`DELETE /v1/people/${id}`, { as: admin })],
  ['has signed out', ({ cookie }) => ask('DELETE /v1/session', { as: { cookie: cookie! } })],
])('ends at once when whoever reads %s', async (_what, change) => {
  const reader = await person('agent', [(await storeEmailAccount(database, clock)).id])
  const [ended] = await read({ cookie: reader.cookie! })

  expect((await change(reader)).status).toBeLessThan(300)

  expect(await ended).toContain('retry:')
})

it('ends at once when whoever made the key is no admin any more', async () => {
  const maker = await person('admin')
  const { key } = await rooms.people.apiKeys.create(
    { name: 'K', scopes: ['mail:read'], emailAccountIds: 'all' },
    maker.id,
  )
  const [ended] = await read({ authorization: `Bearer ${key.reveal()}` })

  await put(`${maker.id}/role`, { role: 'agent' })

  expect(await ended).toContain('retry:')
})

it('ends at once when its key is revoked', async () => {
  const { id, key } = await rooms.people.apiKeys.create(
    { name: 'K', scopes: ['mail:read'], emailAccountIds: 'all' },
    admin.id,
  )
  const [ended] = await read({ authorization: `Bearer ${key.reveal()}` })

  expect((await ask(`DELETE /v1/api-keys/${id}`, { as: admin })).status).toBe(204)

  expect(await ended).toContain('retry:')
})

it('sends a named ping that states its interval, at once and at each heartbeat', async () => {
  const quick = await createTestApp(another, clock, { heartbeatMs: 40 })
  const { cookie } = await quick.person('admin')
  const headers = { host: quick.publicUrl.host, cookie: cookie! }
  const answer = await quick.app.inject({ url: '/v1/events', headers, payloadAsStream: true })
  const stream = answer.stream()

  let text = ''
  for await (const piece of stream) {
    text += String(piece)
    if (text.split('event: ping\ndata: {"everyMs":40}\n\n').length > 3) break
  }

  expect(text).toMatch(/^retry: 2000\n\nevent: ping\n/)
})

function put(path: string, body: object) {
  return ask(`PUT /v1/people/${path}`, { as: admin, body })
}
