import type { Socket } from 'node:net'
import { ConnectionOver } from './refusal.ts'

/** Small answers are gathered to this size before they are written. */
const TOGETHER_BYTES = 32 * 1024
/** A client that takes nothing for so long is let go. */
const MOST_SILENCE_MS = 60_000
/** What may lie waiting for a client that is only told news. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024

/** What a server says, in order. Text has one character per byte. */
export interface ImapWriter {
  line(text: string): void
  raw(bytes: string | Uint8Array): void
  /** Waits until the client has taken most of it. @throws ConnectionOver when it takes nothing, or has gone */
  flush(): Promise<void>
  /** Writes what is gathered without waiting; a client that never reads is let go. */
  send(): void
  /** Says goodbye with what is gathered. */
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
