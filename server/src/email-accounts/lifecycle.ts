import type { Tx } from '../database/index.ts'
import { AppError, type ErrorCode, storableUpstream, type Upstream } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount } from './email-account.ts'
import { prove } from './proofs-of-life.ts'
import { toEmailAccount } from './rows.ts'
import { isTroubled, STATES, type StateSignal } from './states.ts'

export interface SignalOptions {
  /** Error code, for states that have a reason. */
  code?: ErrorCode | undefined
  nextTryAt?: Date | undefined
  upstream?: Upstream | undefined
}

/** Code of a state reason; never thrown. */
const RUNS_ON_BACKUP_SIGN_IN = new AppError('email_accounts.runs_on_backup_sign_in').code

export type Lifecycle = ReturnType<typeof createLifecycle>

/** State transitions of an account. */
export function createLifecycle({
  clock,
  events,
  syncStates,
}: Pick<EmailAccountsDeps, 'clock' | 'events' | 'syncStates'>) {
  /**
   * Returns the row, locked until the transaction ends. Its sync state is not locked: after a wait for the lock it may be
   * older than the row, so no decision depends on it.
   */
  async function hold(tx: Tx, id: EmailAccountId): Promise<EmailAccount> {
    const row = await tx
      .selectFrom('email_accounts')
      .selectAll()
      .select(syncStates.ofAccount.as('sync_state'))
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!row) throw new AppError('email_accounts.not_found')
    return toEmailAccount(row)
  }

  /**
   * Locks the row like {@link hold}, and also blocks new rows that reference the account until the end of the
   * transaction.
   */
  async function holdToRemove(tx: Tx, id: EmailAccountId): Promise<void> {
    const row = await tx.selectFrom('email_accounts').select('id').where('id', '=', id).forUpdate().executeTakeFirst()
    if (!row) throw new AppError('email_accounts.not_found')
  }

  async function move(
    tx: Tx,
    id: EmailAccountId,
    signal: StateSignal,
    { code, nextTryAt, upstream }: SignalOptions = {},
  ): Promise<EmailAccount['state']> {
    const account = await hold(tx, id)
    const next = STATES[account.state][signal]
    if (next === undefined) return account.state
    // The account works, but the original sign-in must still be renewed.
    const isStoodIn = next === 'connected' && account.backupSignIn?.insteadOf !== undefined
    const state = isStoodIn ? 'degraded' : next
    if (signal === 'up-to-date') await prove(tx, id, clock.now())

    const reason = isStoodIn ? RUNS_ON_BACKUP_SIGN_IN : isTroubled(state) ? (code ?? null) : null
    // Running on a backup sign-in may last for weeks. A failure in that time is a new problem with its own start time.
    const isNewTrouble = (reason === RUNS_ON_BACKUP_SIGN_IN) !== (account.reason?.code === RUNS_ON_BACKUP_SIGN_IN)
    const isReported = reason !== null && reason === code && upstream !== undefined
    const storedUpstream = isReported ? JSON.stringify(storableUpstream(upstream)) : null
    const isUnchanged = state === account.state && reason === (account.reason?.code ?? null)
    // Each successful run repeats its signal, and the row is wide.
    if (!isUnchanged || storedUpstream !== null || account.said !== undefined) {
      await tx
        .updateTable('email_accounts')
        .set({
          state,
          state_reason: reason,
          state_upstream: storedUpstream,
          ...(state === account.state && !isNewTrouble ? {} : { state_since: clock.now() }),
        })
        .where('id', '=', id)
        .execute()
    }
    await syncStates.recordSignal(tx, id, {
      isFailure: signal.startsWith('failed'),
      isUpToDate: signal === 'up-to-date',
      nextTryAt: isTroubled(state) ? nextTryAt : undefined,
    })
    if (isUnchanged) return state
    await events.append(tx, {
      kind: 'email_account.state_changed',
      emailAccountId: id,
      subjectId: id,
      payload: { from: account.state, to: state, reason },
      at: clock.now(),
    })
    return state
  }

  return { hold, holdToRemove, move }
}
