import type { Socket } from 'node:net'
import { ConnectionOver } from './refusal.ts'

/** Maximum number of unread bytes of a client; above it the socket is paused. */
const MOST_WAITING_BYTES = 256 * 1024

/**
 * Reads a client's input by lines or by number of bytes. Holds a bounded number of bytes for any input, because the
 * socket is paused while no reader is active.
 */
export class ByteSource {
  readonly #socket: Socket
  #chunks: Buffer[] = []
  #bytes = 0
  #over = false
  #wake: (() => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#bytes += chunk.length
      if (this.#bytes > MOST_WAITING_BYTES) socket.pause()
      this.#stir()
    })
    const end = () => {
      this.#over = true
      this.#stir()
    }
    socket.on('end', end)
    socket.on('close', end)
  }

  /**
   * Reads a line without its CRLF (a bare LF is accepted, too); `undefined` when it is longer than `most`.
   *
   * @throws ConnectionOver when the client disconnected before the end of the line
   */
  async readLine(most: number): Promise<Buffer | undefined> {
    let searched = 0
    for (;;) {
      const at = this.#find(searched)
      if (at > most || (at === -1 && this.#bytes > most)) return undefined
      if (at !== -1) {
        const line = this.#take(at + 1)
        return line.subarray(0, line.at(-2) === 0x0d ? -2 : -1)
      }
      searched = this.#bytes
      await this.#more()
    }
  }

  async read(count: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for (let left = count; left > 0;) {
      if (this.#bytes === 0) await this.#more()
      const piece = this.#take(Math.min(left, this.#bytes))
      pieces.push(piece)
      left -= piece.length
    }
    return Buffer.concat(pieces)
  }

  /** Position of the first LF in the unread bytes, starting at `from`. */
  #find(from: number): number {
    let offset = 0
    for (const chunk of this.#chunks) {
      if (offset + chunk.length > from) {
        const at = chunk.indexOf(0x0a, Math.max(0, from - offset))
        if (at !== -1) return offset + at
      }
      offset += chunk.length
    }
    return -1
  }

  #take(count: number): Buffer {
    const taken: Buffer[] = []
    for (let left = count; left > 0;) {
      const [first] = this.#chunks
      if (first!.length <= left) {
        taken.push(this.#chunks.shift()!)
        left -= first!.length
      } else {
        taken.push(first!.subarray(0, left))
        this.#chunks[0] = first!.subarray(left)
        left = 0
      }
    }
    this.#bytes -= count
    if (this.#socket.isPaused() && this.#bytes <= MOST_WAITING_BYTES) this.#socket.resume()
    return taken.length === 1 ? taken[0]! : Buffer.concat(taken)
  }

  #more(): Promise<void> {
    if (this.#over) throw new ConnectionOver()
    return new Promise((resolve) => (this.#wake = resolve))
  }

  #stir(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
