import { randomUUID } from 'node:crypto'
import type { MessageFiling } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, isDatabaseError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { Transports } from '../transports/index.ts'
import { applyBatch } from './batch.ts'
import { createDueActions } from './due-actions.ts'
import { createResults } from './results.ts'

export interface WorkerDeps {
  database: Database
  clock: Clock
  log: Log
  emailAccounts: Pick<EmailAccounts, 'get' | 'transportOf'>
  filing: Pick<MessageFiling, 'recordMoves' | 'followMoves'>
  transports: Pick<Transports, 'canChange'>
  random?: (() => number) | undefined
}

const MOST_ACCOUNTS = 20
/** Mailboxes that one server works on at a time. */
const AT_ONCE = 4
/** Messages of a batch: requests of a few seconds, so that a stop of the server waits for few. */
const MOST_OF_ONE_BATCH = 20
const LEASE_MS = 5 * 60_000
/** Time after which a batch starts no further message. The rest of the lease is for the one that has begun. */
const LONGEST_BATCH_MS = LEASE_MS / 2
/** Time after which other mailboxes get their turn. */
const LONGEST_MS = 30_000

/**
 * Applies wanted states, a batch of one mailbox at a time. Requests use the lane of sync in the call budget of the
 * mailbox, so messages to be sent go first.
 */
export function createWorker(deps: WorkerDeps) {
  const { database, clock, log, emailAccounts, transports } = deps
  const due = createDueActions(database)
  const results = createResults(deps)

  /**
   * @param over no further mailbox is begun, and no further message
   * @returns true if there may be more due actions
   */
  async function run(over: AbortSignal): Promise<boolean> {
    const ids = await due.accounts(clock.now(), MOST_ACCOUNTS)
    const waiting = [...ids]
    let isMore = ids.length === MOST_ACCOUNTS
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let id = waiting.shift(); id && !over.aborted; id = waiting.shift()) {
          if (await workOnLogged(id, over)) isMore = true
        }
      }),
    )
    return isMore
  }

  /** An error, such as one of the database, concerns one mailbox: the others continue in this round. */
  async function workOnLogged(id: EmailAccountId, over: AbortSignal): Promise<boolean> {
    try {
      return await workOn(id, over)
    } catch (err) {
      log.warn({ err, emailAccountId: id }, 'Mailbox actions could not be applied')
      return false
    }
  }

  async function workOn(id: EmailAccountId, over: AbortSignal): Promise<boolean> {
    // One per call, so that an abandoned round can't use or end the lease of a later one.
    const lease = randomUUID()
    const until = clock.now().getTime() + LONGEST_MS
    try {
      while (!over.aborted && clock.now().getTime() < until) {
        if (!(await applyNext(id, lease, over))) return false
      }
      return true
    } finally {
      await due.release(id, lease)
    }
  }

  /** @returns false if nothing more is to be done at the moment */
  async function applyNext(id: EmailAccountId, lease: string, over: AbortSignal): Promise<boolean> {
    const now = clock.now()
    const settings = await due.claim(id, lease, now, new Date(now.getTime() + LEASE_MS))
    if (!settings) return false
    const actions = await due.list(id, now, MOST_OF_ONE_BATCH)
    if (actions.length === 0) return false
    const end = AbortSignal.any([over, AbortSignal.timeout(LONGEST_BATCH_MS)])
    try {
      const account = await emailAccounts.get(id)
      // Microsoft's refusal would not name the permission.
      if (!(await transports.canChange(account))) throw new AppError('account_actions.permission_missing')
      const { reading } = await emailAccounts.transportOf(account)
      if (!reading.changing) return false
      const result = await applyBatch({
        ...{ changing: reading.changing, owns: (remoteId) => reading.owns(remoteId) },
        ...{ settings, due: actions, end },
      })
      await results.save(account, lease, result)
      const { stoppedBy } = result
      if (stoppedBy) log.warn({ err: stoppedBy, emailAccountId: id }, 'Mailbox actions wait')
      return !stoppedBy && actions.length === MOST_OF_ONE_BATCH
    } catch (thrown) {
      if (isDatabaseError(thrown)) throw thrown
      const error = AppError.from(thrown)
      log.warn({ err: error, emailAccountId: id }, 'Mailbox actions wait')
      await results.holdAll(id, lease, error)
      return false
    }
  }

  return { run }
}
