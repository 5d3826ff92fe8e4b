import type { Writable } from 'node:stream'
import { AppError } from '../../kernel/errors.ts'

/** A browser has one per tab; a program needs one for all its mailboxes. */
const MAX_PER_CALLER = 20
/** Each costs a socket, a timer and a listener. */
const MAX_TOTAL = 500
const RETRY_AFTER_SECONDS = 30

/** The streams that are open in this process, by whose rights they live: the person, and the key when it is one. */
export interface OpenStreams {
  /**
   * Returns how to forget it. The first owner is the caller.
   *
   * @throws {AppError} `http.too_many_streams`
   */
  add(owners: readonly string[], stream: Pick<Writable, 'end' | 'destroy'>): () => void
  /** Whoever still may comes back by itself. */
  endOf(owner: string): void
  /** At the end of the process: also those that nobody reads, and whose last words would be waited for. */
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
