/** A mail relay on this machine that accepts and keeps every mail: SMTP (RFC 5321) without encryption and user. */
import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

export interface MailRelay {
  port: number
  /** Header and text of each mail as they came, oldest first. */
  mails: readonly string[]
  close(): Promise<void>
}

export async function startMailRelay(): Promise<MailRelay> {
  const mails: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    talk(socket, mails)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function talk(socket: Socket, mails: string[]): void {
  let input = ''
  let isData = false
  const say = (line: string) => socket.write(`${line}\r\n`)
  say('220 relay.example ESMTP')
  socket.setEncoding('utf8').on('data', (piece: string) => {
    input += piece
    for (;;) {
      const end = input.indexOf(isData ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      const text = input.slice(0, end)
      input = input.slice(end + (isData ? 5 : 2))
      if (isData) {
        mails.push(text)
        isData = false
        say('250 2.0.0 taken')
      } else if (/^DATA$/i.test(text)) {
        isData = true
        say('354 go on')
      } else if (/^QUIT$/i.test(text)) {
        say('221 bye')
        socket.end()
      } else say(/^(EHLO|HELO|MAIL FROM:|RCPT TO:|RSET|NOOP)/i.test(text) ? '250 ok' : '500 what?')
    }
  })
}
