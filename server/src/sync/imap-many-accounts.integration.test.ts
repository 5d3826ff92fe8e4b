/** Many mailboxes in IDLE in one process. `bench/idle.ts` measures their cost. */
import { expect, it } from 'vitest'
import { startDovecot } from '../../../mail-servers/index.ts'
import { systemClock } from '../kernel/clock.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { customerMail, openByImap, type OpenedByImap } from '../../test/sync/imap-stage.ts'
import { createStage } from '../../test/sync/stage.ts'

const ACCOUNTS = 200
const EXTRA = `
default_client_limit = 2000
service imap-login {
  process_min_avail = 2
  restart_request_count = unlimited
}
service imap {
  process_limit = 600
}
mail_max_userip_connections = 600
`

it(`a process holds ${ACCOUNTS} mailboxes in IDLE with one connection each, and detects new mail in each`, async () => {
  const database = await testDatabase()
  const addresses = Array.from({ length: ACCOUNTS }, (_none, n) => `m${n}@contoso.example`)
  const dovecot = await startDovecot({ users: Object.fromEntries(addresses.map((each) => [each, 'pw'])), extra: EXTRA })
  const stage = createStage(database, systemClock, new Map())
  const opened: OpenedByImap[] = []
  try {
    for (const address of addresses) {
      const one = openByImap(address, dovecot.imapPort, systemClock)
      opened.push(one)
      await stage.associate(address, one.transport)
    }
    await database.db.updateTable('email_accounts').set({ receives_by: 'imap' }).execute()
    // The import is done and stopped, so only the next start is observed.
    await stage.sync.start()
    await stage.sync.settled()
    await stage.sync.stop()
    await Promise.all(opened.splice(0).map(({ connections }) => connections.close()))
    for (const address of addresses) {
      const one = openByImap(address, dovecot.imapPort, systemClock)
      opened.push(one)
      stage.transports.set(address, one.transport)
    }
    await stage.sync.start()
    await expect.poll(() => stage.sync.watchedCount, { timeout: 120_000, interval: 20 }).toBe(ACCOUNTS)
    await expect.poll(() => idling(opened), { timeout: 120_000, interval: 20 }).toBe(ACCOUNTS)
    await stage.sync.settled()
    await expect
      .poll(() => opened.reduce((sum, { connections }) => sum + connections.size, 0), {
        timeout: 120_000,
        interval: 100,
      })
      .toBe(ACCOUNTS)

    for (const [n, address] of addresses.entries()) await dovecot.deliver(address, customerMail(n))
    await expect.poll(received, { timeout: 120_000, interval: 50 }).toBe(ACCOUNTS)
  } finally {
    await stage.sync.stop()
    await Promise.all(opened.map(({ connections }) => connections.close()))
    await dovecot.stop()
  }

  async function received(): Promise<number> {
    const { count } = await database.db
      .selectFrom('messages')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow()
    return Number(count)
  }
}, 480_000)

function idling(opened: readonly OpenedByImap[]): number {
  return opened.filter(({ connections }) => connections.size > 0).length
}
