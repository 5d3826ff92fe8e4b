import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import { MOST_OF_ONE_ACCOUNT, type ClaimedRow } from './claims.ts'

/** Maximum messages of one claim. */
export const MOST_OF_ONE_CLAIM = 16

export interface BatchTimes {
  /** Maximum duration of a message after which the claims of its mailbox grow. */
  quickMs: number
  /** Time after which messages of a claim that are not started return to the outbox. Shorter than a lease. */
  handBackAfterMs: number
}

export const BATCH_TIMES: BatchTimes = { quickMs: 500, handBackAfterMs: 5000 }

export interface ClaimedWorkDeps<Opened> {
  /** Opens the mailbox for all rows of a claim. */
  open: (emailAccountId: EmailAccountId) => Promise<Opened>
  /** Records outside the database that sending starts. */
  mark: () => Promise<boolean>
  /** Sends once `marked` resolves to true. Returns true if the message went out. */
  attend: (row: ClaimedRow, opening: Promise<Opened>, marked: Promise<boolean>) => Promise<boolean>
  handBack: (rows: readonly ClaimedRow[]) => Promise<void>
  /** Called when all rows of a claim are done. */
  ended: () => void
  /** Called when a row of the mailbox is done. */
  done: (emailAccountId: EmailAccountId) => void
  onError: (error: unknown, row: ClaimedRow) => void
  times: BatchTimes
}

/** Rows of one claim. They share the opened mailbox. */
interface Batch<Opened> {
  opening: Promise<Opened>
  left: number
}

interface Held<Opened> {
  row: ClaimedRow
  batch: Batch<Opened>
  work: Promise<void> | undefined
}

/**
 * Rows claimed by this worker. At most {@link MOST_OF_ONE_ACCOUNT} of a mailbox are being sent; the others follow in
 * order. If one does not go out, or the mailbox is slow, the others return to the outbox: the next claim decides again.
 */
export function createClaimedWork<Opened>(deps: ClaimedWorkDeps<Opened>) {
  const { quickMs, handBackAfterMs } = deps.times
  const held = new Map<SubmissionId, Held<Opened>>()
  /** Messages of the next claim of a mailbox. Grows by one with each message that goes out quickly. */
  const batchSizes = new Map<EmailAccountId, number>()

  const heldAt = (id: EmailAccountId) => [...held.values()].filter(({ row }) => row.email_account_id === id)
  const waitingAt = (id: EmailAccountId) => heldAt(id).filter(({ work }) => work === undefined)

  function add(rows: readonly ClaimedRow[]): void {
    const id = rows[0]!.email_account_id
    const batch = { opening: deps.open(id), left: rows.length }
    for (const row of rows) held.set(row.id, { row, batch, work: undefined })
    if (rows.length > 1) setTimeout(() => handBack(id, batch), handBackAfterMs).unref()
    startNext(id, deps.mark())
  }

  /**
   * @param marked shared by rows that start directly after their claim. Each later row has its own mark: a backup made
   *   meanwhile contains it as unsent.
   */
  function startNext(id: EmailAccountId, marked?: Promise<boolean>): void {
    const all = heldAt(id)
    const waiting = all.filter(({ work }) => work === undefined)
    const places = MOST_OF_ONE_ACCOUNT - (all.length - waiting.length)
    for (const each of waiting.slice(0, Math.max(places, 0))) start(each, marked ?? deps.mark())
  }

  function start(each: Held<Opened>, marked: Promise<boolean>): void {
    const { row, batch } = each
    const id = row.email_account_id
    const began = performance.now()
    each.work = deps
      .attend(row, batch.opening, marked)
      .catch((error: unknown) => {
        deps.onError(error, row)
        return false
      })
      .then((isOut) => {
        // Searches for copies say nothing about sending.
        if (row.state === 'sending') {
          adjust(id, isOut && performance.now() - began < quickMs)
          if (!isOut) handBack(id)
        }
        forget(each)
        startNext(id)
      })
  }

  function adjust(id: EmailAccountId, isQuick: boolean): void {
    if (isQuick) batchSizes.set(id, Math.min((batchSizes.get(id) ?? 1) + 1, MOST_OF_ONE_CLAIM))
    else batchSizes.delete(id)
  }

  /** Returns the rows of a mailbox, or of one batch, that are not started. */
  function handBack(id: EmailAccountId, batch?: Batch<Opened>): void {
    const rows = waitingAt(id).filter((each) => batch === undefined || each.batch === batch)
    if (rows.length === 0) return
    batchSizes.delete(id)
    const work = deps
      .handBack(rows.map(({ row }) => row))
      .catch((error: unknown) => deps.onError(error, rows[0]!.row))
      .then(() => rows.forEach(forget))
    for (const each of rows) each.work = work
  }

  function forget({ row, batch }: Held<Opened>): void {
    held.delete(row.id)
    if (--batch.left === 0) deps.ended()
    deps.done(row.email_account_id)
  }

  return {
    add,
    handBack: (id: EmailAccountId) => handBack(id),
    batchSizes,
    /** Batch size of one mailbox, if it is above 1. */
    batchSizeOf: (id: EmailAccountId): ReadonlyMap<EmailAccountId, number> =>
      batchSizes.has(id) ? new Map([[id, batchSizes.get(id)!]]) : new Map(),
    /** Rows held, started or not. */
    ids: () => [...held.keys()],
    /** Number of rows being processed. */
    get started() {
      return [...held.values()].filter(({ work }) => work !== undefined).length
    },
    worksAt: (id: EmailAccountId) => heldAt(id).length,
    /** Mailboxes and lanes at the limit of this worker. */
    busy(): { emailAccounts: EmailAccountId[]; lanes: string[] } {
      const rows = [...held.values()].map(({ row }) => row)
      return {
        emailAccounts: atShare(rows.map((row) => row.email_account_id)),
        lanes: atShare(rows.flatMap(({ lane }) => (lane === null ? [] : [lane]))),
      }
    },
    async stop(): Promise<void> {
      for (const id of new Set([...held.values()].map(({ row }) => row.email_account_id))) handBack(id)
      await Promise.all([...held.values()].map(({ work }) => work ?? Promise.resolve()))
    },
  }
}

function atShare<T>(each: readonly T[]): T[] {
  return [...Map.groupBy(each, (one) => one)]
    .filter(([, { length }]) => length >= MOST_OF_ONE_ACCOUNT)
    .map(([one]) => one)
}
