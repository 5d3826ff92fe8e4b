import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDovecot, type Dovecot } from '../../../../mail-servers/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import { Secret } from '../../kernel/secret.ts'
import { createMailboxConnections } from './mailbox-connections.ts'

const ADDRESS = 'settled@contoso.example'
let dovecot: Dovecot

beforeAll(async () => {
  dovecot = await startDovecot({ users: { [ADDRESS]: 'pw' } })
})
afterAll(() => dovecot.stop())

it('waits in IDLE again as soon as a folder was read to its end, however long it lets others settle', async () => {
  const connections = createMailboxConnections({
    server: { host: '127.0.0.1', port: dovecot.imapPort, tls: 'none' },
    login: { by: 'password', userName: ADDRESS, password: async () => new Secret('pw') },
    dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${dovecot.imapPort}`]) }),
    clock: systemClock,
    times: { settleMs: 600_000 },
  })
  let hints = 0
  const over = new AbortController()
  const watched = connections.watch('INBOX', () => hints++, over.signal)
  try {
    await expect.poll(() => hints).toBe(1)
    const folder = await connections.use('sync', (connection) => connection.open('INBOX'))
    connections.wasRead(folder)
    await dovecot.deliver(ADDRESS, 'Subject: New\r\n\r\nHello\r\n')
    await expect.poll(() => hints, { timeout: 10_000 }).toBe(2)
  } finally {
    over.abort()
    await connections.close()
    await watched
  }
})
