import { AsyncLocalStorage } from 'node:async_hooks'
import type { Transaction } from 'kysely'
import type { Schema } from './schema.ts'

type Tx = Transaction<Schema>

interface Joined {
  statement: (tx: Tx) => Promise<void>
  state: 'waiting' | 'joining' | 'done'
}

const store = new AsyncLocalStorage<Joined>()

/**
 * Runs `work` so that its first creation begins with `statement`: both are committed or neither. Other transactions,
 * such as one that keeps a refreshed token, and creations after the first are not changed.
 */
export async function joinCreation<T>(statement: (tx: Tx) => Promise<void>, work: () => Promise<T>): Promise<T> {
  const joined: Joined = { statement, state: 'waiting' }
  try {
    return await store.run(joined, work)
  } finally {
    // Work in the background keeps the context, and its later creations are none of this request.
    joined.state = 'done'
  }
}

/** True if the next creation is joined by a statement. */
export function isJoined(): boolean {
  return store.getStore()?.state === 'waiting'
}

/** Executes a creation with the statement that joins it, if one does. */
export async function withJoined<T>(
  execute: (work: (tx: Tx) => Promise<T>) => Promise<T>,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const joined = store.getStore()
  if (joined?.state !== 'waiting') return execute(work)
  joined.state = 'joining'
  try {
    const result = await execute(async (tx) => {
      await joined.statement(tx)
      return work(tx)
    })
    joined.state = 'done'
    return result
  } catch (error) {
    // Rolled back: the next creation is the first.
    joined.state = 'waiting'
    throw error
  }
}
