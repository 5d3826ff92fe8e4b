import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../kernel/clock.ts'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import { AppError } from '../../kernel/errors.ts'
import { createLog } from '../../kernel/log.ts'
import { Secret } from '../../kernel/secret.ts'
import { createParser } from '../../mime/index.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { ChangePage, Cursor } from '../mail-transport.ts'
import type { BodyLimits } from './bodies.ts'
import type { Deadlines } from './deadlines.ts'
import { createImapReading } from './imap-reading.ts'
import { createMailboxConnections, type MailboxConnections } from './mailbox-connections.ts'
import { startScriptedServer, type ScriptedMessage, type ScriptedServer } from '../../../test/kit/index.ts'

const SINCE = new Date('2025-01-01')
const parser = createParser({ threads: 1 })
let server: ScriptedServer
const opened: MailboxConnections[] = []

beforeEach(async () => {
  server = await startScriptedServer()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()))
  await server.close()
})

interface OpenOptions {
  deadlines?: Partial<Deadlines>
  limits?: Partial<BodyLimits>
  password?: string
}

function open({ deadlines, limits, password = 'pw' }: OpenOptions = {}) {
  const connections = createMailboxConnections({
    server: { host: '127.0.0.1', port: server.port, tls: 'none' },
    login: { by: 'password', userName: 'anna@contoso.example', password: async () => new Secret(password) },
    dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${server.port}`]) }),
    clock: systemClock,
    deadlines,
  })
  opened.push(connections)
  return {
    connections,
    reading: createImapReading({ connections, clock: systemClock, parser, ...(limits && { limits }) }),
  }
}

function mail(uid: number, more: Partial<ScriptedMessage> = {}): ScriptedMessage {
  const raw = `From: c@customer.example\r\nMessage-ID: <m${uid}@customer.example>\r\nSubject: Number ${uid}\r\n\r\nHello ${uid}\r\n`
  return { uid, raw, ...more }
}

function fill(count: number, path = 'INBOX'): void {
  const messages = Array.from({ length: count }, (_none, at) => mail(at + 1))
  server.folders.set(path, { uidValidity: 7, uidNext: count + 1, messages })
}

async function pagesOf(reading: ReturnType<typeof open>['reading'], cursor?: Cursor): Promise<ChangePage[]> {
  const pages: ChangePage[] = []
  for await (const page of reading.changes('INBOX', cursor, { since: SINCE })) pages.push(page)
  return pages
}

const subjectsOf = (pages: ChangePage[]) => pages.flatMap(({ upserts }) => upserts.map(({ subject }) => subject))
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: unknown) => AppError.from(error).code,
  )

describe('the inventory of a folder', () => {
  it('is requested in steps of ten thousand messages, by UID only', async () => {
    fill(10_050)
    const { reading } = open()
    expect((await (await reading.inventory('INBOX', SINCE)).list()).size).toBe(10_050)
    expect(server.commands.filter((line) => /SEARCH|FETCH/.test(line))).toEqual([
      'UID SEARCH 51:10050 UNDELETED UNDRAFT SINCE 31-Dec-2024',
      'UID SEARCH 1:50 UNDELETED UNDRAFT SINCE 31-Dec-2024',
    ])
  })

  it('counts no message as removed if the server returns no search result', async () => {
    fill(5)
    const { reading } = open()
    const inventory = await reading.inventory('INBOX', SINCE)
    expect(await inventory.leftOf(['imap:7:5:INBOX', 'imap:7:6:INBOX'])).toEqual(['imap:7:6:INBOX'])
    server.twist = ({ tag, line, socket }) => /^UID SEARCH/.test(line) && socket.write(`${tag} OK completed.\r\n`)
    expect(await inventory.leftOf(['imap:7:5:INBOX', 'imap:7:6:INBOX'])).toEqual([])
  })
})

describe('a message over the size limit', () => {
  it('is stored with its header, and its source is streamed in parts on demand', async () => {
    const raw = `${mail(1).raw}${'x'.repeat(2_500_000)}`
    server.folders.set('INBOX', { uidValidity: 7, uidNext: 2, messages: [{ uid: 1, raw, claims: 10 }] })
    const { reading } = open({ limits: { largestBytes: 1_000_000, smallBytes: 1000 } })
    const [page] = await pagesOf(reading)
    const [message] = page!.upserts as RemoteMessage[]
    expect(message!.marks!.quarantine).toMatchObject({ reason: 'too_big' })

    server.commands.length = 0
    const pieces = []
    for await (const piece of reading.streamSource(message!.remoteId, { maxBytes: 3_000_000 })) pieces.push(piece)
    expect(Buffer.concat(pieces).toString() === raw).toBe(true)
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(1024 * 1024)
    expect(server.commands.filter((line) => /FETCH/.test(line))).toHaveLength(3)

    const beyond = async (remoteId: string, maxBytes: number) => {
      for await (const _piece of reading.streamSource(remoteId, { maxBytes }));
    }
    expect(await codeOf(beyond(message!.remoteId, 2_000_000))).toBe('transports.answer_too_large')
    expect(await codeOf(beyond('imap:7:2:INBOX', 3_000_000))).toBe('transports.item_gone')
    expect(await codeOf(beyond('imap:8:1:INBOX', 3_000_000))).toBe('transports.item_gone')
  })
})

describe('an interrupted reading of a folder', () => {
  it.each([
    ['while sizes are listed', /^FETCH .*RFC822\.SIZE/],
    ['while bodies come', /^UID FETCH .*BODY/],
  ])('loses nothing when the connection breaks %s', async (_when, where) => {
    fill(260)
    let cuts = 0
    let met = 0
    server.twist = ({ line, socket }) => {
      if (!where.test(line) || ++met % 3 !== 0 || cuts >= 4) return false
      cuts++
      socket.write('* 1 FETCH (UID 1 BODY[] {5000}\r\nhalf of it')
      socket.destroySoon()
      return true
    }
    const { reading } = open()
    const subjects = new Set<string | undefined>()
    let cursor: Cursor | undefined
    let turns = 0
    for (let done = false; !done && turns < 20; turns++) {
      try {
        for await (const page of reading.changes('INBOX', cursor, { since: SINCE })) {
          for (const each of page.upserts) {
            // No restart: messages of a stored page are not returned again.
            expect(subjects.has(each.subject)).toBe(false)
            subjects.add(each.subject)
          }
          cursor = page.cursor
          done = page.done
        }
      } catch (error) {
        expect(AppError.from(error).remedy).toBe('wait')
      }
    }
    expect(cuts).toBeGreaterThan(0)
    expect(subjects.size).toBe(260)
  })

  it('returns the newest fifty first, and then new mail before the rest', async () => {
    fill(200)
    const { reading } = open()
    const first = reading.changes('INBOX', undefined, { since: SINCE })[Symbol.asyncIterator]()
    const { value } = (await first.next()) as { value: ChangePage }
    await first.return?.()
    expect(value.upserts[0]?.subject).toBe('Number 200')
    expect(value.upserts).toHaveLength(50)

    const folder = server.folders.get('INBOX')!
    folder.messages.push(mail(201))
    folder.uidNext = 202
    const pages = await pagesOf(open().reading, value.cursor)
    expect(pages[0]?.upserts.map(({ subject }) => subject)).toEqual(['Number 201'])
    expect(subjectsOf(pages)).toHaveLength(151)
    expect(new Set(subjectsOf(pages)).size).toBe(151)
  })
})

describe('a misbehaving server', () => {
  it('with wrong sizes is measured by bytes received, and a message over the limit is stored with its header', async () => {
    const big = 'x'.repeat(400_000)
    const long = (uid: number) => mail(uid).raw.replace('Hello', `${big}\r\nHello`)
    server.folders.set('INBOX', {
      uidValidity: 7,
      uidNext: 5,
      messages: [
        mail(1),
        mail(2, { raw: long(2), claims: 10 }),
        mail(3, { raw: long(3).repeat(3), claims: 10 }),
        mail(4),
      ],
    })
    const { reading } = open({ limits: { smallBytes: 100_000, largestBytes: 1_000_000 } })
    const [page] = await pagesOf(reading)

    const upserts = page!.upserts.filter((each) => !each.partial)
    expect(upserts.map(({ subject }) => subject)).toEqual(['Number 4', 'Number 3', 'Number 2', 'Number 1'])
    expect(upserts.map(({ source }) => source?.length)).toEqual([
      expect.any(Number),
      undefined,
      long(2).length,
      expect.any(Number),
    ])
    expect(upserts[1]?.marks?.quarantine?.reason).toBe('too_big')
  })

  it('with a refused message gets that one stored with its header and the others whole', async () => {
    fill(3)
    server.twist = ({ tag, line, socket }) => {
      if (!/^UID FETCH .*\b2\b.*BODY\.PEEK\[\]/.test(line) && !/^UID FETCH 1:3 .*BODY\.PEEK\[\]/.test(line))
        return false
      socket.write(`${tag} NO Retrieval using the IMAP4 protocol failed for the following message: 2\r\n`)
      return true
    }
    const { reading } = open()
    const [page] = await pagesOf(reading)

    expect(subjectsOf([page!])).toEqual(['Number 3', 'Number 2', 'Number 1'])
    expect(page!.upserts.map((each) => !each.partial && each.marks?.quarantine?.reason)).toEqual([
      undefined,
      'unreadable',
      undefined,
    ])
  })

  it('without UIDNEXT and with the highest UID is read to its end, and then has no changes', async () => {
    const messages = [mail(5), mail(4_294_967_295)]
    server.folders.set('INBOX', { uidValidity: 7, messages })
    const { reading } = open()
    const pages = await pagesOf(reading)
    expect(subjectsOf(pages)).toEqual(['Number 4294967295', 'Number 5'])

    const again = await pagesOf(reading, pages.at(-1)!.cursor)
    expect(again.flatMap(({ upserts }) => upserts.filter((each) => !each.partial))).toEqual([])
    expect(again.at(-1)?.done).toBe(true)
  })

  it('with invalid folder names has these left out and the others listed', async () => {
    server.twist = ({ tag, line, socket }) => {
      if (!line.startsWith('LIST')) return false
      const long = 'x'.repeat(2000)
      const names = [
        'INBOX',
        'Sent Items',
        '&bad',
        'Entw&APw-rfe',
        `{4}\r\na\r\nb`,
        `"${long}"`,
        '"Inbox/Gel&APY-scht"',
      ]
      for (const name of names) socket.write(`* LIST () "/" ${/^["{]/.test(name) ? name : `"${name}"`}\r\n`)
      socket.write(`* LIST (\\Noselect) "/" "Shared"\r\n* LIST () NIL NIL\r\n${tag} OK LIST completed.\r\n`)
      return true
    }
    const folders = await open().reading.listFolders()
    expect(folders.map(({ remoteId, role }) => [remoteId, role])).toEqual([
      ['INBOX', 'inbox'],
      ['Sent Items', 'sent'],
      ['Entwürfe', 'drafts'],
      ['Inbox/Gelöscht', 'trash'],
    ])
  })

  it('with an endless response is disconnected, and the next run continues', async () => {
    fill(3)
    server.twist = ({ line, socket }) => {
      if (!/SEARCH/.test(line)) return false
      socket.write('* SEARCH')
      const numbers = ` ${'4294967295 '.repeat(10_000)}`
      const pour = () => {
        while (!socket.destroyed && socket.write(numbers));
      }
      socket.on('drain', pour)
      pour()
      return true
    }
    const { reading } = open()
    expect(await codeOf(reading.findByMessageId('m1@customer.example', 'inbox'))).toBe('transports.imap_not_understood')
    expect(subjectsOf(await pagesOf(reading))).toHaveLength(3)
  })

  it('with sixteen million vanished UIDs in ten bytes causes no work', async () => {
    fill(3)
    server.capabilities += ' ENABLE CONDSTORE QRESYNC'
    let modSeq = 5
    server.twist = ({ tag, line, socket, path }) => {
      if (line.startsWith('ENABLE')) socket.write('* ENABLED CONDSTORE QRESYNC\r\n')
      else if (line.startsWith('EXAMINE')) socket.write(`* OK [HIGHESTMODSEQ ${modSeq}] Highest\r\n`)
      else if (line.includes('CHANGEDSINCE') && path) {
        socket.write('* VANISHED (EARLIER) 2,4:16777216\r\n* VANISHED (EARLIER) 20000000:4294967295\r\n')
        socket.write('* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (9))\r\n')
        socket.write(`${tag} OK done\r\n`)
        return true
      }
      return false
    }
    const first = await pagesOf(open().reading)
    modSeq = 9
    const began = process.threadCpuUsage()
    const [page] = await pagesOf(open().reading, first.at(-1)!.cursor)

    // CPU time of this thread: a loop over four thousand million UIDs takes many seconds.
    expect(process.threadCpuUsage(began).user / 1e6).toBeLessThan(2)
    expect(page?.upserts).toMatchObject([{ remoteId: 'imap:7:1:INBOX', flags: ['seen'] }])
    expect([1, 2, 3, 4, 16_777_217].map((uid) => page?.left?.(`imap:7:${uid}:INBOX`))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ])
  })
})

