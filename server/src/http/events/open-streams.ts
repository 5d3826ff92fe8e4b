/** The streams that are open in this process, by whose rights they live: the person, and the key when it is one. */
export interface OpenStreams {
  /** Returns how to forget it. */
  add(owners: readonly string[], end: () => void): () => void
  /** Whoever still may comes back by itself. */
  endOf(owner: string): void
}

export function createOpenStreams(): OpenStreams {
  const open = new Set<{ owners: readonly string[]; end: () => void }>()
  return {
    add(owners, end) {
      const stream = { owners, end }
      open.add(stream)
      return () => open.delete(stream)
    },
    endOf(owner) {
      for (const { owners, end } of open) if (owners.includes(owner)) end()
    },
  }
}
