/**
 * Measures the cost of many mailboxes in IDLE in one process. Results are printed, because machines differ. The test
 * checks that each mailbox receives its mail.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
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
    // The import is done and stopped, so only the next start is measured.
    await stage.sync.start()
    await stage.sync.settled()
    await stage.sync.stop()
    await Promise.all(opened.splice(0).map(({ connections }) => connections.close()))
    for (const address of addresses) {
      const one = openByImap(address, dovecot.imapPort, systemClock)
      opened.push(one)
      stage.transports.set(address, one.transport)
    }
    const before = afterCollection()
    const beganAt = performance.now()
    await stage.sync.start()
    await expect.poll(() => stage.sync.watchedCount, { timeout: 60_000, interval: 20 }).toBe(ACCOUNTS)
    await expect.poll(() => idling(opened), { timeout: 60_000, interval: 20 }).toBe(ACCOUNTS)
    const connectedMs = performance.now() - beganAt
    await stage.sync.settled()
    await expect
      .poll(() => opened.reduce((sum, { connections }) => sum + connections.size, 0), {
        timeout: 60_000,
        interval: 100,
      })
      .toBe(ACCOUNTS)
    const after = afterCollection()

    const toldAt = performance.now()
    for (const [n, address] of addresses.entries()) await dovecot.deliver(address, customerMail(n))
    await expect.poll(received, { timeout: 60_000, interval: 50 }).toBe(ACCOUNTS)
    const toldMs = performance.now() - toldAt
    const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0)
    process.stdout.write(
      `${ACCOUNTS} mailboxes: connected after ${Math.round(connectedMs)} ms; ` +
        `heap +${megabytes(after.heapUsed - before.heapUsed)} MB, resident +${megabytes(after.rss - before.rss)} MB; ` +
        `${ACCOUNTS} mails delivered and stored in ${Math.round(toldMs)} ms\n`,
    )
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
}, 240_000)

function afterCollection(): NodeJS.MemoryUsage {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage()
}

function idling(opened: readonly OpenedByImap[]): number {
  return opened.filter(({ connections }) => connections.size > 0).length
}
