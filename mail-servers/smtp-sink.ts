/** SMTP sink for external mail. It stores every message that a mail server relays and refuses configured recipients. */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createLineConnection } from './line-connection.ts'

export interface Arrived {
  from: string
  to: readonly string[]
  /** Message as received, with dot-stuffing removed and CRLF line ends. */
  raw: string
}

/** SMTP server for outgoing mail of tests. With `letsIn`, every login succeeds with any password. */
export interface SmtpSink {
  port: number
  readonly arrived: readonly Arrived[]
  /** Resolves with the first matching message, including messages that arrived before the call. */
  waitFor(matches: (message: Arrived) => boolean): Promise<Arrived>
  /**
   * Refuses RCPT TO for this address from now on, for example with `550 5.1.1 No such user`: the sender receives a real
   * bounce.
   */
  refuse(address: string, answer: string): void
  stop(): Promise<void>
}

const PATIENCE_MS = 30_000

export async function startSmtpSink({ letsIn = false } = {}): Promise<SmtpSink> {
  const arrived: Arrived[] = []
  const refused = new Map<string, string>()
  const sockets = new Set<Socket>()
  const waiting = new Set<() => void>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that disconnects in the middle of a session is not an error of the sink.
    converse(socket).catch(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  async function converse(socket: Socket): Promise<void> {
    const connection = createLineConnection(socket)
    const next = async () => (await connection.until(/^/))[0]!
    let from = ''
    let to: string[] = []
    connection.send('220 sink ESMTP')
    for (;;) {
      const line = await next()
      const command = line.slice(0, 4).toUpperCase()
      if (command === 'EHLO' && letsIn) connection.send('250-sink\r\n250 AUTH PLAIN')
      else if (command === 'EHLO' || command === 'HELO') connection.send('250 sink')
      else if (command === 'AUTH') connection.send(letsIn ? '235 2.7.0 let in' : '502 5.5.1 no logins here')
      else if (command === 'MAIL') {
        from = addressIn(line)
        to = []
        connection.send('250 2.1.0 OK')
      } else if (command === 'RCPT') {
        const answer = refused.get(addressIn(line).toLowerCase())
        if (!answer) to.push(addressIn(line))
        connection.send(answer ?? '250 2.1.5 OK')
      } else if (command === 'DATA') {
        connection.send('354 go on')
        const lines: string[] = []
        for (let text = await next(); text !== '.'; text = await next()) lines.push(text.replace(/^\./, ''))
        arrived.push({ from, to, raw: `${lines.join('\r\n')}\r\n` })
        connection.send('250 2.0.0 taken')
        for (const wake of waiting) wake()
      } else if (command === 'QUIT') {
        connection.send('221 2.0.0 bye')
        socket.end()
        return
      } else connection.send('250 2.0.0 OK')
    }
  }

  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    async waitFor(matches) {
      const deadline = performance.now() + PATIENCE_MS
      for (;;) {
        const found = arrived.find(matches)
        if (found) return found
        const leftMs = deadline - performance.now()
        if (leftMs <= 0) throw new Error(`It never came; what came: ${arrived.map(({ to }) => to.join()).join(' | ')}`)
        await new Promise<void>((resolve) => {
          const wake = () => {
            clearTimeout(timer)
            waiting.delete(wake)
            resolve()
          }
          const timer = setTimeout(wake, leftMs)
          waiting.add(wake)
        })
      }
    },
    refuse: (address, answer) => void refused.set(address.toLowerCase(), answer),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function addressIn(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? ''
}
