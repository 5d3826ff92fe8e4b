import { randomUUID } from 'node:crypto'
import { advisoryLock, type Database, type Tx } from '../database/index.ts'
import { lastEventAt } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId, type DatabaseRestoreId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import { judge, type RestoreReason } from './judgment.ts'
import type { SeenActivity, StateFile } from './state-file.ts'

const BEAT_MS = 60_000
/** At most one log line per cause and minute. */
const WARN_EVERY_MS = 60_000

export interface DatabaseRestore {
  id: DatabaseRestoreId
  reason: RestoreReason
  /** Last activity in the restored database. */
  fromAt: Date
  /** Last activity recorded by this installation; `undefined` when none is recorded. */
  seenAt: Date | undefined
  detectedAt: Date
  /** Number of submissions held because of the restore. */
  held: number
}

export interface Epoch {
  /**
   * Compares the database with the activity recorded by this installation, before mail is read or sent.
   *
   * @returns the restore that was detected now
   */
  open(): Promise<DatabaseRestore | undefined>
  /**
   * Raises the counter in the database, then in the state file. Await it before a message is sent, so that an earlier
   * backup can be recognized. Concurrent calls share one write.
   *
   * @returns false when the database was restored meanwhile: data read from it before is invalid
   */
  mark(): Promise<boolean>
  /** Returns when the last restore was detected; `undefined` when there was none. */
  restoredAt(): Promise<Date | undefined>
  /** Opens the epoch, then marks activity at least once a minute until `stop`. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface EpochDeps {
  database: Database
  clock: Clock
  log: Log
  /** State file; `undefined` when this installation has no place for one. */
  stateFile: StateFile | undefined
  /**
   * Holds submissions that may already have been sent, in the transaction that records the restore. Returns their
   * number.
   */
  hold: (tx: Tx, restore: Pick<DatabaseRestore, 'id' | 'detectedAt'>) => Promise<number>
  /** Pauses what else reaches others, in the same transaction. Returns how much was active. */
  pause: (tx: Tx, restore: Pick<DatabaseRestore, 'detectedAt'>) => Promise<number>
}

