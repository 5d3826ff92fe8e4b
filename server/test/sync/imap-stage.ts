// Not by the index of the kit, whose programs and letters would count as memory of the server in `bench`.
import { mailParser } from '../kit/mail-parser.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { createDialGuard } from '../../src/kernel/dial-guard.ts'
import { Secret } from '../../src/kernel/secret.ts'
import {
  createImapReading,
  createMailboxConnections,
  type MailboxConnections,
  type MailTransport,
  type SendingTransport,
} from '../../src/transports/index.ts'

export interface OpenedByImap {
  connections: MailboxConnections
  transport: MailTransport
}

/** Test transport to a mailbox on Dovecot or another local server that accepts the password `pw`. */
export function openByImap(
  address: string,
  port: number,
  clock: Clock,
  times: Parameters<typeof createMailboxConnections>[0]['times'] = {},
): OpenedByImap {
  const connections = createMailboxConnections({
    server: { host: '127.0.0.1', port, tls: 'none' },
    login: { by: 'password', userName: address, password: async () => new Secret('pw') },
    dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${port}`]) }),
    clock,
    times,
  })
  const sending = new Proxy({} as SendingTransport, {
    get(_target, name) {
      throw new TypeError(`${String(name)} is not for readers`)
    },
  })
  const reading = createImapReading({ connections, clock, parser: mailParser })
  return {
    connections,
    transport: { preflight: async () => ({ checks: [{ what: 'reads', outcome: 'ok' }] }), reading, sending },
  }
}

export function customerMail(n: number | string, more = ''): string {
  return [
    'From: "Customer" <customer@customer.example>',
    'To: support@contoso.example',
    `Subject: Number ${n}`,
    `Message-ID: <m${n}@customer.example>`,
    'Date: Sat, 20 Dec 2025 10:00:00 +0000',
    ...(more === '' ? [] : [more]),
    '',
    `Hello ${n}`,
    '',
  ].join('\r\n')
}
