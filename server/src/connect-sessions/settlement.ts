import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { ConnectSessionId, EmailAccountId } from '../kernel/ids.ts'
import type { AuthorizationOutcome, FailedAuthorization, SignInLinks } from '../tokens/index.ts'
import { type ConnectSession, type SessionRow, toSession, WAITING } from './connect-session.ts'
import type { ConnectSessionsDeps } from './deps.ts'
import type { ConnectSessionEnds } from './session-ends.ts'
import { createSessionAccount } from './session-account.ts'

/** A session after a sign-in, for the page or the redirect that follows. */
export interface SettledSession {
  session: ConnectSession
  /** Return URL with the signed result, for the browser of the sign-in, and for that of an attempt that failed. */
  returnTo: string | undefined
  /** True for a browser that comes back again, such as by a reload, after its sign-in. */
  isRepeated: boolean
}

type SettlementDeps = Omit<ConnectSessionsDeps, 'keyRing' | 'linkSecret' | 'publicUrl'> & {
  resultUrl: (session: ConnectSession) => Promise<string | undefined>
  ends: ConnectSessionEnds
}

type HostedHook = Parameters<SignInLinks['onHostedSignIn']>[0]

/** A server that was stopped between sign-in and connection leaves a session to the next round after this time. */
const LEFT_AFTER_MS = 60_000
const MOST_OF_ONE_ROUND = 100
/** Longest time between the grant of a sign-in and the note of it, which are of one transaction. */
const SAME_SIGN_IN_MS = 5_000

