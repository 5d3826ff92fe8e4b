import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { ConnectSessionId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { AuthorizationOutcome, FailedAuthorization, SignInLinks } from '../tokens/index.ts'
import { accountKeys } from './account-keys.ts'
import { type ConnectSession, type SessionRow, toSession, WAITING } from './connect-session.ts'
import type { ConnectSessionsDeps } from './deps.ts'

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
}

type HostedHook = Parameters<SignInLinks['onHostedSignIn']>[0]

/** A server that was stopped between sign-in and connection leaves a session to the next round after this time. */
const LEFT_AFTER_MS = 60_000
const MOST_OF_ONE_ROUND = 100

/** Connects the mailboxes of sessions after their sign-ins, records failures, and expires sessions. */
export function createSettlement(deps: SettlementDeps) {
  const { database, clock, audit, events, emailAccounts, grants } = deps
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
    if (!row || !(await deps.mayConnect(row.created_by, tx))) throw new AppError('tokens.sign_in_link_over')
  }

  async function fail(id: ConnectSessionId, code: ErrorCode, from: readonly SessionRow['status'][]): Promise<void> {
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('connect_sessions')
        .set({ status: 'failed', error_code: code, failed_at: clock.now() })
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

  async function complete(tx: Tx, row: SessionRow, emailAccountId: EmailAccountId): Promise<void> {
    const { id, created_by: createdBy, user_name: name } = row
    const userName = name ?? ''
    const at = clock.now()
    await tx
      .updateTable('connect_sessions')
      .set({
        status: 'completed',
        completed_at: at,
        email_account_id: emailAccountId,
        error_code: null,
        failed_at: null,
      })
      .where('id', '=', id)
      .execute()
    const detail = { createdBy, userName, emailAccountId }
    await audit.record(tx, { actor: `link:${id}`, action: 'connect_session.completed', subject: id, detail })
    const payload = { createdBy, state: row.state ?? undefined, emailAccountId, userName }
    await events.append(tx, { kind: 'connect_session.completed', emailAccountId, subjectId: id, payload, at })
  }

  /** Main address of the mailbox of a user, whose user name may differ. */
  async function addressOf(grantId: GrantId, userName: string): Promise<string> {
    const { cloudProviderId } = await grants.get(grantId)
    const principal = { kind: 'grant', grantId } as const
    const { ownAddresses } = await deps.transports.open({ address: userName, kind: 'user', cloudProviderId, principal })
    const [main] = (await ownAddresses?.()) ?? []
    return main ?? userName
  }

  /** Connects the mailbox of a session whose owner has signed in; an account that the same sign-in opens is kept. */
  async function connect(row: SessionRow): Promise<EmailAccountId> {
    const { id, grant_id: grantId, wanted_kind: kind, wanted_address: wanted } = row
    if (grantId === null) throw new AppError('tokens.grant_not_found')
    const address = wanted ?? (await addressOf(grantId, row.user_name ?? ''))
    const connected = await deps.openedBy(grantId, address)
    if (connected !== undefined) return connected
    if (kind === 'shared' && (await grants.get(grantId)).isPersonal) {
      throw new AppError('email_accounts.personal_not_shared')
    }
    const input = {
      ...{ address, kind, grantId, contact: address, name: row.account_name ?? address },
      importDays: row.import_days ?? undefined,
    }
    const keys = accountKeys(address)
    for (;;) {
      const { value: key, done } = keys.next()
      if (done) throw new AppError('email_accounts.key_taken')
      try {
        return (await emailAccounts.associate({ ...input, key }, `link:${id}`)).id
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'email_accounts.key_taken')) throw error
      }
    }
  }

  /** A transient error leaves the session to the ticker. */
  async function finish(id: ConnectSessionId): Promise<void> {
    await database.withLock(`connect-session:${id}`, async () => {
      const row = await find(id)
      if (row?.status !== 'connecting') return
      try {
        const emailAccountId = await connect(row)
        await database.transaction((tx) => complete(tx, row, emailAccountId))
      } catch (thrown) {
        const error = AppError.from(thrown)
        if (error.remedy === 'wait' && row.expires_at > clock.now()) throw error
        await fail(id, error.code, ['connecting'])
        if (error.remedy === 'bug') throw thrown
      }
    })
  }

  async function find(id: ConnectSessionId): Promise<SessionRow | undefined> {
    return db.selectFrom('connect_sessions').selectAll().where('id', '=', id).executeTakeFirst()
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
      await fail(link.id, outcome.error.code, WAITING)
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

  async function expire(): Promise<void> {
    await database.transaction(async (tx) => {
      const rows = await tx
        .updateTable('connect_sessions')
        .set({ status: 'expired' })
        .where('status', 'in', WAITING)
        .where('signed_in_at', 'is', null)
        .where('expires_at', '<=', clock.now())
        .returningAll()
        .execute()
      for (const { id, created_by: createdBy, state, error_code: reason, expires_at: at } of rows) {
        const payload = { createdBy, state: state ?? undefined, reason: reason ?? undefined }
        await events.append(tx, { kind: 'connect_session.expired', subjectId: id, payload, at })
      }
    })
  }

  /** Expires sessions, and connects mailboxes that a stopped server or a transient error has left. */
  async function runDue(over?: AbortSignal): Promise<void> {
    await expire()
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
