/**
 * An import as the server does it: read by IMAP, parsed on threads, stored, searchable. Usage: as a child process, with
 * the port, the address of the database, the number of letters and the users as arguments; says when the newest fifty are
 * there and when all are. Mailboxes of an earlier import are paused.
 */
import { sql } from 'kysely'
import { createDatabase, migrate } from '../server/src/database/index.ts'
import { systemClock } from '../server/src/kernel/clock.ts'
import type { EmailAccountId } from '../server/src/kernel/ids.ts'
import { openByImap } from '../server/test/sync/imap-stage.ts'
import { createStage } from '../server/test/sync/stage.ts'

const [port, databaseUrl, expected, ...users] = process.argv.slice(2) as [string, string, string, ...string[]]
const database = await createDatabase(databaseUrl)
await migrate(database, systemClock)
await sql`UPDATE email_accounts SET state = 'paused'`.execute(database.db)
const stage = createStage(database, systemClock, new Map())
await stage.conversations.searchIndex.start()
await stage.sync.start()
const before = process.cpuUsage()
const began = performance.now()
const ids: EmailAccountId[] = []
for (const user of users) {
  const { transport } = openByImap(user, Number(port), systemClock)
  ids.push((await stage.associate(user, transport, { folders: ['INBOX'] })).id)
}
await sql`UPDATE email_accounts SET receives_by = 'imap', import_from = '2000-01-01' WHERE id = ANY(${ids})`.execute(
  database.db,
)
for (const id of ids) await stage.sync.wake(id)
let newest50Ms: number | undefined
let stored = 0
let queued = 0
let mostQueued = 0
while (stored < Number(expected) || queued > 0) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  const { rows } = await sql<{ n: number }>`SELECT sum(imported_count)::integer AS n
    FROM folders JOIN folder_sync_states ON folder_id = folders.id WHERE email_account_id = ANY(${ids})`.execute(
    database.db,
  )
  stored = rows[0]?.n ?? 0
  queued = (await stage.conversations.searchIndex.figures()).messages
  mostQueued = Math.max(mostQueued, queued)
  if (stored >= 50) newest50Ms ??= performance.now() - began
}
const ms = performance.now() - began
const { user: userMicroseconds, system } = process.cpuUsage(before)
const found = await stage.conversations.reading.list({
  emailAccountIds: ids,
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
