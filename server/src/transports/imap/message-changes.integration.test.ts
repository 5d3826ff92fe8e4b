import { afterEach, beforeEach, expect, it } from 'vitest'
import { mailParser, startScriptedServer, type ScriptedServer } from '../../../test/kit/index.ts'
import { connectionsTo } from '../../../test/transports/imap/imap-connections.ts'
import { systemClock } from '../../kernel/clock.ts'
import { createImapReading } from './imap-reading.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { imapRemoteId } from './remote-ids.ts'

let server: ScriptedServer
let connections: MailboxConnections

beforeEach(async () => {
  server = await startScriptedServer()
  for (const path of ['Read-only', 'INBOX']) server.folders.set(path, { uidValidity: 7, uidNext: 1, messages: [] })
  connections = connectionsTo(server.port)
})
afterEach(async () => {
  await connections.close()
  await server.close()
})

const [refused, allowed] = ['Read-only', 'INBOX'].map((path) => imapRemoteId({ uidValidity: 7, uid: 1, path }))

const changing = () => createImapReading({ connections, clock: systemClock, parser: mailParser }).changing!

it.each([
  ['NO STORE not allowed.', 'transports.imap_refused'],
  ['NO [NOPERM] Permission denied.', 'transports.imap_no_access'],
])('a folder whose changes are refused with %s leaves the others in work', async (reply, code) => {
  server.twist = ({ tag, line, socket, path }) => {
    if (path !== 'Read-only' || !line.startsWith('UID STORE')) return false
    return socket.write(`${tag} ${reply}\r\n`)
  }
  const { outcomes, stoppedBy } = await changing().markSeen([refused!, allowed!], true)
  expect(stoppedBy).toBeUndefined()
  expect(outcomes.get(refused!)).toMatchObject({ kind: 'failed', error: { code } })
  expect(outcomes.get(allowed!)).toEqual({ kind: 'done', remoteId: allowed })
})

it('a lost connection stops all folders, and names the messages of the command', async () => {
  server.twist = ({ line, socket }) => {
    if (!line.startsWith('UID STORE')) return false
    socket.destroy()
    return true
  }
  const result = await changing().markSeen([refused!, allowed!], true)
  expect(result.stoppedBy).toMatchObject({ code: 'transports.imap_unavailable' })
  expect(result).toMatchObject({ stoppedAt: [refused], outcomes: new Map() })
})
