import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDovecot, type Dovecot } from '../../../../mail-servers/index.ts'
import { startScriptedServer } from '../../../test/kit/index.ts'
import { listFolders } from './folders.ts'
import { connectionsTo } from '../../../test/transports/imap/imap-connections.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

const ADDRESS = 'names@contoso.example'
const NAMES = ['Aufträge', 'R&D', '受注', 'Über/Größe & Maß', 'a*b%c', 'quote "x" \\ y', 'Plain']

describe.each([
  { offers: 'UTF8=ACCEPT', extra: 'mail_utf8_extensions = yes\n' },
  { offers: 'modified UTF-7 only', extra: '' },
])('folder names on a server that offers $offers', ({ offers, extra }) => {
  let dovecot: Dovecot
  let connections: MailboxConnections

  beforeAll(async () => {
    dovecot = await startDovecot({ users: { [ADDRESS]: 'pw' }, extra })
    connections = connectionsTo(dovecot.imapPort, ADDRESS)
    await dovecot.doveadm(['mailbox', 'create', '-u', ADDRESS, ...NAMES])
  })
  afterAll(async () => {
    await connections.close()
    await dovecot.stop()
  })

  it('has the expected capability', async () => {
    const can = await connections.use('sync', async (connection) => connection.can('UTF8=ACCEPT'))
    expect(can).toBe(offers === 'UTF8=ACCEPT')
  })

  it('are listed, counted and opened with non-ASCII letters, ampersands and wildcards', async () => {
    const source = Buffer.from('Message-ID: <one@contoso.example>\r\nSubject: One\r\n\r\nText\r\n')
    await connections.use('sync', async (connection) => {
      for (const name of NAMES) await connection.append(name, source, [], new Date('2026-03-01T09:00:00Z'))
      const folders = await listFolders(connection)

      for (const name of NAMES) {
        const folder = folders.find(({ remoteId }) => remoteId === name)
        expect(folder, name).toMatchObject({ path: name.split('/'), totalCount: 1, unreadCount: 1 })
        expect(await connection.open(folder!.remoteId), name).toMatchObject({ exists: 1 })
      }
    })
  })
})

// Gmail switches; Dovecot confirms UTF8=ACCEPT but keeps modified UTF-7.
it('folders with special names are listed and opened on a server that would switch to UTF-8 names', async () => {
  const server = await startScriptedServer()
  const connections = connectionsTo(server.port, ADDRESS)
  server.capabilities += ' ENABLE UTF8=ACCEPT'
  const names = { 'Auftr&AOQ-ge': 'Aufträge', 'R&-D': 'R&D' }
  let isUtf8 = false
  for (const name of Object.keys(names)) server.folders.set(name, { uidValidity: 7, uidNext: 1, messages: [] })
  server.twist = ({ tag, line, socket }) => {
    if (line.startsWith('ENABLE')) {
      isUtf8 = line.includes('UTF8=ACCEPT')
      socket.write(`* ENABLED ${line.slice('ENABLE '.length)}\r\n${tag} OK\r\n`)
      return true
    }
    if (!isUtf8 || !line.startsWith('LIST')) return false
    for (const name of Object.values(names)) socket.write(`* LIST (\\HasNoChildren) "/" "${name}"\r\n`)
    socket.write(`${tag} OK\r\n`)
    return true
  }

  await connections.use('sync', async (connection) => {
    const listed = await listFolders(connection)
    expect(listed.map(({ remoteId }) => remoteId)).toEqual(expect.arrayContaining(Object.values(names)))
    for (const name of Object.values(names)) expect(await connection.open(name)).toMatchObject({ uidValidity: 7 })
  })
  await connections.close()
  await server.close()
})
