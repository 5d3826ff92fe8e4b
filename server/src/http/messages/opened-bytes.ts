/**
 * Waits for the first bytes, so that an unavailable source gets an error response. Read the result to its end or pass it
 * to {@link closeBytes}: until then, the source may occupy a connection of its mailbox.
 *
 * @returns all bytes, to be read once
 */
export async function openBytes(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const pieces = bytes[Symbol.asyncIterator]()
  let first: IteratorResult<Uint8Array> | undefined = await pieces.next()
  // Not a generator: the return() of a generator that has not started runs none of its code, so `pieces` would stay open.
  const opened: AsyncIterator<Uint8Array> = {
    next() {
      const step = first
      first = undefined
      return step ? Promise.resolve(step) : pieces.next()
    },
    async return() {
      first = undefined
      await pieces.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => opened }
}

/** Closes a source, whether it has been read or not. */
export async function closeBytes(bytes: Buffer | AsyncIterable<Uint8Array>): Promise<void> {
  if (!Buffer.isBuffer(bytes)) await bytes[Symbol.asyncIterator]().return?.()
}