/** Connects the mailboxes of sessions after their sign-ins, and records failures. */
export function createSettlement(deps: SettlementDeps) {
  const { database, clock, audit, events, grants } = deps
  const connect = createSessionAccount(deps)
  const { db } = database

  /** Records the sign-in in its transaction, so that a stopped server can't lose it. A session that is over keeps none. */
  const onSignIn: HostedHook = async (tx, { id, usedBy, grantId, browserHash }) => {
    const row = await tx
      .updateTable('connect_sessions')
      .set({
        ...{ status: 'connecting', grant_id: grantId, user_name: usedBy, signed_in_at: clock.now() },
        browser_hash: Buffer.from(browserHash),
      })
      .where('id', '=', id)
      .where('status', 'in', WAITING)
      .where('expires_at', '>', clock.now())
      .returning('created_by')
      .executeTakeFirst()
    if (!row || (await deps.connectRefusal(row.created_by, tx))) throw new AppError('tokens.sign_in_link_over')
  }

  async function fail(id: ConnectSessionId, code: ErrorCode, from: readonly SessionRow['status'][]): Promise<void> {
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('connect_sessions')
        .set({ status: 'failed', error_code: code, failed_at: clock.now() })
        .set({ logo: sql`CASE WHEN signed_in_at IS NULL THEN logo END` })
        .where('id', '=', id)
        .where('status', 'in', from)
        .returningAll()
        .executeTakeFirst()
      if (!row) return
      const { isFinal, createdBy, state } = toSession(row)
      const payload = { createdBy, state, reason: code, isFinal }
      await events.append(tx, { kind: 'connect_session.failed', subjectId: id, payload, at: clock.now() })
    })
  }

  /** Changes nothing when another process has settled the session meanwhile. */
  async function complete(tx: Tx, row: SessionRow, emailAccountId: EmailAccountId): Promise<void> {
    const { id, created_by: createdBy, user_name: name } = row
    const userName = name ?? ''
    const at = clock.now()
    const { numUpdatedRows } = await tx
      .updateTable('connect_sessions')
      .set({
        status: 'completed',
        logo: null,
        completed_at: at,
        email_account_id: emailAccountId,
        error_code: null,
        failed_at: null,
      })
      .where('id', '=', id)
      .where('status', '=', 'connecting')
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    const detail = { createdBy, userName, emailAccountId }
    await audit.record(tx, { actor: `link:${id}`, action: 'connect_session.completed', subject: id, detail })
    const payload = { createdBy, state: row.state ?? undefined, emailAccountId, userName }
    await events.append(tx, { kind: 'connect_session.completed', emailAccountId, subjectId: id, payload, at })
  }

  /** A transient error, or a lost lock, leaves the session to the ticker. */
  async function finish(id: ConnectSessionId): Promise<void> {
    await database.withLock(`connect-session:${id}`, async (lost) => {
      const row = await find(id)
      if (row?.status !== 'connecting') return
      try {
        const emailAccountId = await connect(row)
        if (lost.aborted) throw new AppError('database.lock_lost')
        await database.transaction((tx) => complete(tx, row, emailAccountId))
      } catch (thrown) {
        // Another process may have the lock, and settle the session.
        if (lost.aborted) throw thrown
        const error = AppError.from(thrown)
        if (error.remedy === 'wait' && row.expires_at > clock.now()) throw error
        await fail(id, error.code, ['connecting'])
        await forgetSignIn(row)
        if (error.remedy === 'bug') throw thrown
      }
    })
  }

  /** Deletes the sign-in of a session that failed for good, unless it existed before or is used elsewhere. */
  async function forgetSignIn({ id, grant_id: grantId, signed_in_at: signedInAt }: SessionRow): Promise<void> {
    if (grantId === null || signedInAt === null) return
    const other = await db
      .selectFrom('connect_sessions')
      .select('id')
      .where('grant_id', '=', grantId)
      .where('status', '=', 'connecting')
      .executeTakeFirst()
    const { createdAt } = await grants.get(grantId)
    if (other || createdAt.getTime() < signedInAt.getTime() - SAME_SIGN_IN_MS) return
    await grants.disconnect(grantId, `link:${id}`).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'tokens.grant_in_use') throw error
    })
  }

  async function find(id: ConnectSessionId): Promise<SessionRow | undefined> {
    return db.selectFrom('connect_sessions').selectAll().where('id', '=', id).executeTakeFirst()
  }

  /** Records a failed attempt. A session whose creator may no longer connect mailboxes ends with it. */
  async function failAttempt(id: ConnectSessionId, code: ErrorCode): Promise<void> {
    const row = await find(id)
    const refusal = row && (await deps.connectRefusal(row.created_by))
    if (refusal) await deps.ends.cancel(id, 'postkey', refusal)
    else await fail(id, code, WAITING)
  }

  /**
   * Settles the session of a sign-in that came back from Microsoft; undefined for any other sign-in.
   *
   * Several browsers can begin with one link. After a sign-in, only its browser learns what became of the session: a
   * result in another browser would prove to the program that the person there owns the mailbox.
   *
   * @returns 'elsewhere' for a browser that may know nothing of the session
   */
  async function settle(
    { link, ...outcome }: AuthorizationOutcome,
    browserHash: Uint8Array,
  ): Promise<SettledSession | 'elsewhere' | undefined> {
    if (!link || !(await find(link.id))) return undefined
    // Only attempts of the browser that began them have a Cloud Provider. Another browser changes no session.
    const isOwnAttempt = outcome.cloudProviderId !== undefined
    if (outcome.kind === 'granted') {
      await finish(link.id).catch((err: unknown) => deps.log.warn({ err, id: link.id }, 'A mailbox is connected later'))
    } else if (outcome.kind === 'failed' && isOwnAttempt) {
      await failAttempt(link.id, outcome.error.code)
    }
    const row = await find(link.id)
    if (!row) return undefined
    const session = toSession(row)
    if (row.signed_in_at !== null) {
      if (!row.browser_hash?.equals(browserHash)) return 'elsewhere'
      return { session, returnTo: await deps.resultUrl(session), isRepeated: outcome.kind === 'failed' }
    }
    if (isOwnAttempt) return { session, returnTo: await deps.resultUrl(session), isRepeated: false }
    return isOfThisBrowser(outcome) ? { session, returnTo: undefined, isRepeated: false } : 'elsewhere'
  }

  /** Ends sessions that are over, and connects mailboxes that a stopped server or a transient error has left. */
  async function runDue(over?: AbortSignal): Promise<void> {
    await deps.ends.endDue(over)
    const left = await db
      .selectFrom('connect_sessions')
      .select('id')
      .where('status', '=', 'connecting')
      .where('signed_in_at', '<=', new Date(clock.now().getTime() - LEFT_AFTER_MS))
      .orderBy(sql`random()`)
      .limit(MOST_OF_ONE_ROUND)
      .execute()
    for (const { id } of left) {
      if (over?.aborted) return
      await finish(id).catch((err: unknown) => deps.log.warn({ err, id }, 'A mailbox could not be connected'))
    }
  }

  return { onSignIn, settle, runDue }
}

/** True for an attempt that this browser began, but that is used up or too old. */
function isOfThisBrowser(outcome: Omit<AuthorizationOutcome, 'link'>): boolean {
  const code = 'error' in outcome ? (outcome as FailedAuthorization).error.code : undefined
  return code === 'tokens.state_used' || code === 'tokens.state_expired'
}
