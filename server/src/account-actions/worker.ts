import { randomUUID } from 'node:crypto'
import type { MessageFiling } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, isDatabaseError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { applyBatch } from './batch.ts'
import { createDueActions } from './due-actions.ts'
import { createResults } from './results.ts'

export interface WorkerDeps {
  database: Database
  clock: Clock
  log: Log
  emailAccounts: Pick<EmailAccounts, 'get' | 'transportOf'>
  filing: Pick<MessageFiling, 'recordMoves'>
  random?: (() => number) | undefined
}

const MOST_ACCOUNTS = 20
/** Mailboxes that one server works on at a time. */
const AT_ONCE = 4
/** Messages of a batch: requests of a few seconds, so that a stop of the server waits for few. */
const MOST_OF_ONE_BATCH = 20
/** Longer than a batch, each request of which is given up after a minute. */
const LEASE_MS = 5 * 60_000
/** Time after which other mailboxes get their turn. */
const LONGEST_MS = 30_000
/** Settled rows answer two questions for a while: is a reported read mark Postkey's own, and where was a message before? */
const KEPT_MS = 30 * 24 * 60 * 60_000
const DELETED_AT_ONCE = 2000

/**
 * Applies wanted states, a batch of one mailbox at a time. Requests use the lane of sync in the call budget of the
 * mailbox, so messages to be sent go first.
 */
export function createWorker(deps: WorkerDeps) {
  const { database, clock, log, emailAccounts } = deps
  const name = randomUUID()
  const due = createDueActions(database)
  const results = createResults(deps)

  /** @returns true if there may be more due actions */
  async function run(over: AbortSignal): Promise<boolean> {
    const ids = await due.accounts(clock.now(), MOST_ACCOUNTS)
    const waiting = [...ids]
    let isMore = ids.length === MOST_ACCOUNTS
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let id = waiting.shift(); id && !over.aborted; id = waiting.shift()) {
          if (await workOn(id, over)) isMore = true
        }
      }),
    )
    return isMore
  }

  async function workOn(id: EmailAccountId, over: AbortSignal): Promise<boolean> {
    const until = clock.now().getTime() + LONGEST_MS
    try {
      while (!over.aborted && clock.now().getTime() < until) {
        if (!(await applyNext(id))) return false
      }
      return true
    } finally {
      await due.release(id, name)
    }
  }

  /** @returns false if nothing more is to be done at the moment */
  async function applyNext(id: EmailAccountId): Promise<boolean> {
    const now = clock.now()
    const settings = await due.claim(id, name, now, new Date(now.getTime() + LEASE_MS))
    if (!settings) return false
    const actions = await due.list(id, now, MOST_OF_ONE_BATCH)
    if (actions.length === 0) return false
    const account = await emailAccounts.get(id)
    try {
      const { reading } = await emailAccounts.transportOf(account)
      if (!reading.changing) return false
      const result = await applyBatch(reading.changing, (remoteId) => reading.owns(remoteId), settings, actions)
      await results.save(account, result)
      const { stoppedBy } = result
      if (stoppedBy) log.warn({ err: stoppedBy, emailAccountId: id }, 'Mailbox actions wait')
      return !stoppedBy && actions.length === MOST_OF_ONE_BATCH
    } catch (thrown) {
      if (isDatabaseError(thrown)) throw thrown
      const error = AppError.from(thrown)
      log.warn({ err: error, emailAccountId: id }, 'Mailbox actions wait')
      await results.holdAll(account, error)
      return false
    }
  }

  /** Deletes settled rows by age. */
  async function tidy(): Promise<void> {
    const before = new Date(clock.now().getTime() - KEPT_MS)
    await database.db
      .deleteFrom('account_actions')
      .where('message_id', 'in', (eb) =>
        eb
          .selectFrom('account_actions')
          .select('message_id')
          .where('due_at', 'is', null)
          .where('changed_at', '<', before)
          .limit(DELETED_AT_ONCE),
      )
      .execute()
  }

  return { run, tidy }
}
