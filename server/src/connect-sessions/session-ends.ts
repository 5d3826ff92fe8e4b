import { AppError } from '../kernel/errors.ts'
import type { ConnectSessionId } from '../kernel/ids.ts'
import { WAITING } from './connect-session.ts'
import type { CanceledBy, ConnectSessionsDeps } from './deps.ts'

/** Sessions per transaction, so that none locks many rows or writes many events at once. */
const BATCH = 100
/** Sessions per query for used links. */
const MOST_ASKED = 1000

/** Ends sessions that wait for their owners: canceled, expired, or used up without a mailbox. */
export function createConnectSessionEnds({
  database,
  clock,
  audit,
  events,
  signInLinks,
  connectRefusal,
}: Pick<ConnectSessionsDeps, 'database' | 'clock' | 'audit' | 'events' | 'signInLinks' | 'connectRefusal'>) {
  const waiting = database.db
    .selectFrom('connect_sessions')
    .where('status', 'in', WAITING)
    .where('signed_in_at', 'is', null)

  /** Cancels a session that waits for its owner. Returns false for any other. */
  async function cancel(id: ConnectSessionId, actor: string, reason?: CanceledBy): Promise<boolean> {
    return database.transaction(async (tx) => {
      // First, because a sign-in locks link and session in this order.
      await signInLinks.revokeHosted(tx, id)
      const row = await tx
        .updateTable('connect_sessions')
        .set({ status: 'canceled', logo: null })
        .where('id', '=', id)
        .where('status', 'in', WAITING)
        .where('signed_in_at', 'is', null)
        .returning(['created_by', 'state'])
        .executeTakeFirst()
      if (!row) return false
      await audit.record(tx, { actor, action: 'connect_session.canceled', subject: id })
      const payload = { createdBy: row.created_by, state: row.state ?? undefined, by: actor, reason }
      await events.append(tx, { kind: 'connect_session.canceled', subjectId: id, payload, at: clock.now() })
      return true
    })
  }

  /** Cancels the sessions of keys that were revoked or have expired, and of people who are no longer admins. */
  async function cancelOfLostRights(over?: AbortSignal): Promise<void> {
    for (const { created_by: creator } of await waiting.select('created_by').distinct().execute()) {
      if (over?.aborted) return
      const refusal = await connectRefusal(creator)
      if (!refusal) continue
      const ids = await waiting.select('id').where('created_by', '=', creator).execute()
      for (const { id } of ids) {
        if (over?.aborted) return
        await cancel(id, 'postkey', refusal)
      }
    }
  }

  /**
   * Fails sessions whose link is used, but that no sign-in has reached: a server of the previous version received the
   * sign-in during an upgrade. It has kept the grant and connected nothing.
   */
  async function failUsed(over?: AbortSignal): Promise<void> {
    let last: ConnectSessionId | undefined
    for (;;) {
      if (over?.aborted) return
      let query = waiting.select('id')
      if (last !== undefined) query = query.where('id', '>', last)
      const ids = (await query.orderBy('id').limit(MOST_ASKED).execute()).map(({ id }) => id)
      for (const { id, usedBy } of await signInLinks.listUsed(ids)) await failUnreached(id, usedBy)
      last = ids.at(-1)
      if (ids.length < MOST_ASKED) return
    }
  }

  async function failUnreached(id: ConnectSessionId, userName: string | undefined): Promise<void> {
    const { code } = new AppError('tokens.sign_in_link_over')
    const at = clock.now()
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('connect_sessions')
        .set({ status: 'failed', error_code: code, failed_at: at, logo: null })
        .set({ signed_in_at: at, user_name: userName ?? null })
        .where('id', '=', id)
        .where('status', 'in', WAITING)
        .where('signed_in_at', 'is', null)
        .returning(['created_by', 'state'])
        .executeTakeFirst()
      if (!row) return
      const payload = { createdBy: row.created_by, state: row.state ?? undefined, reason: code, isFinal: true }
      await events.append(tx, { kind: 'connect_session.failed', subjectId: id, payload, at })
    })
  }

  async function expire(over?: AbortSignal): Promise<void> {
    let count = BATCH
    while (count === BATCH && !over?.aborted) count = await expireBatch()
  }

  async function expireBatch(): Promise<number> {
    return database.transaction(async (tx) => {
      const rows = await tx
        .updateTable('connect_sessions')
        .set({ status: 'expired', logo: null })
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('connect_sessions')
            .select('id')
            .where('status', 'in', WAITING)
            .where('signed_in_at', 'is', null)
            .where('expires_at', '<=', clock.now())
            .orderBy('expires_at')
            .limit(BATCH)
            .forUpdate()
            .skipLocked(),
        )
        .returning(['id', 'created_by', 'state', 'error_code', 'expires_at'])
        .execute()
      for (const { id, created_by: createdBy, state, error_code: reason, expires_at: at } of rows) {
        const payload = { createdBy, state: state ?? undefined, reason: reason ?? undefined }
        await events.append(tx, { kind: 'connect_session.expired', subjectId: id, payload, at })
      }
      return rows.length
    })
  }

  return {
    cancel,
    /** Ends all sessions that are over, until `over`. */
    async endDue(over?: AbortSignal): Promise<void> {
      await cancelOfLostRights(over)
      await failUsed(over)
      await expire(over)
    },
  }
}

export type ConnectSessionEnds = ReturnType<typeof createConnectSessionEnds>
