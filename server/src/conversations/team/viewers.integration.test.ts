import { describe, expect, it, onTestFinished } from 'vitest'
import { createDatabase } from '../../database/index.ts'
import { createEvents } from '../../events/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import {
  createTestClock,
  customerMessage,
  silentLog,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'
import { createConversations } from '../index.ts'
import { VIEWER_LIFETIME_MS, type ViewersChange } from './viewers.ts'

const database = await testDatabase()
const clock = createTestClock()
const conversations = createConversations({ database, clock, events: createEvents(database) })
const { viewers } = conversations.team
const { id: emailAccountId } = await storeEmailAccount(database, clock)
let count = 0

async function newConversation(): Promise<ConversationId> {
  const account = { id: emailAccountId, address: 'us@contoso.example', createdAt: clock.now() }
  const filed = await database.transaction((tx) =>
    conversations.filing.file(tx, account, customerMessage(clock, ++count)),
  )
  return filed!.conversationId
}

/** Collects changes as another server on the same database receives them. */
async function listenElsewhere() {
  const elsewhere = await createDatabase(database.url, { log: silentLog })
  const rooms = createConversations({ database: elsewhere, clock, events: createEvents(elsewhere) })
  const heard: ViewersChange[] = []
  const waiting = new Set<() => void>()
  const stop = await rooms.team.viewers.onChange((change) => {
    if (change) heard.push(change)
    waiting.forEach((check) => check())
  })
  onTestFinished(async () => {
    await stop()
    await elsewhere.close()
  })
  const heardOf = (id: ConversationId) => heard.filter(({ conversationId }) => conversationId === id).length
  const changes = (id: ConversationId, most: number) =>
    new Promise<void>((resolve) => {
      const check = () => heardOf(id) >= most && resolve()
      waiting.add(check)
      check()
    })
  return { rooms, heard, heardOf, changes }
}

describe('viewers of a conversation', () => {
  it('are visible on another server with their activity, excluding the caller', async () => {
    const id = await newConversation()
    const { rooms, heard, changes } = await listenElsewhere()

    expect(await viewers.report(id, 'ben', 'viewing')).toEqual([])
    await changes(id, 1)
    expect(heard).toEqual([{ conversationId: id, emailAccountId }])
    const since = clock.now()
    const expiresAt = new Date(since.getTime() + 30_000)
    expect(await rooms.team.viewers.report(id, 'anna', 'viewing')).toEqual([
      { viewer: 'ben', activity: 'viewing', since, expiresAt },
    ])

    clock.advance(1000)
    await viewers.report(id, 'ben', 'writing')
    await changes(id, 3)
    expect(await rooms.team.viewers.list(id, 'anna')).toEqual([
      { viewer: 'ben', activity: 'writing', since: clock.now(), expiresAt: new Date(clock.now().getTime() + 30_000) },
    ])

    await viewers.leave(id, 'ben')
    await changes(id, 4)
    expect(await rooms.team.viewers.list(id, 'anna')).toEqual([])
  })

  it('send no notification for a report without a change, and cost one statement', async () => {
    const id = await newConversation()
    const { heardOf, changes } = await listenElsewhere()
    await viewers.report(id, 'ben', 'viewing')
    for (let n = 0; n < 3; n++) await viewers.report(id, 'ben', 'viewing')
    await viewers.leave(id, 'ben')
    await viewers.leave(id, 'ben')
    await viewers.report(id, 'ben', 'writing')
    await changes(id, 3)
    expect(heardOf(id)).toBe(3)

    let statements = 0
    const counted = database.db.withPlugin({
      transformQuery: ({ node }) => (statements++, node),
      transformResult: ({ result }) => Promise.resolve(result),
    })
    const counting = createConversations({
      ...{ clock, events: createEvents(database) },
      database: { ...database, db: counted, oneStatement: (statement) => statement(counted) },
    })
    await counting.team.viewers.report(id, 'ben', 'writing')
    expect(statements).toBe(1)
  })

  it('expire without reports; the next report of any viewer deletes them and sends a notification', async () => {
    const [left, visited] = [await newConversation(), await newConversation()]
    const { heardOf, changes } = await listenElsewhere()
    await viewers.report(left, 'ben', 'writing')
    await viewers.report(left, 'eve', 'viewing')
    clock.advance(VIEWER_LIFETIME_MS / 2)
    await viewers.report(left, 'eve', 'viewing')
    clock.advance(VIEWER_LIFETIME_MS / 2)

    expect((await viewers.list(left, 'anna')).map(({ viewer }) => viewer)).toEqual(['eve'])
    await viewers.report(visited, 'anna', 'viewing')
    await changes(left, 3)
    expect(heardOf(left)).toBe(3)
    const rows = database.db.selectFrom('conversation_viewers').select('viewer').where('conversation_id', '=', left)
    expect(await rows.execute()).toEqual([{ viewer: 'eve' }])
  })

  it('can all report at once after all of them expired, without a deadlock', async () => {
    const id = await newConversation()
    const people = Array.from({ length: 20 }, (_, n) => `person-${n}`)
    const failures: unknown[] = []
    for (let round = 0; round < 20; round++) {
      const reports = people.map((person) => viewers.report(id, person, 'viewing'))
      for (const report of await Promise.allSettled(reports)) {
        if (report.status === 'rejected') failures.push(report.reason)
      }
      clock.advance(VIEWER_LIFETIME_MS + 1000)
    }
    expect(failures).toEqual([])
  })

  it('report at the same moment without waiting for each other', async () => {
    const id = await newConversation()
    await Promise.all(Array.from({ length: 8 }, (_, n) => viewers.report(id, `person-${n}`, 'viewing')))
    expect(await viewers.list(id, 'anna')).toHaveLength(8)
  })
})
