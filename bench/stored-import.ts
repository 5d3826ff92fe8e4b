/**
 * An import as the server does it: read by IMAP, parsed on threads, stored, searchable. Usage: as a child process, with
 * the port, the user and the address of the database as arguments; says when the newest fifty are there and when all are.
 */
import { sql } from 'kysely'
import { createDatabase, migrate } from '../server/src/database/index.ts'
import { systemClock } from '../server/src/kernel/clock.ts'
import { openByImap } from '../server/test/sync/imap-stage.ts'
import { createStage } from '../server/test/sync/stage.ts'

const [port, user, databaseUrl, expected] = process.argv.slice(2) as [string, string, string, string]
const database = await createDatabase(databaseUrl)
await migrate(database, systemClock)
const stage = createStage(database, systemClock, new Map())
const { transport } = openByImap(user, Number(port), systemClock)
await stage.conversations.searchIndex.start()
await stage.sync.start()
const before = process.cpuUsage()
const began = performance.now()
const { id } = await stage.associate(user, transport, { folders: ['INBOX'] })
await sql`UPDATE email_accounts SET receives_by = 'imap', import_from = '2000-01-01' WHERE id = ${id}`.execute(
  database.db,
)
await stage.sync.wake(id)
let newest50Ms: number | undefined
let stored = 0
let queued = 0
let mostQueued = 0
while (stored < Number(expected) || queued > 0) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  const { rows } = await sql<{ n: number }>`SELECT sum(imported_count)::integer AS n
    FROM folders JOIN folder_sync_states ON folder_id = folders.id WHERE email_account_id = ${id}`.execute(database.db)
  stored = rows[0]?.n ?? 0
  queued = (await stage.conversations.searchIndex.figures()).messages
  mostQueued = Math.max(mostQueued, queued)
  if (stored >= 50) newest50Ms ??= performance.now() - began
}
const ms = performance.now() - began
const { user: userMicroseconds, system } = process.cpuUsage(before)
const found = await stage.conversations.reading.list({
  emailAccountIds: [id],
  view: 'all',
  search: 'customer order',
  limit: 50,
})
await stage.sync.stop()
await stage.conversations.searchIndex.stop()
await database.close()
process.send?.({
  ...{ count: stored, ms, newest50Ms, cpuSeconds: (userMicroseconds + system) / 1e6 },
  found: found.conversations.length,
  mostQueued,
})
process.exit()
