import type { Writable } from 'node:stream'
import { AppError } from '../../kernel/errors.ts'

/** A browser has one per tab; a program needs one for all its mailboxes. */
const MAX_PER_CALLER = 20
/** Each stream uses a socket, a timer and a listener. */
const MAX_TOTAL = 500
const RETRY_AFTER_SECONDS = 30

/** Open streams of this process, by their owners: the person, and the key if there is one. */
export interface OpenStreams {
  /**
   * Adds a stream and returns a function that removes it. The first owner is the caller.
   *
   * @throws {AppError} `http.too_many_streams`
   */
  add(owners: readonly string[], stream: Pick<Writable, 'end' | 'destroy'>): () => void
  /** Ends the streams of an owner. Clients that still have access reconnect automatically. */
  endOf(owner: string): void
  /**
   * Destroys all streams at the end of the process, including those without an active reader, whose final data would
   * delay it.
   */
  destroyAll(): void
}

export function createOpenStreams(): OpenStreams {
  const open = new Set<{ owners: readonly string[]; stream: Pick<Writable, 'end' | 'destroy'> }>()
  return {
    add(owners, stream) {
      const [caller] = owners
      const ofCaller = [...open].filter((entry) => entry.owners[0] === caller).length
      if (ofCaller >= MAX_PER_CALLER || open.size >= MAX_TOTAL) {
        throw new AppError('http.too_many_streams', { retryAfterSeconds: RETRY_AFTER_SECONDS })
      }
      const entry = { owners, stream }
      open.add(entry)
      return () => open.delete(entry)
    },
    endOf(owner) {
      for (const { owners, stream } of open) if (owners.includes(owner)) stream.end()
    },
    destroyAll() {
      for (const { stream } of open) stream.destroy()
    },
  }
}
