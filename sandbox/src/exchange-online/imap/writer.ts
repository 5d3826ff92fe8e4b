import type { Socket } from 'node:net'
import { ConnectionOver } from './refusal.ts'

/** Buffer size up to which small responses are collected before they are written. */
const TOGETHER_BYTES = 32 * 1024
/** Timeout for a client that reads nothing. */
const MOST_SILENCE_MS = 60_000
/** Maximum unread output for a client that only receives updates. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024

/** Sends the server's responses, in order. Text has one character per byte. */
export interface ImapWriter {
  line(text: string): void
  raw(bytes: string | Uint8Array): void
  /**
   * Waits until the client has read most of the output. @throws ConnectionOver when it reads nothing, or disconnected
   */
  flush(): Promise<void>
  /** Writes the buffered output without waiting; a client that never reads is disconnected. */
  send(): void
  /** Closes the connection after the buffered output. */
  end(): void
}

export function createWriter(socket: Socket): ImapWriter {
  let gathered: (string | Uint8Array)[] = []
  let size = 0

  function write(): boolean {
    if (size === 0) return true
    const bytes = Buffer.concat(gathered.map((each) => (typeof each === 'string' ? Buffer.from(each, 'latin1') : each)))
    gathered = []
    size = 0
    return socket.destroyed || socket.write(bytes)
  }

  function raw(bytes: string | Uint8Array): void {
    gathered.push(bytes)
    size += bytes.length
  }

  return {
    raw,
    line: (text) => raw(`${text}\r\n`),
    async flush() {
      const taken = write()
      if (socket.destroyed) throw new ConnectionOver()
      if (!taken && socket.writableLength > TOGETHER_BYTES) await drained(socket)
    },
    send() {
      write()
      if (socket.writableLength > MOST_UNREAD_BYTES) socket.destroy()
    },
    end() {
      write()
      socket.end()
    },
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(), MOST_SILENCE_MS)
    const settle = (settled: () => void) => () => {
      clearTimeout(late)
      socket.off('drain', onDrain)
      socket.off('close', onClose)
      settled()
    }
    const onDrain = settle(resolve)
    const onClose = settle(() => reject(new ConnectionOver()))
    socket.on('drain', onDrain)
    socket.on('close', onClose)
  })
}
