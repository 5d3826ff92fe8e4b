import type { Writable } from 'node:stream'

/** The streams that are open in this process, by whose rights they live: the person, and the key when it is one. */
export interface OpenStreams {
  /** Returns how to forget it. */
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
