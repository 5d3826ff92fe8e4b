import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { mailParser, startScriptedServer, type ScriptedServer } from '../../../test/kit/index.ts'
import { connectionsTo } from '../../../test/transports/imap/imap-connections.ts'
import { createImapReading } from './imap-reading.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

const TARGET = 'Erledigt & mehr'
const MESSAGES = [1, 2].map((uid) => ({ remoteId: `imap:7:${uid}:INBOX`, messageId: `m${uid}@customer.example` }))
let server: ScriptedServer
let connections: MailboxConnections

beforeEach(async () => {
  server = await startScriptedServer()
  server.capabilities += ' MOVE'
  server.folders.set('INBOX', { uidValidity: 7, uidNext: 3, messages: [1, 2].map((number) => messageOf(number)) })
  server.folders.set('Erledigt &- mehr', { uidValidity: 8, uidNext: 1, messages: [] })
  connections = connectionsTo(server.port)
})
afterEach(async () => {
  await connections.close()
  await server.close()
})

function messageOf(number: number, uid = number) {
  return { uid, raw: `Message-ID: <m${number}@customer.example>\r\n\r\nHello\r\n` }
}
/** Answers UID MOVE with these lines, the last of which is tagged. */
function answerMove(...lines: string[]): void {
  server.twist = ({ tag, line, socket }) =>
    line.startsWith('UID MOVE') &&
    socket.write(lines.map((each, at) => `${at === lines.length - 1 ? tag : '*'} ${each}\r\n`).join(''))
}
const sentMoves = () => server.commands.filter((line) => line.startsWith('UID MOVE'))
const move = ({ from, to } = { from: 'INBOX', to: TARGET }) => {
  const { changing } = createImapReading({ connections, clock: systemClock, parser: mailParser })
  const messageIds = new Map(MESSAGES.map(({ remoteId, messageId }) => [remoteId, messageId]))
  return changing!.move([...messageIds.keys()], { from, to, messageIds })
}
const moved = (...remoteIds: (string | undefined)[]) => ({
  outcomes: new Map(MESSAGES.map((each, at) => [each.remoteId, { kind: 'done', remoteId: remoteIds[at] }])),
})
const inOrder = (outcomes: ReadonlyMap<string, unknown>) => MESSAGES.map(({ remoteId }) => outcomes.get(remoteId))
const elsewhere = { kind: 'elsewhere' }

it.each([
  ['NO [NOPERM] Not your folder.', 'transports.imap_no_access', 'NOPERM'],
  ['NO [OVERQUOTA] Quota exceeded.', 'transports.mailbox_full', 'OVERQUOTA'],
  ['NO [TRYCREATE] No such folder.', 'transports.imap_refused', 'TRYCREATE'],
  ['NO Not now.', 'transports.imap_refused', undefined],
])('a refused move has the error of the server: %s', async (line, code, responseCode) => {
  answerMove(line)
  const refused = connections.use('sync', (connection) =>
    connection.move({ path: 'INBOX', uidValidity: 7 }, '1:2', TARGET),
  )
  const error = AppError.from(await refused.catch((thrown: unknown) => thrown))
  expect([error.code, error.upstream?.code]).toEqual([code, responseCode])
})

it('a folder that is deleted before the move is reported as gone', async () => {
  answerMove('NO [TRYCREATE] No such folder.')
  expect(await move()).toMatchObject({ outcomes: new Map(), stoppedBy: { code: 'transports.target_folder_gone' } })
})

/** Answers commands that start with one of these prefixes. */
function answer(answers: Record<string, string>): void {
  server.twist = ({ tag, line, socket }) => {
    const prefix = Object.keys(answers).find((each) => line.startsWith(each))
    return prefix !== undefined && socket.write(`${tag} ${answers[prefix]}\r\n`)
  }
}

it('a move goes on if the server refuses to count the target folder', async () => {
  answer({ STATUS: 'NO Later.', 'UID MOVE': 'OK [COPYUID 8 1:2 11:12] Moved.' })
  expect(await move()).toEqual(moved('imap:8:11:Erledigt & mehr', 'imap:8:12:Erledigt & mehr'))
})

it.each([
  ['a search', { 'UID SEARCH': 'NO [INUSE] Later.' }, 'transports.imap_unavailable'],
  ['a search', { 'UID SEARCH': 'NO Later.' }, 'transports.imap_refused'],
  ['to open the target folder', { 'EXAMINE "Erl': 'NO Later.' }, 'transports.imap_refused'],
])('messages do not count as moved by another program if the server refuses %s: %o', async (_what, answers, code) => {
  server.folders.get('INBOX')!.messages = []
  answer(answers)
  const { outcomes, stoppedBy } = await move()
  const [first] = outcomes.values()
  expect(first?.kind === 'failed' ? first.error : (first ?? stoppedBy)).toMatchObject({ code })
})

