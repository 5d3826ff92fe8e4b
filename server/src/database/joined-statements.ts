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
 * Runs `work` so that its first transaction begins with `statement`: both are committed or neither. Transactions that
 * begin while the first is open, or after `work`, are not changed.
 */
export async function joinFirst<T>(statement: (tx: Tx) => Promise<void>, work: () => Promise<T>): Promise<T> {
  const joined: Joined = { statement, state: 'waiting' }
  try {
    return await store.run(joined, work)
  } finally {
    // Work in the background keeps the context, and its later transactions are none of this request.
    joined.state = 'done'
  }
}

/** True if the next transaction is joined by a statement. */
export function isJoined(): boolean {
  return store.getStore()?.state === 'waiting'
}

/** Executes a transaction with the statement that joins it, if one does. */
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
    // Rolled back: the next transaction is the first.
    joined.state = 'waiting'
    throw error
  }
}
