import { systemClock } from '../../../src/kernel/clock.ts'
import { createDialGuard } from '../../../src/kernel/dial-guard.ts'
import { Secret } from '../../../src/kernel/secret.ts'
import { createMailboxConnections, type MailboxConnections } from '../../../src/transports/imap/mailbox-connections.ts'

/** Test connections to a mailbox on a local server that accepts the password `pw`. */
export function connectionsTo(port: number, address = 'anna@contoso.example'): MailboxConnections {
  return createMailboxConnections({
    server: { host: '127.0.0.1', port, tls: 'none' },
    login: { by: 'password', userName: address, password: async () => new Secret('pw') },
    dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${port}`]) }),
    clock: systemClock,
  })
}
