import type { Kysely } from 'kysely'
import type { Schema, Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { CloudProviderId } from '../kernel/ids.ts'
import type { CloudProviderState } from './cloud-provider.ts'
import { nextTry, PROVIDER_STATES, type ProviderSignal } from './provider-states.ts'

export interface StateChange {
  id: CloudProviderId
  from: CloudProviderState
  to: CloudProviderState
  reason: ErrorCode | undefined
}

export type StateHook = (tx: Tx, change: StateChange) => Promise<void>

export type ProviderLifecycle = ReturnType<typeof createProviderLifecycle>

/** Changes the state of a cloud provider, writes its event and updates its dependents in one transaction. */
export function createProviderLifecycle({
  clock,
  events,
  random = Math.random,
}: {
  clock: Clock
  events: Pick<Events, 'append'>
  random?: (() => number) | undefined
}) {
  const hooks: StateHook[] = []

  /** Returns the row, locked until the transaction ends. */
  async function hold(tx: Kysely<Schema>, id: CloudProviderId) {
    const row = await tx
      .selectFrom('cloud_providers')
      .selectAll()
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!row) throw new AppError('cloud_providers.not_found')
    return row
  }

  /**
   * Applies a signal. `tried`: the result of an own try; only these increase the backoff, however many mailboxes send
   * requests. `worked`: a check found no fault, or a token was issued for a mailbox or a person. An accepted credential
   * alone proves nothing about the rest of the registration.
   */
  async function move(
    tx: Tx,
    id: CloudProviderId,
    signal: ProviderSignal,
    {
      reason,
      tried = false,
      worked = false,
    }: { reason?: ErrorCode | undefined; tried?: boolean; worked?: boolean } = {},
  ): Promise<void> {
    const row = await hold(tx, id)
    const from = row.state as CloudProviderState
    const to = PROVIDER_STATES[from][signal]
    if (to === undefined) return
    const isNews = to !== from || (reason ?? null) !== row.state_reason
    const isFirst = worked && row.worked_at === null
    if (!isNews && !tried && !isFirst) return
    const now = clock.now()
    const attempts = isNews ? 0 : row.attempts + (tried ? 1 : 0)
    const tryAt = signal === 'accepted' ? null : nextTry(now, attempts, random)
    await tx
      .updateTable('cloud_providers')
      .set({
        state: to,
        state_reason: reason ?? null,
        next_try_at: tryAt,
        attempts,
        ...(to === from ? {} : { state_since: now }),
        ...(isFirst ? { worked_at: now } : {}),
        // The next round must not be later than the time that is shown to people.
        ...(tryAt !== null && tryAt < row.due_at ? { due_at: tryAt } : {}),
      })
      .where('id', '=', id)
      .execute()
    if (!isNews) return
    await events.append(tx, {
      kind: 'cloud_provider.state_changed',
      subjectId: id,
      payload: { from, to, reason: reason ?? null },
      at: now,
    })
    for (const hook of hooks) await hook(tx, { id, from, to, reason })
  }

  return {
    hold,
    move,
    onStateChange(hook: StateHook): void {
      hooks.push(hook)
    },
  }
}
