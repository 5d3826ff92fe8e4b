/** Every route that creates, repeated with the same Idempotency-Key: one object, one answer, and no secret at rest. */
import { expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../test/kit/index.ts'
import { DRAFT } from '../../test/http/mail-permissions.ts'
import { permissionRows } from '../../test/http/permission-rows.ts'
import type { Row, Thing } from '../../test/http/permission-row.ts'
import { newId } from '../kernel/ids.ts'
import type { ApiKeyScope } from '../people/index.ts'
import { createBrowserSessions } from './browser-session.ts'
import { createOpenStreams } from './events/open-streams.ts'
import { digestOf, storesKeys } from './idempotent-routes.ts'
import { createMetrics } from './metrics.ts'
import { createRoutes } from './routes.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms, publicUrl, app } = await createTestApp(database, clock)
const { conversations, people } = rooms
const account = await storeEmailAccount(database, clock)
const admin = await person('admin')
const promoted = await person('agent')
const ROWS: Readonly<Record<string, Row>> = permissionRows({
  admin: admin.id,
  newcomer: newId(),
  promoted: promoted.id,
})

const routes = createRoutes({
  ...rooms,
  browserSessions: createBrowserSessions(publicUrl),
  metrics: createMetrics(rooms),
  openStreams: createOpenStreams(),
})
// An alias comes before the sender name that uses it.
const creating = routes
  .filter(storesKeys)
  .map(({ at }) => at)
  .toSorted()

/** Routes whose success needs Microsoft or a state of its own; their requests here are refused, and free their key. */
const REFUSED_HERE = [
  ...['POST /v1/admission-requests/:id/approve', 'POST /v1/webhooks/:id/secret', 'POST /v1/work-orders/:id/confirm'],
  ...['POST /v1/canned-responses/:id/attachments', 'POST /v1/return-urls/:id/secret'],
]

let number = 0
async function thing(): Promise<Thing> {
  const n = ++number
  const of = { id: account.id, address: 'us@contoso.example', createdAt: clock.now() }
  const file = (message: object) =>
    database.transaction((tx) => conversations.filing.file(tx, of, customerMessage(clock, n, message)))
  const { conversationId } = (await file({ to: [{ name: '', address: 'us@contoso.example' }] }))!
  const answered = customerMessage(clock, ++number, { inReplyTo: [`m${n}@example.com`] })
  const { messageId } = (await database.transaction((tx) => conversations.filing.file(tx, of, answered)))!
  const draft = { emailAccountId: account.id, conversationId, authorId: admin.id, content: DRAFT }
  const { id } = await conversations.drafts.save(draft)
  const none = { attachment: newId(), draftAttachment: newId(), discardedDraft: newId(), submission: newId() }
  return { ...none, account, author: admin.id, conversation: conversationId, message: messageId, draft: id }
}

async function send(at: string, key: string, about: Thing, headers = {}) {
  const { path = {}, body } = ROWS[at]!.of?.(about) ?? {}
  const url = at.replaceAll(/:(\w+)/g, (_, name: string) => path[name] ?? about.account.id)
  return ask(url, { as: admin, body, headers: { 'idempotency-key': key, ...headers } })
}

/** Rows of every table, except those that each request changes. */
async function rowCounts(): Promise<Record<string, number>> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND NOT relispartition",
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables.filter((table) => table.name !== 'idempotent_requests')) {
    const { rows } = await database.pool.query<{ count: string }>(`SELECT count(*) FROM ${name}`)
    counts[name] = Number(rows[0]!.count)
  }
  return counts
}

it('every POST that creates takes the header, or says why it needs none', () => {
  const paths = app.swagger().paths as Record<string, { post?: { parameters?: { name: string; in: string }[] } }>
  for (const { at, repeated, permit, present } of routes) {
    if (!at.startsWith('POST ') || present.status !== 201) continue
    const { post } = paths[at.slice('POST '.length).replaceAll(/:(\w+)/g, '{$1}')]!
    const isDescribed =
      post!.parameters?.some((each) => each.in === 'header' && each.name === 'idempotency-key') ?? false
    const isKept = repeated === undefined ? permit.who !== 'anyone' : repeated === 'own'
    expect(isDescribed, at).toBe(isKept)
  }
  expect(creating.length).toBeGreaterThan(20)
  expect(creating).toEqual(expect.arrayContaining(REFUSED_HERE))
})

it.each(creating.filter((at) => !REFUSED_HERE.includes(at)))('%s creates once', async (at) => {
  const about = await thing()
  // The body of a row can have random ids, so the same one is sent twice.
  const sent = ROWS[at]!.of?.(about) ?? {}
  const url = at.replaceAll(/:(\w+)/g, (_, name: string) => sent.path?.[name] ?? newId())
  const post = (key: string) => ask(url, { as: admin, body: sent.body, headers: { 'idempotency-key': key } })

  const start = await rowCounts()
  const first = await post('once')
  expect(first.status, first.text).toBe(201)
  expect(first.headers['idempotent-replayed']).toBeUndefined()
  const { rows } = await database.pool.query(
    'SELECT committed_at IS NOT NULL AS committed, answered_at IS NOT NULL AS answered FROM idempotent_requests ORDER BY id DESC LIMIT 1',
  )
  const before = await rowCounts()
  // Committed with what it created, not after it. A message without attachments adds none to a draft.
  const creates = JSON.stringify(before) !== JSON.stringify(start)
  expect(creates).toBe(at !== 'POST /v1/drafts/:id/forwarded-attachments')
  expect(rows).toEqual([{ committed: creates, answered: true }])
  const again = await post('once')
  expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
  expect(again.headers['location']).toBe(first.headers['location'])
  expect(await rowCounts()).toEqual(before)
})

