import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import { storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations } from '../index.ts'

const NODE_24 = join(import.meta.dirname, '../../../../scripts/node-24.js')
const PROCESS = join(import.meta.dirname, '../../../test/conversations/filing-process.ts')

const database = await testDatabase()
const newRoom = () => createConversations({ database, clock: systemClock, events: createEvents(database) })

async function count(table: 'search_queue' | 'search_entries'): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM ${sql.table(table)}`.execute(database.db)
  return rows[0]!.n
}

/** Stores a message in a process that is killed before its words are in the index. */
async function storeAndKill(text: string): Promise<void> {
  const address = 'support@contoso.example'
  const { id } = await storeEmailAccount(database, systemClock, { address, kind: 'user' })
  await database.transaction(async (tx) => {
    // Indexing waits for this lock.
    await sql`LOCK TABLE search_entries IN EXCLUSIVE MODE`.execute(tx)
    const child = fork(PROCESS, [database.url, id, address, text], { execArgv: ['--import', NODE_24] })
    const exit = once(child, 'exit')
    const [step] = (await Promise.race([once(child, 'message'), exit])) as [string]
    expect(step).toBe('stored')
    child.kill('SIGKILL')
    await exit
  })
}

it('a message is found after a kill between storing and indexing, at once and from the index', async () => {
  await storeAndKill('a samovar')
  const search = async () =>
    (await newRoom().reading.list({ emailAccountIds: 'all', view: 'all', search: 'samov' })).conversations.length
  expect(await search()).toBe(1)

  const { searchIndex } = newRoom()
  await searchIndex.start()
  await expect.poll(() => count('search_queue')).toBe(0)
  await searchIndex.stop()
  expect(await count('search_entries')).toBe(1)
  expect(await search()).toBe(1)
})