export function createEpoch({ database, clock, log, stateFile, hold, pause }: EpochDeps): Epoch {
  let known: SeenActivity | undefined
  let running: Promise<boolean> | undefined
  let following: Promise<boolean> | undefined
  let warnedAt = -Infinity
  const beat = createTicker({
    name: 'epoch.mark',
    clock,
    everyMs: BEAT_MS,
    deadlineMs: 60_000,
    run: () => mark().then(() => undefined),
    onError: (err) => log.warn({ err }, 'Activity could not be recorded in the database'),
  })

  async function open(): Promise<DatabaseRestore | undefined> {
    const seen = await readSeen()
    const { restore, current } = await database.transaction(async (tx) => {
      const now = clock.now()
      const { before, isMarked } = await lockCurrent(tx)
      const ended = await tx.selectFrom('database_epochs').select('id').where('ended_at', 'is not', null).execute()
      const reason = judge({ current: before, ended: new Set(ended.map(({ id }) => id)), isMarked }, seen, now)
      const found = reason && (await record(tx, reason, before, seen, now))
      if (!found) return { restore: undefined, current: before ?? (await begin(tx, now)) }
      await tx.updateTable('database_epochs').set({ ended_at: now }).where('ended_at', 'is', null).execute()
      return { restore: found, current: await begin(tx, now) }
    })
    known = current
    await keep(current)
    if (restore)
      log.warn({ restore }, 'The database is a restored backup: mail that may have been sent already is held')
    return restore
  }

  /** Returns the recorded activity. Activity that this process recorded itself counts like the file. */
  async function readSeen(): Promise<SeenActivity | 'nothing' | 'not-kept'> {
    const stored = await stateFile?.read()
    if (stored === 'unreadable') log.warn('The state file cannot be read; a restored backup may not be recognized')
    if (typeof stored === 'object') {
      return known && known.epoch === stored.epoch && known.counter > stored.counter ? known : stored
    }
    if (known) return known
    if (!stateFile) return 'not-kept'
    // When the file can't be written, its absence proves nothing.
    return (await canWrite(stateFile)) ? 'nothing' : 'not-kept'
  }

  async function canWrite(file: StateFile): Promise<boolean> {
    try {
      await file.probe()
      return true
    } catch (err) {
      log.warn({ err }, 'The state file cannot be written: a restored backup will not be recognized')
      return false
    }
  }

  async function lockCurrent(tx: Tx): Promise<{ before: SeenActivity | undefined; isMarked: boolean }> {
    // When two servers start at once, the second compares with the result of the first.
    await advisoryLock('epoch.start').execute(tx)
    const row = await tx
      .selectFrom('database_epochs')
      .select(['id', 'counter', 'at', 'restored_at'])
      .where('ended_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (!row) return { before: undefined, isMarked: false }
    const { id, counter, at, restored_at } = row
    return { before: { epoch: id, counter, at }, isMarked: restored_at !== null }
  }

  async function begin(tx: Tx, at: Date): Promise<SeenActivity> {
    const epoch = randomUUID()
    await tx.insertInto('database_epochs').values({ id: epoch, counter: 1, at }).execute()
    return { epoch, counter: 1, at }
  }

  /**
   * Records the restore. Without certain proof that the database is older, a restore is recorded only when there is
   * something to hold or pause.
   */
  async function record(
    tx: Tx,
    reason: RestoreReason,
    before: SeenActivity | undefined,
    seen: SeenActivity | 'nothing' | 'not-kept',
    detectedAt: Date,
  ): Promise<DatabaseRestore | undefined> {
    const id = newId<DatabaseRestoreId>()
    const times = [before?.at, await lastEventAt(tx)].filter((at) => at !== undefined)
    const fromAt = times.length > 0 ? new Date(Math.max(...times.map((at) => at.getTime()))) : detectedAt
    const seenAt = typeof seen === 'object' ? seen.at : undefined
    await tx
      .insertInto('database_restores')
      .values({ id, reason, from_at: fromAt, seen_at: seenAt ?? null, detected_at: detectedAt })
      .execute()
    const held = await hold(tx, { id, detectedAt })
    const paused = await pause(tx, { detectedAt })
    if (held > 0 || paused > 0 || reason === 'older' || reason === 'restored')
      return { id, reason, fromAt, seenAt, detectedAt, held }
    await tx.deleteFrom('database_restores').where('id', '=', id).execute()
    return undefined
  }

  function mark(): Promise<boolean> {
    if (!running) {
      running = advance().finally(() => (running = undefined))
      return running
    }
    following ??= running.then(
      () => markNext(),
      () => markNext(),
    )
    return following
  }

  function markNext(): Promise<boolean> {
    following = undefined
    return mark()
  }

  async function advance(): Promise<boolean> {
    const now = clock.now()
    const row = await database.db
      .updateTable('database_epochs')
      .set((eb) => ({ counter: eb('counter', '+', 1), at: now }))
      .where('ended_at', 'is', null)
      .where('restored_at', 'is', null)
      .returning(['id', 'counter'])
      .executeTakeFirst()
    const isSame = row && (!known || (row.id === known.epoch && row.counter > known.counter))
    if (!isSame) {
      await open()
      return false
    }
    known = { epoch: row.id, counter: row.counter, at: now }
    await keep(known)
    return true
  }

  /** Writes the state file. Mail doesn't wait for a failed write. */
  async function keep(seen: SeenActivity): Promise<void> {
    try {
      await stateFile?.write(seen)
    } catch (err) {
      const now = performance.now()
      if (now - warnedAt < WARN_EVERY_MS) return
      warnedAt = now
      log.warn({ err }, 'The state file cannot be written: a restored backup may not be recognized')
    }
  }

  async function restoredAt(): Promise<Date | undefined> {
    const row = await database.db
      .selectFrom('database_restores')
      .select('detected_at')
      .orderBy('detected_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row?.detected_at
  }

  return {
    open,
    mark,
    restoredAt,
    async start() {
      await open()
      beat.start()
    },
    async stop() {
      await beat.stop()
      await (following ?? running)?.catch(() => undefined)
    },
  }
}