it.each(REFUSED_HERE)('%s frees its key when it is refused', async (at) => {
  const about = await thing()
  const first = await send(at, 'refused', about)
  expect(first.status, first.text).toBeGreaterThanOrEqual(400)
  const again = await send(at, 'refused', about)
  expect(again.body).toMatchObject({ code: (first.body as { code: string }).code })
  expect((await database.pool.query('SELECT FROM idempotent_requests WHERE answered_at IS NULL')).rows).toEqual([])
})

it('the same key with another body is refused, and equal JSON in another order is not', async () => {
  const post = (body: object) => ask('POST /v1/tags', { as: admin, body, headers: { 'idempotency-key': 'reused' } })
  const first = await post({ name: 'Reused', color: 'teal' })
  expect(first.status).toBe(201)
  expect(await post({ color: 'teal', name: 'Reused' })).toMatchObject({ status: 201, body: first.body })
  const refused = await post({ name: 'Other', color: 'teal' })
  expect(refused).toMatchObject({ status: 422, body: { code: 'http.idempotency_key_reused' } })
})

it('JSON that is nested too deeply is refused like any other', async () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  const created = await people.apiKeys.create(
    { name: 'Deep', scopes: ['mail:write'], emailAccountIds: 'all' },
    admin.id,
  )
  const { statusCode } = await app.inject({
    method: 'POST',
    url: `/v1/conversations/${(await thing()).conversation}/notes`,
    headers: {
      ...{ host: 'localhost:8400', authorization: `Bearer ${created.key.reveal()}` },
      ...{ 'content-type': 'application/json', 'idempotency-key': 'deep' },
    },
    payload: `{"body":${deep}}`,
  })
  expect(statusCode).toBe(400)
  const refusal = expect.objectContaining({ code: 'http.invalid_request' }) as Error
  expect(() => digestOf(JSON.parse(deep))).toThrow(refusal)
})

it('a key and an id of a mailbox are the same request', async () => {
  const { rows } = await database.pool.query<{ key: string }>('SELECT key FROM email_accounts WHERE id = $1', [account.id]) // prettier-ignore
  const post = (emailAccountId: string) =>
    ask('POST /v1/drafts', {
      ...{ as: admin, body: { emailAccountId, content: DRAFT }, headers: { 'idempotency-key': 'by-key' } },
    })
  const first = await post(account.id)
  expect(first.status, first.text).toBe(201)
  expect(await post(rows[0]!.key)).toMatchObject({ status: 201, body: first.body })
})

it('a key of one caller is none of another', async () => {
  const key = async (scopes: ApiKeyScope[]) => {
    const created = await people.apiKeys.create({ name: 'Test', scopes, emailAccountIds: 'all' }, admin.id)
    return { authorization: `Bearer ${created.key.reveal()}` }
  }
  const about = await thing()
  const post = async (as: { authorization: string }) =>
    ask(`POST /v1/conversations/${about.conversation}/notes`, {
      ...{ as, body: { body: 'Called.' }, headers: { 'idempotency-key': 'theirs' } },
    })
  const one = await key(['mail:write'])
  const [first, other, again] = [await post(one), await post(await key(['mail:write'])), await post(one)]
  expect(first.status, first.text).toBe(201)
  expect((other.body as { id: string }).id).not.toBe((first.body as { id: string }).id)
  expect(again.body).toEqual(first.body)
})

it('concurrent repetitions create one object', async () => {
  const body = { name: 'Shop', url: 'https://shop.contoso.example/hook' }
  const post = () => ask('POST /v1/webhooks', { as: admin, body, headers: { 'idempotency-key': 'at-once' } })
  const answers = await Promise.all(Array.from({ length: 6 }, post))
  const created = answers.filter(({ status }) => status === 201)
  expect(new Set(created.map(({ text }) => text)).size).toBe(1)
  const refused = answers.filter(({ status }) => status !== 201)
  for (const each of refused) {
    expect(each).toMatchObject({ status: 409, body: { code: 'http.idempotency_in_progress', remedy: 'wait' } })
    expect(each.headers['retry-after']).toBeDefined()
  }
})

it.each(['', 'with space', 'ä', 'x'.repeat(201)])('the key %j is refused', async (key) => {
  const body = { name: 'Limits', color: 'teal' }
  const answer = await ask('POST /v1/tags', { as: admin, body, headers: { 'idempotency-key': key } })
  expect(answer).toMatchObject({ status: 400, body: { faults: [{ field: 'headers.idempotency-key' }] } })
})

it('secrets in answers are not in the database in clear', async () => {
  const body = { name: 'Kept', scopes: ['mail:read'], emailAccountIds: 'all' }
  const { body: created } = await ask('POST /v1/api-keys', { as: admin, body, headers: { 'idempotency-key': 'kept' } })
  const { key } = created as { key: string }
  const { rows } = await database.pool.query<{ sealed: Buffer }>('SELECT sealed FROM idempotent_requests')
  expect(rows.length).toBeGreaterThan(0)
  for (const { sealed } of rows) expect(sealed.toString('latin1')).not.toContain(key)
})
