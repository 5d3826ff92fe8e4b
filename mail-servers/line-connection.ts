/** Line-based connection for text protocols (IMAP, SMTP, LMTP), comparable to telnet. */
import { connect, type Socket } from 'node:net'

/** Maximum time to wait for a response. After that the server counts as hanging, and the error shows at which line. */
const PATIENCE_MS = 30_000

export interface LineConnection {
  /** Sends one line and appends CRLF. */
  send(line: string): void
  /** Sends bytes unchanged. */
  write(bytes: string | Uint8Array): void
  /** Waits for the first unread line that matches, and returns all lines up to it. */
  until(pattern: RegExp): Promise<string[]>
  /** Sends a line and waits for the line that matches as its response. */
  ask(line: string, pattern: RegExp): Promise<string>
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>
  close(): void
}

/** The server closed the connection instead of a response. */
export class ClosedConnection extends Error {}

export async function connectLines(port: number, host = '127.0.0.1'): Promise<LineConnection> {
  const socket = await connected(port, host)
  return createLineConnection(socket)
}

export function createLineConnection(socket: Socket): LineConnection {
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
  // The `close` event that follows an error is sufficient for readers.
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
      if (over) throw new ClosedConnection(`The server closed and never said ${String(pattern)}. ${heard}`)
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
