import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeEach } from 'vitest'
import { createEvents, toWireEvent, type Events, type VisibleAccounts } from '../../src/events/index.ts'
import { createDialGuard } from '../../src/kernel/dial-guard.ts'
import { createEgress } from '../../src/kernel/egress.ts'
import { newId } from '../../src/kernel/ids.ts'
import { createKeyRing } from '../../src/kernel/key-ring.ts'
import { silentLog } from './silent-log.ts'
import { createTestClock } from './test-clock.ts'
import { testDatabase } from './test-database.ts'
import { createWebhooks } from '../../src/webhooks/index.ts'

export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

interface Got {
  path: string
  id: string
  headers: IncomingHttpHeaders
  body: string
}

/** Endpoints with a real receiver, on a database of the test. */
export async function createWebhookStage() {
  const database = await testDatabase()
  await database.pool.query(
    `INSERT INTO encryption_keys (key_id, check_value, created_at) VALUES ('stored', '', now())`,
  )
  const clock = createTestClock()
  const events = createEvents(database)
  const got: Got[] = []
  let respond: (request: Got) => number | Promise<number> = () => 200
  const receiver = createServer((request, response) => {
    void text(request).then(async (body) => {
      const one = { path: request.url!, id: String(request.headers['webhook-id']), headers: request.headers, body }
      const status = await respond(one)
      got.push(one)
      response.writeHead(status).end('thanks')
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  const dialGuard = createDialGuard({ declared: new Set([`127.0.0.1:${port}`]) })
  const egress = createEgress({ allowPrivate: () => false, ownNetwork: (origin) => dialGuard.isDeclaredOrigin(origin) })
  const incidents: string[] = []
  const audited: { action: string; actor: string; detail: unknown }[] = []
  /** Owners that may have no webhooks any more. */
  const ended = new Set<string>()
  let readable: VisibleAccounts = 'all'
  let onMark: () => Promise<void> = () => Promise.resolve()
  /** One statement, as in the functions that these stand for. */
  const ask = () => database.pool.query('SELECT')
  /** @param replaced functions of `events` */
  const create = (replaced: Partial<Events> = {}) => {
    const webhooks = createWebhooks({
      ...{ database, clock, events: { ...events, ...replaced }, egress, dialGuard, log: silentLog, random: () => 1 },
      audit: {
        record: (_tx, ...records) => {
          for (const { action, actor, detail } of records) audited.push({ action, actor, detail })
          return Promise.resolve()
        },
      },
      keyRing: createKeyRing([{ id: 'stored', key: Buffer.alloc(32, 7) }], 'stored'),
    })
    webhooks.connect({
      present: (found) => Promise.resolve(found.map(toWireEvent)),
      readableBy: async (owners) => {
        await ask()
        return new Map(owners.flatMap((owner) => (ended.has(owner) ? [] : [[owner, readable] as const])))
      },
      mark: async () => {
        await ask()
        await onMark()
        return true
      },
      incident: {
        open: ({ detail }) => Promise.resolve(void incidents.push(`open: ${detail}`)),
        end: () => Promise.resolve(void incidents.push('end')),
      },
    })
    return webhooks
  }
  const webhooks = create()
  const deliver = () => webhooks.service.deliver()

  beforeEach(async () => {
    await database.pool.query('TRUNCATE webhook_endpoints CASCADE')
    got.length = 0
    incidents.length = 0
    audited.length = 0
    ended.clear()
    readable = 'all'
    onMark = () => Promise.resolve()
    respond = () => 200
  })
  afterAll(async () => {
    await webhooks.service.stop()
    receiver.closeAllConnections()
    receiver.close()
    await egress.close()
    await events.close()
  })

  async function add(path = '/a', more: object = {}, actor = 'person:test') {
    const { endpoint, secret } = await webhooks.endpoints.add(
      { name: path, url: `http://127.0.0.1:${port}${path}`, ...more },
      actor,
    )
    return { ...endpoint, secret }
  }

  /** Appends one event for each conversation named. Returns their ids, as texts. */
  async function happen(...conversationIds: string[]): Promise<string[]> {
    const after = await events.position()
    const happened = conversationIds.map((conversationId) => ({
      kind: 'message.removed' as const,
      subjectId: newId(),
      payload: { conversationId },
      at: clock.now(),
    }))
    await database.transaction((tx) => events.appendAll(tx, happened))
    return (await events.list({ emailAccountIds: 'all', after, limit: 500 })).events.map(({ id }) => String(id))
  }

  const idsOf = (path: string) => got.filter((each) => each.path === path).map(({ id }) => id)

  return {
    ...{ database, clock, events, webhooks, create, deliver, add, happen, idsOf, got, incidents, audited, ended },
    receiver: `http://127.0.0.1:${port}`,
    respondWith: (answer: (request: Got) => number | Promise<number>) => void (respond = answer),
    /** Replaces what happens while the epoch is marked. */
    setOnMark: (work: () => Promise<void>) => void (onMark = work),
    /** Limits what owners may read. */
    setReadable: (accounts: VisibleAccounts) => void (readable = accounts),
  }
}
