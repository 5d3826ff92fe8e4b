import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** Steps of a conversation at which a test can interfere, in their order. */
export const STEPS = ['greeting', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'body', 'dot', 'rset', 'quit'] as const
export type Step = (typeof STEPS)[number]

/** Behavior at a step instead of the usual response. */
export type Trick =
  /** Responds with this text. */
  | string
  /** Closes the connection. */
  | { cut: true }
  /** Stops responding. */
  | { silent: true }
  /** Responds with this text and closes the connection. */
  | { last: string }

export interface Taken {
  from: string
  to: string[]
  source: string
  user: string | undefined
}

/**
 * A submission server that follows RFC 5321 unless a test scripts a fault: cuts, silence or early responses. It has
 * taken each message whose end it has received, even if its reply is lost.
 */
export class ScriptedServer {
  readonly taken: Taken[] = []
  readonly commands: string[] = []
  connections = 0
  mostAtOnce = 0
  /** Called at each step; `undefined` means the usual response. `body` is called after the first part of a message. */
  at: (step: Step, argument: string) => Trick | undefined = () => undefined
  ehlo = ['PIPELINING', 'SIZE 157286400', 'AUTH PLAIN LOGIN XOAUTH2', '8BITMIME', 'ENHANCEDSTATUSCODES']
  port = 0
  readonly #open = new Set<Socket>()
  readonly #server = createServer((socket) => this.#serve(socket))

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as AddressInfo).port
    return this
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  get openConnections(): number {
    return this.#open.size
  }

  #serve(socket: Socket): void {
    this.connections++
    this.#open.add(socket)
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open.size)
    socket.on('close', () => this.#open.delete(socket))
    socket.on('error', () => undefined)
    let buffer = ''
    let message: { from: string; to: string[] } = { from: '', to: [] }
    let user: string | undefined
    let isData = false
    let isBodySeen = false

    const say = (step: Step, argument: string, usual: string): boolean => {
      const trick = this.at(step, argument) ?? usual
      if (typeof trick === 'string') socket.write(`${trick}\r\n`)
      else if ('cut' in trick) socket.destroy()
      else if ('silent' in trick) socket.pause()
      else if ('last' in trick) socket.end(`${trick.last}\r\n`)
      return trick === usual
    }
    say('greeting', '', '220 test ESMTP')

    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1')
      for (;;) {
        if (socket.isPaused()) return
        if (isData) {
          if (!isBodySeen && buffer.length > 0) {
            isBodySeen = true
            const trick = this.at('body', '')
            if (trick !== undefined) say('body', '', '')
            if (socket.destroyed) return
          }
          const end = buffer.startsWith('.\r\n') ? 0 : buffer.indexOf('\r\n.\r\n')
          if (end < 0) return
          const source = buffer.slice(0, end === 0 ? 0 : end + 2).replaceAll(/^\./gm, '')
          buffer = buffer.slice(end === 0 ? 3 : end + 5)
          isData = false
          this.taken.push({ ...message, source, user })
          say('dot', '', '250 2.0.0 OK')
          continue
        }
        const end = buffer.indexOf('\r\n')
        if (end < 0) return
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + 2)
        this.commands.push(line)
        const upper = line.toUpperCase()
        if (upper.startsWith('EHLO')) {
          say(
            'ehlo',
            line,
            ['test', ...this.ehlo].map((each, n, all) => `250${n < all.length - 1 ? '-' : ' '}${each}`).join('\r\n'),
          )
        } else if (upper.startsWith('AUTH')) {
          const [, , initial = ''] = line.split(' ')
          if (say('auth', line, '235 2.7.0 Authentication successful')) {
            const text = Buffer.from(initial, 'base64').toString()
            user = /^user=([^\u0001]*)/.exec(text)?.[1] ?? text.split('\0')[1]
          }
        } else if (upper.startsWith('MAIL FROM')) {
          message = { from: /<(.*)>/.exec(line)?.[1] ?? '', to: [] }
          say('mail', line, '250 2.1.0 Sender OK')
        } else if (upper.startsWith('RCPT TO')) {
          const to = /<(.*)>/.exec(line)?.[1] ?? ''
          if (say('rcpt', to, '250 2.1.5 Recipient OK')) message.to.push(to)
        } else if (upper === 'DATA') {
          isBodySeen = false
          if (message.to.length === 0) socket.write('503 5.5.1 no valid recipients\r\n')
          else {
            say('data', '', '354 Start mail input; end with <CRLF>.<CRLF>')
            isData = true
          }
        } else if (upper === 'RSET') {
          say('rset', '', '250 2.0.0 OK')
        } else if (upper === 'QUIT') {
          say('quit', '', '221 2.0.0 Bye')
          socket.end()
        } else {
          socket.write('500 5.5.2 what\r\n')
        }
      }
    })
  }
}
