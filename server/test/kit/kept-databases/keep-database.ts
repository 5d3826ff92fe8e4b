import { expect, vi } from 'vitest'
import type { SearchIndex } from '../../../src/conversations/index.ts'
import type { MailTransport } from '../../../src/transports/index.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
  type ShownBy,
  type TestClock,
  WAIT,
  withClient,
} from '../index.ts'
import { fillEmptyTables } from './fill-tables.ts'

/** A mail server that sends. */
interface KeptMailServer {
  transport(): MailTransport
  sentCopies(): readonly unknown[]
}

/** The moment of kept databases. */
export const KEPT_AT = '2026-05-04T10:00:00Z'
/** Content that the test of an upgrade looks for. */
export const KEPT = { agent: 'agent2@contoso.example', address: 'support@contoso.example', word: 'kettle' } as const

/**
 * A database with rows in every table, made by the program: mail in and out, team work, settings. Tables that need a
 * mail service get one row by their definition.
 */
export async function makeDatabaseToKeep(serverAt: (clock: TestClock) => KeptMailServer): Promise<string> {
  const database = await testDatabase()
  const clock = createTestClock(KEPT_AT)
  const server = serverAt(clock)
  const app = await createTestApp(database, clock, {
    transports: (composed) => ({ ...composed, open: () => Promise.resolve(server.transport()) }),
  })
  const { ask, rooms, person } = app
  const folders = ['inbox', 'sent', 'junk'].map((role) => ({ role, synced: true }))
  const { id } = await storeEmailAccount(database, clock, { address: KEPT.address, folders })
  await storeEmailAccount(database, clock, { kind: 'user', folders })
  const admin = await person('admin')
  const agent = await person('agent', [id])

  async function does(at: string, body?: unknown, as: ShownBy = agent): Promise<Record<string, never>> {
    const answer = await ask(at, { as, ...(body !== undefined && { body }), headers: { 'idempotency-key': 'kept' } })
    expect(answer.status, `${at} ${answer.text}`).toBeLessThan(300)
    return answer.body as Record<string, never>
  }
  async function receive(number: number, more: Parameters<typeof customerMessage>[2] = {}) {
    clock.advance(60_000)
    const account = await rooms.emailAccounts.get(id)
    const message = customerMessage(clock, number, more)
    return (await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message)))!
  }

  const first = await receive(1, {
    subject: 'Broken kettle',
    body: { type: 'html', content: '<p>The kettle <b>leaks</b>. Größe 漢 🙂</p>' },
  })
  await receive(2, { inReplyTo: ['m1@example.com'], subject: 'Re: Broken kettle' })
  const second = await receive(3, { subject: 'Invoice' })
  const third = await receive(4, { subject: 'Old question' })
  const one = `/v1/conversations/${first.conversationId}`
  await does(`POST ${one}/notes`, { body: 'Ask the workshop.' })
  const tag = await does('POST /v1/tags', { name: 'Repairs', color: 'teal' })
  await does(`POST ${one}/tags`, { add: [tag['id']] })
  await does(`PUT ${one}/assignee`, { assigneeId: agent.id })
  await does(`PUT ${one}/following`, { follows: true }, admin)
  await does(`POST ${one}/seen`, {})
  await does(`POST /v1/conversations/${second.conversationId}/snooze`, { until: '2026-06-01T00:00:00.000Z' })
  await does(`POST /v1/conversations/${third.conversationId}/close`, {})
  await does('PUT /v1/signature', { html: '<p>{{agent.name}}</p>' })
  const canned = await does('POST /v1/canned-responses', { name: 'Thanks', html: '<p>Thank you.</p>', isShared: true })
  const file = { name: 'form.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7').toString('base64') }
  await does(`POST /v1/canned-responses/${String(canned['id'])}/attachments`, file)
  const draft = await does('POST /v1/drafts', {
    emailAccountId: id,
    content: { to: [], cc: [], bcc: [], subject: 'Offer' },
  })
  await does(`POST /v1/drafts/${String(draft['id'])}/attachments`, file)
  await does('POST /v1/alert-webhooks', { name: 'Pager', url: 'https://pager.contoso.example/hook' }, admin)
  await does('POST /v1/api-keys', { name: 'Reports', scopes: ['mail:read'], emailAccountIds: 'all' }, admin)

  const letter = {
    emailAccountId: id,
    conversationId: first.conversationId,
    to: [{ name: 'Customer', address: 'customer1@example.com' }],
  }
  await does('POST /v1/submissions', {
    ...letter,
    subject: 'Re: Broken kettle',
    text: 'Send it to us.',
    attachments: [file],
    lastAnswerId: null,
  })
  await app.sendingWorker.start()
  await vi.waitFor(() => expect(server.sentCopies()).toHaveLength(1), WAIT)
  await app.sendingWorker.stop()
  await (rooms.searchIndex as SearchIndex).drain()

  await withClient(database.url, (client) =>
    fillEmptyTables(client, {
      erasures: { ended_at: KEPT_AT },
      identity_providers: { kind: 'openid', issuer: 'https://login.contoso.example', client_id: 'kept' },
      webhook_deliveries: { event_id: 1 },
    }),
  )
  return database.url
}
