/**
 * Retries mailboxes as soon as a person has fixed their fault, instead of after a backoff of up to 15 minutes. When a
 * Cloud Provider is connected again or a person has signed in, the mailboxes that depend on it are retried within
 * seconds.
 */
import type { Database } from '../../database/index.ts'
import type { EventKind, Events, NewEvent } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'

/** Period over which the retries of the mailboxes are spread. */
const SPREAD_MS = 10_000

type Change = { [Kind in EventKind]: Pick<NewEvent<Kind>, 'kind' | 'subjectId' | 'payload'> }[EventKind]

export interface RecoveryDeps {
  database: Database
  clock: Clock
  events: Events
  random: () => number
}

export function createRecovery({ database, clock, events, random }: RecoveryDeps) {
  let stopListening: (() => Promise<void>) | undefined

  /** Sets due times. Several processes may do this: the due time is the same within a few seconds. */
  async function heard(event: Change): Promise<void> {
    const { kind, subjectId } = event
    if (kind !== 'cloud_provider.state_changed' && kind !== 'grant.state_changed') return
    if (event.payload.to !== 'connected') return
    await tryAgain(kind === 'grant.state_changed' ? 'grant_id' : 'cloud_provider_id', subjectId)
  }

  async function tryAgain(column: 'cloud_provider_id' | 'grant_id', id: string): Promise<void> {
    const now = clock.now().getTime()
    await database.transaction(async (tx) => {
      const rows = await tx
        .selectFrom('email_accounts')
        .innerJoin('account_sync_states', 'email_account_id', 'id')
        .select('id')
        // Degraded accounts keep their time, because the server may have requested a pause.
        .where('state', 'in', ['needs-admin', 'needs-sign-in'])
        .where((eb) => eb(eb.cast<string>(column, 'text'), '=', id))
        .where('due_at', '>', new Date(now + SPREAD_MS))
        .orderBy('id')
        .forNoKeyUpdate(['email_accounts', 'account_sync_states'])
        .execute()
      for (const row of rows) {
        const dueAt = new Date(now + random() * SPREAD_MS)
        await tx
          .updateTable('account_sync_states')
          .set({ due_at: dueAt, next_try_at: dueAt })
          .where('email_account_id', '=', row.id)
          .execute()
      }
      if (rows.length > 0) await database.notify(tx, 'sync', id)
    })
  }

  return {
    heard,
    async start(): Promise<void> {
      stopListening = await events.subscribe({ emailAccountIds: 'all', kindLike: '%.state_changed' }, heard)
    },
    async stop(): Promise<void> {
      await stopListening?.()
    },
  }
}