it('nothing changes in a folder that is replaced after it was opened', async () => {
  server.twist = ({ line }) => {
    if (line.startsWith('SELECT')) server.folders.get('INBOX')!.uidValidity = 9
    return false
  }
  const kinds = [...(await move()).outcomes.values()].map(({ kind }) => kind)
  server.folders.get('INBOX')!.uidValidity = 7
  const { changing } = createImapReading({ connections, clock: systemClock, parser: mailParser })
  const marked = await changing!.markSeen([MESSAGES[0]!.remoteId], true)
  expect([...kinds, ...[...marked.outcomes.values()].map(({ kind }) => kind)]).not.toContain('done')
  expect(server.commands.filter((line) => /^UID (MOVE|STORE)/.test(line))).toEqual([])
})

it('a message does not count as missing if the server refuses the search, unless its Message-ID is odd', async () => {
  const reading = createImapReading({ connections, clock: systemClock, parser: mailParser })
  answer({ 'UID SEARCH': 'NO Later.' })
  await expect(reading.findByMessageId('m1@customer.example', 'inbox')).rejects.toMatchObject({
    code: 'transports.imap_refused',
  })
  expect(await reading.findByMessageId('m\u00e41@customer.example', 'inbox')).toEqual([])
})

it('a message that sync has met in another folder stays there', async () => {
  expect(await move({ from: 'Second', to: TARGET })).toEqual({
    outcomes: new Map(MESSAGES.map(({ remoteId }) => [remoteId, elsewhere])),
  })
  expect(sentMoves()).toEqual([])
})

it('a message marked for deletion stays, as it counts as gone', async () => {
  server.folders.get('INBOX')!.messages[0]!.flags = ['\\Deleted']
  answerMove('OK [COPYUID 8 2 11] Moved.')
  const { outcomes } = await move()
  expect(inOrder(outcomes)).toEqual([elsewhere, { kind: 'done', remoteId: 'imap:8:11:Erledigt & mehr' }])
  expect(sentMoves()).toEqual(['UID MOVE 2 "Erledigt &- mehr"'])
})

it('a message that left the folder is found in the target if Postkey moved it, and stays elsewhere if not', async () => {
  server.folders.get('INBOX')!.messages = []
  server.folders.get('Erledigt &- mehr')!.messages = [messageOf(2, 14)]
  const { outcomes } = await move()
  expect(inOrder(outcomes)).toEqual([elsewhere, { kind: 'done', remoteId: 'imap:8:14:Erledigt & mehr' }])
  expect(sentMoves()).toEqual([])
})

it('a move whose answer is lost with the connection is done', async () => {
  await connections.use('sync', (connection) => connection.open('INBOX'))
  server.twist = ({ line, socket }) => {
    if (!line.startsWith('UID MOVE')) return false
    server.folders.get('INBOX')!.messages = []
    server.folders.get('Erledigt &- mehr')!.messages = [messageOf(1, 11), messageOf(2, 12)]
    socket.destroy()
    return true
  }
  expect(await move()).toEqual(moved('imap:8:11:Erledigt & mehr', 'imap:8:12:Erledigt & mehr'))
})

it('a message that another program moves at the same moment is not reported as moved', async () => {
  answerMove('OK [COPYUID 8 2 11] Moved.')
  const { outcomes } = await move()
  expect(inOrder(outcomes)).toEqual([elsewhere, { kind: 'done', remoteId: 'imap:8:11:Erledigt & mehr' }])
})

it.each([
  ['before the removals', ['OK [COPYUID 8 1:2 11,14] Moved.', '1 EXPUNGE', '1 EXPUNGE', 'OK Done.']],
  ['with the end of the command', ['OK [COPYUID 8 1,2 11,14] Moved.']],
])('a move has the new ids that the server reports %s', async (_when, lines) => {
  answerMove(...lines)
  expect(await move()).toEqual(moved('imap:8:11:Erledigt & mehr', 'imap:8:14:Erledigt & mehr'))
  expect(sentMoves()).toEqual(['UID MOVE 1:2 "Erledigt &- mehr"'])
})

it.each([
  ['none', 'OK Moved.'],
  ['fewer new ids than messages', 'OK [COPYUID 8 1:2 11] Moved.'],
  ['billions', 'OK [COPYUID 8 1:4294967295 1:4294967295] Moved.'],
])('a move has no new ids if the server reports %s', async (_what, line) => {
  answerMove(line)
  expect(await move()).toEqual(moved(undefined, undefined))
})

it('a move is done even if the folder can’t be opened afterwards, and the connection is not used again', async () => {
  let isMoved = false
  server.twist = ({ tag, line, socket }) => {
    if (line.startsWith('UID MOVE')) {
      isMoved = true
      return socket.write(`${tag} OK [COPYUID 8 1:2 11:12] Moved.\r\n`)
    }
    return isMoved && line.startsWith('EXAMINE') && socket.write(`${tag} NO [NOPERM] Closed to you.\r\n`)
  }
  expect(await move()).toEqual(moved('imap:8:11:Erledigt & mehr', 'imap:8:12:Erledigt & mehr'))
  await expect.poll(() => server.connections.size).toBe(0)
})
