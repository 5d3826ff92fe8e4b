import { randomUUID } from 'node:crypto'
import { sql, type Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type IdempotentRequestId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'

const KEPT_MS = 24 * 60 * 60_000
/** Time without renewal after which another attempt may begin, if nothing was committed. */
const LEASE_MS = 30_000
const BATCH = 1000
/** Longest answer that is stored, as JSON. The answer to a repetition of another is lost. */
const MOST_CHARACTERS = 1024 * 1024

/** An attempt to run the action of a request. */
export interface RequestAttempt {
  id: IdempotentRequestId
  attemptId: string
}

/** Both are sealed: a fingerprint of a short secret, such as a password, could be guessed. */
interface RequestContent {
  fingerprint: string
  answer?: unknown
}

export interface StoredRequest {
  /** Undefined after an erasure, or if the encryption key is lost. */
  content: RequestContent | undefined
  begunAt: Date
  leasedUntil: Date
  isAnswered: boolean
}

export interface StoredRequests {
  /** Begins an attempt, unless one is in progress, has committed or has an answer. */
  begin(hash: Buffer, fingerprint: string): Promise<{ attempt: RequestAttempt } | { found: StoredRequest }>
  /** @throws {AppError} `http.idempotency_in_progress` if another attempt has replaced this one */
  commit(tx: Tx, attempt: RequestAttempt): Promise<void>
  /** Renews the lease, so that a slow action isn't repeated beside itself. */
  renew(attempt: RequestAttempt): Promise<void>
  answer(attempt: RequestAttempt, content: Required<RequestContent>): Promise<void>
  /** Deletes a request whose attempt has failed and committed nothing. The lease of another one ends. */
  forget(attempt: RequestAttempt): Promise<void>
  deleteExpired(over: AbortSignal): Promise<void>
}

type Row = Selectable<Schema['idempotent_requests']>

export function createStoredRequests({
  database,
  clock,
  keyRing,
}: {
  database: Database
  clock: Clock
  keyRing: KeyRing
}): StoredRequests {
  const { db } = database
  const contextOf = (id: IdempotentRequestId) => `idempotent_requests.sealed:${id}`

  function seal(id: IdempotentRequestId, content: RequestContent) {
    const { sealed, keyId } = keyRing.seal(new Secret(JSON.stringify(content)), contextOf(id))
    return { sealed, key_id: keyId }
  }

  function open({ id, sealed, key_id: keyId }: Row): RequestContent | undefined {
    if (sealed === null || keyId === null) return undefined
    try {
      return JSON.parse(keyRing.open({ sealed, keyId }, contextOf(id)).reveal()) as RequestContent
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // Without its key, the request counts as one whose answer is lost.
      return undefined
    }
  }

  const leaseEnd = () => new Date(clock.now().getTime() + LEASE_MS)
  const expiredAt = () => new Date(clock.now().getTime() - KEPT_MS)

  async function insert(hash: Buffer, fingerprint: string): Promise<RequestAttempt | undefined> {
    const attempt = { id: newId<IdempotentRequestId>(), attemptId: randomUUID() }
    const now = clock.now()
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('idempotent_requests')
      .values({
        ...{ id: attempt.id, request_hash: hash, attempt_id: attempt.attemptId, ...seal(attempt.id, { fingerprint }) },
        ...{ begun_at: now, leased_until: leaseEnd() },
      })
      .onConflict((conflict) => conflict.column('request_hash').doNothing())
      .executeTakeFirst()
    return numInsertedOrUpdatedRows === 1n ? attempt : undefined
  }

  /** Continues a request whose server was stopped before it committed anything. */
  async function takeOver({ id, attempt_id }: Row, fingerprint: string): Promise<RequestAttempt | undefined> {
    const attempt = { id, attemptId: randomUUID() }
    const now = clock.now()
    const { numUpdatedRows } = await db
      .updateTable('idempotent_requests')
      .set({ attempt_id: attempt.attemptId, begun_at: now, leased_until: leaseEnd() })
      .set(seal(id, { fingerprint }))
      .where('id', '=', id)
      .where('attempt_id', '=', attempt_id)
      .where('committed_at', 'is', null)
      .where('answered_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows === 1n ? attempt : undefined
  }

  async function begin(hash: Buffer, fingerprint: string): ReturnType<StoredRequests['begin']> {
    for (;;) {
      const attempt = await insert(hash, fingerprint)
      if (attempt) return { attempt }
      const row = await db
        .selectFrom('idempotent_requests')
        .selectAll()
        .where('request_hash', '=', hash)
        .executeTakeFirst()
      // Freed meanwhile.
      if (!row) continue
      const now = clock.now()
      if (row.begun_at <= expiredAt()) {
        await db
          .deleteFrom('idempotent_requests')
          .where('id', '=', row.id)
          .where('begun_at', '=', row.begun_at)
          .execute()
        continue
      }
      const content = open(row)
      const isLeft = row.committed_at === null && row.answered_at === null && row.leased_until <= now
      if (isLeft && (content === undefined || content.fingerprint === fingerprint)) {
        const taken = await takeOver(row, fingerprint)
        if (taken) return { attempt: taken }
        continue
      }
      const { begun_at: begunAt, leased_until: leasedUntil, answered_at: answeredAt } = row
      return { found: { content, begunAt, leasedUntil, isAnswered: answeredAt !== null } }
    }
  }

  return {
    begin,

    async commit(tx, { id, attemptId }) {
      const { numUpdatedRows } = await tx
        .updateTable('idempotent_requests')
        .set({ committed_at: clock.now() })
        .where('id', '=', id)
        .where('attempt_id', '=', attemptId)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw new AppError('http.idempotency_in_progress', { retryAfterSeconds: 1 })
    },

    async renew({ id, attemptId }) {
      await db
        .updateTable('idempotent_requests')
        .set({ leased_until: leaseEnd() })
        .where('id', '=', id)
        .where('attempt_id', '=', attemptId)
        .where('answered_at', 'is', null)
        .execute()
    },

    async answer({ id, attemptId }, content) {
      const isShort = JSON.stringify(content).length <= MOST_CHARACTERS
      const { sealed, key_id: keyId } = isShort ? seal(id, content) : { sealed: null, key_id: null }
      await db
        .updateTable('idempotent_requests')
        .set({
          // After an erasure, only the time: the answer can name the erased person.
          sealed: sql<Buffer | null>`CASE WHEN sealed IS NOT NULL THEN ${sealed}::bytea END`,
          key_id: sql<string | null>`CASE WHEN sealed IS NOT NULL THEN ${keyId}::text END`,
          answered_at: clock.now(),
        })
        .where('id', '=', id)
        .where('attempt_id', '=', attemptId)
        .execute()
    },

    async forget({ id, attemptId }) {
      const { numDeletedRows } = await db
        .deleteFrom('idempotent_requests')
        .where('id', '=', id)
        .where('attempt_id', '=', attemptId)
        .where('committed_at', 'is', null)
        .executeTakeFirst()
      if (numDeletedRows > 0n) return
      await db
        .updateTable('idempotent_requests')
        .set({ leased_until: clock.now() })
        .where('id', '=', id)
        .where('attempt_id', '=', attemptId)
        .execute()
    },

    async deleteExpired(over) {
      // Skips locked rows: an erasure locks all in another order.
      let count = BATCH
      while (count === BATCH && !over.aborted) {
        const { rows } = await sql<{ id: string }>`
          DELETE FROM idempotent_requests WHERE id IN (
            SELECT id FROM idempotent_requests WHERE begun_at <= ${expiredAt()}
            ORDER BY begun_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
          RETURNING id`.execute(db)
        count = rows.length
      }
    },
  }
}
