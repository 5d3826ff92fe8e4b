import { sql, type Selectable } from 'kysely'
import { advisoryLock, type Schema, type Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'

type Purpose = Selectable<Schema['openid_sign_ins']>['purpose']

/** Maximum unfinished sign-ins of one client network, and of all. */
const MAX_PER_NETWORK = 300
const MAX_PENDING = 10_000

export interface PendingRoomDeps {
  clock: Clock
  lifetimeMs: number
}

/**
 * Room for sign-ins that strangers begin. A network can't fill it: beyond its own limit it must wait, and when all of it
 * is full, the oldest sign-in of the fullest network goes. Sign-ins of signed-in people don't count.
 */
export function createPendingRoom({ clock, lifetimeMs }: PendingRoomDeps) {
  function pending(tx: Pick<Tx, 'selectFrom'>) {
    return (
      tx
        .selectFrom('openid_sign_ins')
        // Literals, so that the planner can use the partial index.
        .where('purpose', 'in', [sql.lit<Purpose>('sign-in'), sql.lit<Purpose>('invitation')])
        .where('consumed_at', 'is', null)
        .where('expires_at', '>', clock.now())
    )
  }

  return {
    /** @throws {AppError} `identity_providers.busy` with the time until the oldest sign-in of the network expires */
    async make(tx: Tx, network: string): Promise<void> {
      // Until the insert that follows, so that the limits are exact in all processes.
      await advisoryLock('identity_providers.begin').execute(tx)
      const { count, oldest } = await pending(tx)
        .where('client_network', '=', network)
        .select(({ fn }) => [fn.countAll<string>().as('count'), fn.min('created_at').as('oldest')])
        .executeTakeFirstOrThrow()
      if (Number(count) >= MAX_PER_NETWORK) throw busy(oldest.getTime() + lifetimeMs - clock.now().getTime())
      const { total } = await pending(tx)
        .select(({ fn }) => fn.countAll<string>().as('total'))
        .executeTakeFirstOrThrow()
      if (Number(total) < MAX_PENDING) return
      const fullest = pending(tx)
        .select('client_network')
        .groupBy('client_network')
        .orderBy(({ fn }) => fn.countAll(), 'desc')
        .limit(1)
      const oldestOfFullest = pending(tx)
        .where('client_network', '=', fullest)
        .select('id')
        .orderBy('created_at')
        .orderBy('id')
        .limit(1)
      await tx.deleteFrom('openid_sign_ins').where('id', 'in', oldestOfFullest).execute()
    },
  }
}

export function busy(waitMs: number): AppError {
  return new AppError('identity_providers.busy', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) })
}
