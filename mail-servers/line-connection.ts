/** A connection by lines, for protocols that are spoken so (IMAP, SMTP, LMTP): what a person does with telnet. */
import { connect, type Socket } from 'node:net'

/** A server that has said nothing for so long hangs; a test wants to know where. */
const PATIENCE_MS = 10_000

export interface LineConnection {
  /** Sends one line; CRLF is added. */
  send(line: string): void
  /** Sends bytes as they are. */
  write(bytes: string | Uint8Array): void
  /** Waits for the first line not yet read that matches, and answers everything up to it. */
  until(pattern: RegExp): Promise<string[]>
  /** Sends a line and waits for the line that answers it. */
  ask(line: string, pattern: RegExp): Promise<string>
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>
  close(): void
}

export async function connectLines(port: number, host = '127.0.0.1'): Promise<LineConnection> {
  const socket = await connected(port, host)
  return linesOf(socket)
}

export function linesOf(socket: Socket): LineConnection {
  const lines: string[] = []
  let rest = ''
  let over = false
  let wake: () => void = () => undefined
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\r\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    wake()
  })
  // The close that follows an error is all that a reader needs.
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      over = true
      wake()
      resolve()
    })
  })

  async function until(pattern: RegExp): Promise<string[]> {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const at = lines.findIndex((line) => pattern.test(line))
      if (at >= 0) return lines.splice(0, at + 1)
      const heard = `It said: ${[...lines, rest].join(' | ')}`
      if (over) throw new Error(`The server closed and never said ${String(pattern)}. ${heard}`)
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) throw new Error(`The server did not say ${String(pattern)}. ${heard}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  const send = (line: string) => void socket.write(`${line}\r\n`)
  return {
    send,
    write: (bytes) => void socket.write(bytes),
    until,
    ask: async (line, pattern) => {
      send(line)
      return (await until(pattern)).at(-1)!
    },
    closed,
    close: () => socket.destroy(),
  }
}

function connected(port: number, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => resolve(socket))
    socket.once('error', reject)
  })
}