it.each([
  ['in a sentence', (line: string) => `NO [AUTHENTICATIONFAILED] what is ${line}`],
  ['as a response code', (line: string) => `NO [${line.replaceAll('"', '')}] what is that`],
  ['as what cannot be read', (line: string) => `NO [(${line} {`],
])('a password echoed by the server %s appears in no error or log', async (_how, said) => {
  const password = 'open sesame and close it'
  for (const capabilities of ['IMAP4rev1', 'IMAP4rev1 AUTH=PLAIN']) {
    server.capabilities = capabilities
    let shown = ''
    server.twist = ({ tag, line, socket }) => {
      if (!/^(?:AUTHENTICATE|LOGIN) /.test(line)) return false
      const refuse = (text: string) => socket.write(`${tag} ${said((shown = text))}\r\n`)
      if (line.startsWith('LOGIN')) refuse(line)
      else {
        socket.write('+ \r\n')
        socket.once('data', (data) => refuse(data.toString().trim()))
      }
      return true
    }

    const error = await open({ password })
      .reading.listFolders()
      .catch((thrown: unknown) => thrown)

    let log = ''
    createLog({ destination: { write: (text: string) => (log += text) } }).error({ err: error })
    expect(log).toContain('transports.imap_')
    for (const part of [password, shown.slice(-12)]) expect(log.toLowerCase()).not.toContain(part.toLowerCase())
  }
})

