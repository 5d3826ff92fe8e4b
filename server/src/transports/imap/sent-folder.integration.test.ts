import { afterEach, beforeEach, expect, it } from 'vitest'
import { startScriptedServer, type ScriptedServer } from '../../../test/kit/index.ts'
import { appendSentBy } from './append-sent.ts'
import { listFolders } from './folders.ts'
import { connectionsTo } from '../../../test/transports/imap/imap-connections.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

let server: ScriptedServer
let connections: MailboxConnections

beforeEach(async () => {
  server = await startScriptedServer()
  connections = connectionsTo(server.port)
})
afterEach(async () => {
  await connections.close()
  await server.close()
})

function add(...paths: string[]): void {
  for (const path of paths) server.folders.set(path, { uidValidity: 7, uidNext: 1, messages: [] })
}
const sentOf = async (sentFolder?: string) => {
  const folders = await connections.use('sync', (connection) => listFolders(connection, { sentFolder }))
  return folders.find(({ role }) => role === 'sent')?.remoteId
}

it.each([
  ['Gesendete Elemente', 'Gesendete Elemente'],
  ['Objets envoy&AOk-s', 'Objets envoyés'],
  ['&Xn1SBpAB-', '已分送'],
  ['INBOX/Skickade', 'INBOX/Skickade'],
  ['&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-', 'Отправленные'],
])('the Sent folder is found by its localized name (%s)', async (listed, path) => {
  add(listed, 'Projects')
  const isKnown = path !== '已分送'

  expect(await sentOf()).toBe(isKnown ? path : undefined)
})

it('the Sent folder is never a subfolder of another one with that name', async () => {
  add('Projects', 'Projects/Versendet')

  expect(await sentOf()).toBeUndefined()
})

it('the selected Sent folder takes precedence over a name, and copies are stored there', async () => {
  add('Sent', 'Projects', 'Projects/Out')

  expect(await sentOf('Projects/Out')).toBe('Projects/Out')
  await appendSentBy(connections, 'Projects/Out')(Buffer.from('Message-ID: <a@b.example>\r\n\r\nText\r\n'), new Date())
  expect(server.folders.get('Projects/Out')!.messages).toHaveLength(1)
  expect(server.folders.get('Sent')!.messages).toHaveLength(0)
})

it('the Sent folder is found by name if the selected one is gone', async () => {
  add('Sent')

  expect(await sentOf('Projects/Out')).toBe('Sent')
})

it('a missing Sent folder is reported when a copy is stored', async () => {
  add('Projects')

  await expect(appendSentBy(connections)(Buffer.from('\r\n'), new Date())).rejects.toMatchObject({
    code: 'transports.no_sent_folder',
  })
})
