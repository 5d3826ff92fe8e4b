import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDovecot, type Dovecot } from '../../../../mail-servers/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import { Secret } from '../../kernel/secret.ts'
import { mailParser } from '../../../test/kit/index.ts'
import type { ChangePage, Cursor } from '../mail-transport.ts'
import { createImapReading } from './imap-reading.ts'
import { createMailboxConnections } from './mailbox-connections.ts'

const ADDRESS = 'changes@contoso.example'
let dovecot: Dovecot

beforeAll(async () => {
  dovecot = await startDovecot({ users: { [ADDRESS]: 'pw' } })
})
afterAll(() => dovecot.stop())

it('a reading reports new messages with their flags, and not again as a change of flags', async () => {
  const connections = createMailboxConnections({
    server: { host: '127.0.0.1', port: dovecot.imapPort, tls: 'none' },
    login: { by: 'password', userName: ADDRESS, password: async () => new Secret('pw') },
    dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${dovecot.imapPort}`]) }),
    clock: systemClock,
  })
  const reading = createImapReading({ connections, clock: systemClock, parser: mailParser })
  async function read(cursor?: Cursor) {
    const pages: ChangePage[] = []
    for await (const page of reading.changes('INBOX', cursor, { since: new Date(0) })) pages.push(page)
    const told = pages.flatMap(({ upserts }) => upserts.map(({ partial, flags }) => ({ partial, flags })))
    return { told, cursor: pages.at(-1)!.cursor }
  }
  const deliver = (n: number) => dovecot.deliver(ADDRESS, `Subject: ${n}\r\n\r\nHello\r\n`)

  await deliver(1)
  const first = await read()
  await deliver(2)
  await deliver(3)
  const second = await read(first.cursor)
  expect(second.told).toEqual([2, 3].map(() => ({ partial: false, flags: [] })))

  await dovecot.doveadm(['flags', 'add', '-u', ADDRESS, '\\Seen', 'mailbox', 'INBOX', 'uid', '2'])
  expect((await read(second.cursor)).told).toEqual([{ partial: true, flags: ['seen'] }])
  await connections.close()
})
