/** An IMAP server for tests: the real store, directory and sockets; unsigned tokens. */
import { createConnection, type Socket } from 'node:net'
import { ImapFlow, type ImapFlowOptions } from 'imapflow'
import { createFaults } from '../src/faults/index.ts'
import { createMovableClock } from '../src/kernel/clock.ts'
import { openDatabase } from '../src/kernel/database.ts'
import { createDirectory, seedTenants } from '../src/tenants/index.ts'
import { createMailStore } from '../src/exchange-online/mail-store/index.ts'
import { createImapServer } from '../src/exchange-online/imap/index.ts'
import { createExchangeTokens } from './exchange-tokens.ts'

export const ANNA = '00000000-0000-4000-8000-000000000002'
export const BEN = '00000000-0000-4000-8000-000000000003'
export const SUPPORT = '00000000-0000-4000-8000-000000000007'
export const BILLING = '00000000-0000-4000-8000-000000000008'
export type ImapWorld = Awaited<ReturnType<typeof createImapWorld>>

/** A real client that is not connected yet. */
export function imapClient(options: Partial<ImapFlowOptions> & Pick<ImapFlowOptions, 'port' | 'auth'>): ImapFlow {
  const client = new ImapFlow({ host: 'localhost', secure: false, doSTARTTLS: false, logger: false, ...options })
  client.on('error', () => undefined)
  return client
}

export async function createImapWorld() {
  const database = openDatabase(':memory:')
  const clock = createMovableClock(database)
  const reported: unknown[] = []
  const report = (error: unknown) => reported.push(error)
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  const mailStore = createMailStore({ database, clock, directory, report })

  const faults = createFaults(database, clock, directory)

  const { accessTokens, token } = createExchangeTokens(clock, directory, ANNA, 'IMAP.AccessAsUser.All')
  const server = createImapServer({ database, clock, directory, accessTokens, mailStore, faults, report })
  const port = await server.listen(0)
  const closing: (() => unknown)[] = []

  /** Delivers a message to the mailbox. */
  async function receive(subject: string, { mailboxId = ANNA, folder = 'inbox', source = '' } = {}) {
    const mime =
      source ||
      `From: Kim <kim@customer.example>\r\nTo: anna@contoso.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replace(/\W/g, '')}@customer.example>\r\n\r\nAbout ${subject}\r\n`
    return mailStore.appendMime(mailboxId, mailStore.folder(mailboxId, folder)!.id, Buffer.from(mime, 'latin1'))
  }

  /** Connects a real client and signs it in. */
  async function connect(
    user = 'anna@contoso.example',
    more: Partial<ImapFlowOptions> & { accessToken?: string } = {},
  ) {
    const { accessToken = token(), ...options } = more
    const client = imapClient({ port, auth: { user, accessToken }, ...options })
    closing.push(() => client.close())
    await client.connect()
    return client
  }

  /** Opens a connection that sends exactly the given text. */
  async function raw() {
    const line = await rawConnection(port)
    closing.push(() => line.socket.destroy())
    return line
  }

  async function rawSignedIn(user = 'anna@contoso.example', accessToken = token()) {
    const line = await raw()
    await line.until(/^\* OK/m)
    await line.ask(`AUTHENTICATE XOAUTH2 ${xoauth2(user, accessToken)}`)
    return line
  }

  async function close() {
    for (const each of closing) await each()
    await server.close()
    database.close()
  }

  return {
    port,
    database,
    clock,
    directory,
    mailStore,
    server,
    faults,
    reported,
    token,
    receive,
    connect,
    raw,
    rawSignedIn,
    close,
  }
}

export function xoauth2(user: string, accessToken: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${accessToken}\x01\x01`).toString('base64')
}

export interface RawConnection {
  socket: Socket
  /** Input that `until` and `ask` have not returned yet. */
  readonly text: string
  readonly isOver: boolean
  send(text: string | Buffer): void
  /** Waits for a match and returns the input up to its end. */
  until(pattern: RegExp): Promise<string>
  /** Sends a command and returns all responses up to its tagged one. */
  ask(command: string): Promise<string>
  over(): Promise<void>
}

export async function rawConnection(port: number): Promise<RawConnection> {
  const socket = createConnection({ host: '127.0.0.1', port })
  let text = ''
  let tags = 0
  let isOver = false
  const wakes = new Set<() => void>()
  const wake = () => {
    for (const each of wakes) each()
  }
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    isOver = true
    wake()
  })
  await new Promise((resolve) => socket.once('connect', resolve))

  const more = () =>
    new Promise<void>((resolve) => {
      const once = () => {
        wakes.delete(once)
        resolve()
      }
      wakes.add(once)
    })

  const line: RawConnection = {
    socket,
    get text() {
      return text
    },
    get isOver() {
      return isOver
    },
    send: (bytes) => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    async until(pattern) {
      for (;;) {
        const match = pattern.exec(text)
        if (match) {
          const end = match.index + match[0].length
          const taken = text.slice(0, end)
          text = text.slice(end)
          return taken
        }
        if (isOver) throw new Error(`the server closed, having said: ${text}`)
        await more()
      }
    },
    ask(command) {
      const tag = `T${++tags}`
      line.send(`${tag} ${command}\r\n`)
      return line.until(new RegExp(`^${tag} .*\\r\\n`, 'm'))
    },
    async over() {
      while (!isOver) await more()
    },
  }
  return line
}
