import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDovecot, type Dovecot } from '../../../../mail-servers/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import { mailParser, startScriptedServer } from '../../../test/kit/index.ts'
import { appendSentBy } from './append-sent.ts'
import { createImapReading } from './imap-reading.ts'
import { connectionsTo } from '../../../test/transports/imap/imap-connections.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

const ADDRESS = 'sent@contoso.example'
const MINE = 'mine@contoso.example'
const at = new Date('2026-03-01T09:00:00Z')
const source = (messageId: string) => Buffer.from(`Message-ID: <${messageId}>\r\nSubject: Kettle\r\n\r\nIt boils.\r\n`)
let dovecot: Dovecot
let connections: MailboxConnections

beforeAll(async () => {
  dovecot = await startDovecot({ users: { [ADDRESS]: 'pw' } })
  connections = connectionsTo(dovecot.imapPort, ADDRESS)
})
afterAll(async () => {
  await connections.close()
  await dovecot.stop()
})

/** UIDs in Sent; with `deleted`, those marked as deleted but not yet expunged. */
const uids = (query: object = { all: true }) =>
  connections.use('send', async (connection) => {
    await connection.open('Sent')
    return connection.search(query)
  })

it('a second copy of a message is removed by the worker that stored it, and no other message is removed', async () => {
  const append = appendSentBy(connections)
  await append(source('other@contoso.example'), at)
  // Marked as deleted by another client; a plain EXPUNGE would remove it as well.
  await connections.use('send', async (connection) => {
    await connection.append('Sent', source('marked@contoso.example'), ['\\Deleted'], at)
  })
  const first = await append(source(MINE), at)
  const second = await append(source(MINE), at)
  expect(await uids()).toEqual([1, 2, 3, 4])

  await first?.removeIfSecond(MINE)
  expect(await uids()).toEqual([1, 2, 3, 4])
  await second?.removeIfSecond(MINE)
  expect(await uids()).toEqual([1, 2, 3])
  await second?.removeIfSecond(MINE)

  expect(await uids()).toEqual([1, 2, 3])
  expect(await uids({ deleted: true })).toEqual([2])
})

it('copies and the searches before them list the folders once in a minute, and again after a refusal', async () => {
  const server = await startScriptedServer()
  server.capabilities = server.capabilities.replace(' LITERAL+', ' UNSELECT')
  server.folders.set('Sent', { uidValidity: 7, uidNext: 1, messages: [] })
  let lists = 0
  let isRefused = false
  server.twist = ({ tag, line, socket }) => {
    if (line.startsWith('LIST')) lists++
    return isRefused && line.startsWith('APPEND') && socket.write(`${tag} NO [TRYCREATE] No such mailbox.\r\n`)
  }
  const scripted = connectionsTo(server.port, ADDRESS)
  const reading = createImapReading({ connections: scripted, clock: systemClock, parser: mailParser })
  const append = appendSentBy(scripted)

  expect(await reading.findByMessageId(MINE, 'sent')).toEqual([])
  const listsOfOne = lists
  expect(await append(source(MINE), at)).toMatchObject({ remoteId: 'imap:7:1:Sent' })
  expect(await append(source('other@contoso.example'), at)).toMatchObject({ remoteId: 'imap:7:2:Sent' })
  expect(lists).toBe(listsOfOne)

  isRefused = true
  await expect(append(source(MINE), at)).rejects.toMatchObject({ code: expect.any(String) as string })
  isRefused = false
  await append(source(MINE), at)
  expect(lists).toBe(2 * listsOfOne)
  await scripted.close()
  await server.close()
})

it('a message is found in a Sent folder that was renamed since the folders were listed', async () => {
  const server = await startScriptedServer()
  server.capabilities = server.capabilities.replace(' LITERAL+', ' UNSELECT')
  server.folders.set('Sent', { uidValidity: 7, uidNext: 1, messages: [] })
  const scripted = connectionsTo(server.port, ADDRESS)
  const reading = createImapReading({ connections: scripted, clock: systemClock, parser: mailParser })
  await appendSentBy(connectionsTo(server.port, ADDRESS))(source(MINE), at)
  expect(await reading.findByMessageId(MINE, 'inbox')).toEqual([])

  server.folders.set('Gesendete Elemente', server.folders.get('Sent')!)
  server.folders.delete('Sent')
  expect(await reading.findByMessageId(MINE, 'sent')).toMatchObject([{ messageId: MINE }])
  await scripted.close()
  await server.close()
})

it('a copy is stored on a server that refuses APPEND to a folder opened as read-only', async () => {
  const server = await startScriptedServer()
  // The literal is sent after the continuation response, so a refusal is read first.
  server.capabilities = server.capabilities.replace(' LITERAL+', ' UNSELECT')
  server.folders.set('Sent', { uidValidity: 7, uidNext: 1, messages: [] })
  server.twist = ({ tag, line, socket, path }) =>
    line.startsWith('APPEND Sent') && path === 'Sent' && socket.write(`${tag} NO Mailbox is read-only.\r\n`)
  const scripted = connectionsTo(server.port, ADDRESS)
  await scripted.use('send', (connection) => connection.open('Sent'))

  expect(await appendSentBy(scripted)(source(MINE), at)).toBeDefined()
  expect(server.folders.get('Sent')!.messages).toHaveLength(1)
  await scripted.close()
  await server.close()
})
