/** For tests: an SMTP relay that takes what the protocol allows, counts, and can fail at each step. */
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export type RelayMood =
  | 'well'
  | 'refuses recipients'
  | 'defers'
  | 'refuses the login'
  | 'hangs up at the greeting'
  | 'hangs up before the message'
  | 'hangs up after the message'
  | 'refuses the message'
  | 'hangs'

export interface TakenMail {
  from: string
  to: string
  source: string
  user: string | undefined
}

export interface StrictRelay {
  port: number
  /** Messages that it accepted, and those received completely when it closed the connection. */
  taken: TakenMail[]
  dialogues: number
  mood: RelayMood
  /** Messages that it got more than once, by Message-ID. */
  doubles(): string[]
  close(): Promise<void>
}

export async function startStrictRelay(
  login?: { user: string; password: string },
  /** With it TLS comes first, and the relay is known by this certificate. */
  tls?: { cert: string; key: string },
): Promise<StrictRelay> {
  const sockets = new Set<Socket>()
  const relay: StrictRelay = {
    port: 0,
    taken: [],
    dialogues: 0,
    mood: 'well',
    doubles() {
      const ids = relay.taken.map(({ source }) => /^Message-ID: (.+)$/im.exec(source)?.[1] ?? '')
      return ids.filter((id, at) => ids.indexOf(id) !== at)
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const receive = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    converse(socket, relay, login)
  }
  const server: Server = tls
    ? createTlsServer(tls, receive).on('tlsClientError', () => undefined)
    : createServer(receive)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  relay.port = (server.address() as AddressInfo).port
  return relay
}

function converse(socket: Socket, relay: StrictRelay, login: { user: string; password: string } | undefined): void {
  relay.dialogues++
  const say = (line: string) => socket.write(`${line}\r\n`)
  if (relay.mood === 'hangs') return
  if (relay.mood === 'hangs up at the greeting') {
    socket.destroy()
    return
  }
  let buffer = ''
  let isMessage = false
  let user: string | undefined
  let envelope = { from: '', to: '' }
  say('220 relay.contoso.example ESMTP')
  socket.setEncoding('utf8').on('data', (piece: string) => {
    buffer += piece
    for (;;) {
      const end = buffer.indexOf(isMessage ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      const text = buffer.slice(0, end)
      buffer = buffer.slice(end + (isMessage ? 5 : 2))
      if (isMessage) message(text)
      else command(text)
    }
  })

  function message(source: string): void {
    isMessage = false
    if (relay.mood === 'refuses the message') {
      say('554 5.7.1 Not from you')
      return
    }
    relay.taken.push({ ...envelope, source, user })
    if (relay.mood === 'hangs up after the message') socket.destroy()
    else say('250 2.0.0 Queued as 4711')
  }

  function command(line: string): void {
    const [verb = ''] = line.toUpperCase().split(' ')
    switch (verb) {
      case 'EHLO':
        say(login ? '250-relay.contoso.example\r\n250 AUTH PLAIN' : '250 relay.contoso.example')
        return
      case 'AUTH': {
        const [, given, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0')
        const isRight = login && given === login.user && password === login.password
        if (!isRight || relay.mood === 'refuses the login') say('535 5.7.8 No')
        else {
          user = given
          say('235 2.7.0 Yes')
        }
        return
      }
      case 'MAIL':
        envelope = { from: addressIn(line), to: '' }
        say(login && user === undefined ? '530 5.7.0 Log in first' : '250 2.1.0 Fine')
        return
      case 'RCPT':
        envelope.to = addressIn(line)
        if (relay.mood === 'refuses recipients') say('550 5.1.1 Nobody of that name')
        else if (relay.mood === 'defers') say('451 4.7.1 Come back later')
        else say('250 2.1.5 Fine')
        return
      case 'DATA':
        if (relay.mood === 'hangs up before the message') {
          socket.destroy()
          return
        }
        isMessage = true
        say('354 Go ahead')
        return
      case 'QUIT':
        socket.end('221 2.0.0 Bye\r\n')
        return
      default:
        say('502 5.5.1 What')
    }
  }
}

function addressIn(line: string): string {
  return /<(.*?)>/.exec(line)?.[1] ?? ''
}
