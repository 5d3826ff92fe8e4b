/** An SMTP server for tests: the real store, transport, directory and sockets; unsigned tokens. */
import { createTransport as createMailer } from 'nodemailer'
import { createSmtpServer } from '../src/exchange-online/smtp/index.ts'
import { createExchangeTokens } from './exchange-tokens.ts'
import { ANNA, rawConnection, type RawConnection } from './imap-world.ts'
import { createMailWorld } from './mail-world.ts'

export type SmtpWorld = Awaited<ReturnType<typeof createSmtpWorld>>

export interface Message {
  from?: string
  to?: string | string[]
  /** Address in the header, if it differs from that of the envelope. */
  headerFrom?: string
  subject?: string
  text?: string
}

export async function createSmtpWorld() {
  const world = createMailWorld()
  const { database, clock, deferred, directory, mailStore, transport, faults } = world
  const reported: unknown[] = []
  const { accessTokens, token } = createExchangeTokens(clock, directory, ANNA, 'SMTP.Send')
  const server = createSmtpServer({
    ...{ database, clock, deferred, directory, accessTokens, mailStore, transport, faults },
    report: (error) => reported.push(error),
  })
  const port = await server.listen(0)
  deferred.start()
  const closing: (() => unknown)[] = []

  async function raw(): Promise<RawConnection> {
    const line = await rawConnection(port)
    closing.push(() => line.socket.destroy())
    return line
  }

  /** Opens a connection, reads the greeting and sends EHLO. */
  async function greeted(): Promise<RawConnection> {
    const line = await raw()
    await line.until(/^220 .*\r\n/m)
    line.send('EHLO client.example\r\n')
    await line.until(/^250 .*\r\n/m)
    return line
  }

  /** Sends a command and returns its reply. */
  async function ask(line: RawConnection, command: string): Promise<string> {
    line.send(`${command}\r\n`)
    return (await line.until(/^\d{3} .*\r\n/m)).trimEnd()
  }

  async function signedIn(user = 'anna@contoso.example', accessToken = token()): Promise<RawConnection> {
    const line = await greeted()
    const reply = await ask(line, `AUTH XOAUTH2 ${xoauth2(user, accessToken)}`)
    if (!reply.startsWith('235')) throw new Error(reply)
    return line
  }

  /** Submits a message by single commands; returns the reply to the final dot, or the first refusal. */
  async function submit(line: RawConnection, message: Message = {}): Promise<string> {
    const { from = 'anna@contoso.example', to = 'kim@customer.example', headerFrom = from } = message
    const { subject = 'Offer', text = 'Hello' } = message
    const commands = [`MAIL FROM:<${from}>`, ...[to].flat().map((one) => `RCPT TO:<${one}>`), 'DATA']
    for (const command of commands) {
      const reply = await ask(line, command)
      if (/^[45]/.test(reply)) return reply
    }
    const id = `${subject.replace(/\W/g, '')}@contoso.example`
    return ask(
      line,
      `From: <${headerFrom}>\r\nTo: ${[to].flat().join()}\r\nSubject: ${subject}\r\nMessage-ID: <${id}>\r\n\r\n${text}\r\n.`,
    )
  }

  /** A third-party client. */
  function mailer(user = 'anna@contoso.example', accessToken = token(), more: object = {}) {
    const client = createMailer({
      ...{ host: 'localhost', port, secure: false, ignoreTLS: true },
      auth: { type: 'OAuth2', user, accessToken },
      ...more,
    })
    closing.push(() => client.close())
    return client
  }

  /** Subjects in a folder, after all due work is done. */
  async function subjectsIn(address: string, folder: 'inbox' | 'sentitems'): Promise<string[]> {
    await deferred.runDue()
    const mailboxId = transport.findMailboxId(address)!
    const folderId = mailStore.wellKnownFolder(mailboxId, folder).id
    return mailStore.listMessages({ mailboxId, folderId, limit: 100 }).map(({ subject }) => subject)
  }

  async function close(): Promise<void> {
    for (const each of closing) await each()
    await server.close()
    await deferred.stop()
    database.close()
  }

  return {
    ...{ ...world, port, server, reported, token, raw, greeted, ask, signedIn, submit, mailer, subjectsIn },
    close,
  }
}

export function xoauth2(user: string, accessToken: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${accessToken}\x01\x01`).toString('base64')
}