describe('an unresponsive server', () => {
  const deadlines = {
    openMs: 400,
    silenceMs: 400,
    progressMs: 600,
    progressBytes: 1000,
    // Never: only the deadlines above can end a command.
    commandMs: 2 ** 31 - 1,
    idleBeginsMs: 400,
  }

  it('times out while it is opened', async () => {
    server.twist = () => true
    expect(await codeOf(open({ deadlines }).reading.listFolders())).toBe('transports.imap_timed_out')
  })

  it('times out in the middle of a command', async () => {
    fill(3)
    server.twist = ({ line }) => /BODY/.test(line)
    expect(await codeOf(pagesOf(open({ deadlines }).reading))).toBe('transports.imap_timed_out')
  })

  it('times out when it sends single bytes', async () => {
    fill(3)
    const drips: NodeJS.Timeout[] = []
    server.twist = ({ line, socket }) => {
      if (!/BODY/.test(line)) return false
      socket.write('* 1 FETCH (UID 1 BODY[]<0> {5000}\r\n')
      drips.push(setInterval(() => socket.write('x'), 100))
      return true
    }
    expect(await codeOf(pagesOf(open({ deadlines }).reading))).toBe('transports.imap_timed_out')
    drips.forEach(clearInterval)
  })

  it.each([
    ['to IDLE is noticed, though nobody wants anything of the mailbox', 60_000, 0],
    ['to DONE, because the line went dead in IDLE, is noticed', 300, 50],
  ])('%s', async (_what, renewMs, deadAfterMs) => {
    server.twist = ({ line, socket }) => {
      if (line !== 'IDLE') return false
      if (deadAfterMs > 0) setTimeout(() => socket.removeAllListeners('data'), deadAfterMs)
      return deadAfterMs === 0
    }
    const connections = createMailboxConnections({
      server: { host: '127.0.0.1', port: server.port, tls: 'none' },
      login: { by: 'password', userName: 'anna', password: async () => new Secret('pw') },
      dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${server.port}`]) }),
      clock: systemClock,
      deadlines,
      times: { renewMs },
    })
    opened.push(connections)
    const watch = connections.watch('INBOX', () => undefined, new AbortController().signal)
    expect(await codeOf(watch)).toBe('transports.imap_timed_out')
  })
})

describe('an error of Exchange', () => {
  it.each([
    ['throttles', 'BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds', 'transports.throttled'],
    ['is busy', 'NO Server Unavailable. 15', 'transports.imap_unavailable'],
  ])('when it %s is reported at once', async (_what, said, code) => {
    fill(3)
    server.twist = ({ tag, line, socket }) => /^FETCH/.test(line) && socket.write(`${tag} ${said}\r\n`)
    // The library would wait two and a half minutes and block the connection, longer than a test may take.
    expect(await codeOf(pagesOf(open().reading))).toBe(code)
  })

  it('after a sign-in without access to the mailbox has a specific code', async () => {
    server.twist = ({ tag, line, socket }) => {
      if (/^(?:CAPABILITY|AUTHENTICATE|LOGIN)/.test(line) || !/ /.test(`${tag} ${line}`)) return false
      socket.write(`${tag} BAD User is authenticated but not connected.\r\n`)
      socket.end('* BYE Connection closed. 14\r\n')
      return true
    }
    expect(await codeOf(open().reading.listFolders())).toBe('transports.imap_off')
  })

  it('about an expired token in IDLE restarts the watch without an account failure', async () => {
    const watching = open().connections.watch('INBOX', () => undefined, new AbortController().signal)
    await expect.poll(() => server.commands.includes('IDLE')).toBe(true)
    server.tellIdle('* BYE Session invalidated - AccessTokenExpired')
    const error = await watching.catch((thrown: unknown) => AppError.from(thrown))
    expect(error).toMatchObject({ code: 'transports.imap_session_ended', remedy: 'wait' })
  })
})

describe('the connections of a mailbox', () => {
  it('are at most two for any number of tasks, and sending goes first', async () => {
    fill(30)
    const { connections, reading } = open()
    let most = 0
    const order: string[] = []
    await Promise.all([
      ...Array.from({ length: 6 }, async () => {
        await connections.use('import', async (one) => {
          await one.open('INBOX')
          most = Math.max(most, server.connections.size)
        })
        order.push('import')
      }),
      connections.use('send', async () => order.push('send')),
      reading.newest('INBOX', 5),
    ])
    expect(most).toBeLessThanOrEqual(2)
    expect(order.indexOf('send')).toBeLessThanOrEqual(2)
    expect(server.signIns).toBeLessThanOrEqual(2)
  })

  it('are one when idle: a task interrupts IDLE, which then resumes', async () => {
    fill(3)
    const { connections, reading } = open()
    const over = new AbortController()
    let hints = 0
    const watching = connections.watch('INBOX', () => hints++, over.signal)
    await expect.poll(() => server.commands.filter((each) => each === 'IDLE').length).toBe(1)
    await reading.newest('INBOX', 5)
    await reading.newest('INBOX', 5)
    await expect.poll(() => server.commands.filter((each) => each === 'IDLE').length).toBe(2)
    expect(server.signIns).toBe(1)
    expect(server.commands).not.toContain('NOOP')

    server.tellIdle('* 4 EXISTS')
    await expect.poll(() => hints).toBe(2)
    over.abort()
    await watching
  })

  it('never change a mailbox: every folder is opened as read-only', async () => {
    fill(3)
    await pagesOf(open().reading)
    expect(server.commands.some((each) => /^(?:SELECT|STORE|UID STORE|EXPUNGE|CLOSE)/.test(each))).toBe(false)
    expect(server.commands.filter((each) => /BODY(?!\.PEEK)\[/.test(each))).toEqual([])
  })
})
