import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../kernel/clock.ts'
import { mailParser, startScriptedServer, type ScriptedServer } from '../../../test/kit/index.ts'
import type { Cursor } from '../mail-transport.ts'
import { createImapReading } from './imap-reading.ts'
import { connectionsTo } from '../../../test/transports/imap/imap-connections.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

let server: ScriptedServer
let connections: MailboxConnections
let mailboxIds: Record<string, string>

beforeEach(async () => {
  server = await startScriptedServer()
  mailboxIds = {}
  server.twist = ({ line, socket }) => {
    const id = mailboxIds[/^EXAMINE (\S+)/.exec(line)?.[1] ?? '']
    if (id !== undefined) socket.write(`* OK [MAILBOXID (${id})] Ok\r\n`)
    return false
  }
  connections = connectionsTo(server.port)
})
afterEach(async () => {
  await connections.close()
  await server.close()
})

const reading = () => createImapReading({ connections, clock: systemClock, parser: mailParser })
const messages = (...uids: number[]) =>
  uids.map((uid) => ({ uid, raw: `Message-ID: <m${uid % 10}@customer.example>\r\nSubject: ${uid}\r\n\r\nHello\r\n` }))
const SAMPLE = [2, 1].map((uid) => ({ remoteId: `imap:7:${uid}:Orders`, messageId: `m${uid}@customer.example` }))

/** Reads the folder Orders, which is deleted afterwards. */
async function cursorOfOrders(): Promise<Cursor> {
  server.folders.set('Orders', { uidValidity: 7, uidNext: 3, messages: messages(1, 2) })
  let cursor: Cursor | undefined
  for await (const page of reading().changes('Orders', undefined, { since: new Date(0) })) cursor = page.cursor
  server.folders.delete('Orders')
  return cursor!
}

async function renamed(candidates: Record<string, { isNew: boolean }>, sample = SAMPLE) {
  const cursor = await cursorOfOrders()
  const all = Object.entries(candidates).map(([remoteId, { isNew }]) => ({ remoteId, isNew }))
  return reading().renamedFolder!(cursor, { candidates: all, sample })
}

it('a renamed folder is identified by its MAILBOXID, even if empty, which takes precedence over content', async () => {
  mailboxIds = { Orders: 'F1', Copy: 'F2', Bestellungen: 'F1' }
  server.folders.set('Copy', { uidValidity: 7, uidNext: 3, messages: messages(1, 2) })
  server.folders.set('Bestellungen', { uidValidity: 9, uidNext: 1, messages: [] })

  expect(await renamed({ Copy: { isNew: true }, Bestellungen: { isNew: false } }, [])).toBe('Bestellungen')
})

it('a renamed folder is identified by its UIDVALIDITY with the same messages at the same UIDs', async () => {
  server.folders.set('Other', { uidValidity: 7, uidNext: 13, messages: messages(2, 11) })
  server.folders.set('Bestellungen', { uidValidity: 7, uidNext: 4, messages: messages(2, 3) })

  expect(await renamed({ Bestellungen: { isNew: false } })).toBe('Bestellungen')
})

it('a renamed folder is not identified by its UIDVALIDITY alone, because some servers use one for all folders', async () => {
  const others = [1, 2].map((uid) => ({ uid, raw: `Message-ID: <x${uid}@customer.example>\r\n\r\nHello\r\n` }))
  server.folders.set('Invoices', { uidValidity: 7, uidNext: 3, messages: others })
  server.folders.set('Empty', { uidValidity: 7, uidNext: 3, messages: [] })

  expect(await renamed({ Invoices: { isNew: true }, Empty: { isNew: true } })).toBeUndefined()
})

it('a renamed folder with new UIDs is identified by all sampled messages in a new folder', async () => {
  server.folders.set('Partly', { uidValidity: 8, uidNext: 12, messages: messages(11) })
  server.folders.set('Bestellungen', { uidValidity: 8, uidNext: 13, messages: messages(11, 12) })

  expect(await renamed({ Partly: { isNew: true }, Bestellungen: { isNew: true } })).toBe('Bestellungen')
  expect(await renamed({ Bestellungen: { isNew: false } })).toBeUndefined()
})
