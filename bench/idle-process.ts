/**
 * Accounts that are watched by IMAP and have nothing to do, as the server keeps them. Usage: as a child process, with the
 * port, the address of the database and the users as arguments; says when all were read, and each message that is told.
 */
import { createDatabase, migrate } from '../server/src/database/index.ts'
import { systemClock } from '../server/src/kernel/clock.ts'
import { openByImap } from '../server/test/sync/imap-stage.ts'
import { createStage } from '../server/test/sync/stage.ts'

const [port, databaseUrl, ...users] = process.argv.slice(2) as [string, string, ...string[]]
const database = await createDatabase(databaseUrl)
await migrate(database, systemClock)
const transports = new Map(users.map((user) => [user, openByImap(user, Number(port), systemClock).transport]))
const stage = createStage(database, systemClock, transports)
const known = await database.db.selectFrom('email_accounts').select('address').execute()
for (const user of users) {
  if (known.some(({ address }) => address === user)) continue
  await stage.associate(user, transports.get(user)!, { folders: ['INBOX'] })
}
await database.db.updateTable('email_accounts').set({ receives_by: 'imap' }).execute()
await stage.events.subscribe({ emailAccountIds: 'all' }, ({ kind }) => {
  if (kind === 'message.received') process.send?.({ told: performance.timeOrigin + performance.now() })
})
await stage.sync.start()
await stage.sync.settled()
process.send?.({ settled: performance.timeOrigin + performance.now() })
process.on('disconnect', () => process.exit())
