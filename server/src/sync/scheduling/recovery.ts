/**
 * What waits for a person is looked at after growing pauses, up to a quarter of an hour. As soon as a Cloud Provider is
 * accepted again, or somebody has signed in, nobody has to wait that long: the mailboxes that hung on it are tried within
 * seconds.
 */
import type { Database } from '../../database/index.ts'
import type { Events, StoredEvent } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'

/** So many mailboxes that come back at once are spread over this time. */
const SPREAD_MS = 10_000

export interface RecoveryDeps {
  database: Database
  clock: Clock
  events: Events
  random: () => number
}

export function createRecovery({ database, clock, events, random }: RecoveryDeps) {
  let stopListening: (() => Promise<void>) | undefined

  /** Any number of processes may do so: it is the same due time, give or take a few seconds. */
  async function heard({
    kind,
    subjectId,
    payload,
  }: Pick<StoredEvent, 'kind' | 'subjectId' | 'payload'>): Promise<void> {
    if (payload.to !== 'connected') return
    if (kind === 'cloud_provider.state_changed') await tryAgain('cloud_provider_id', subjectId)
    if (kind === 'grant.state_changed') await tryAgain('grant_id', subjectId)
  }

  async function tryAgain(column: 'cloud_provider_id' | 'grant_id', id: string): Promise<void> {
    const now = clock.now().getTime()
    await database.transaction(async (tx) => {
      const rows = await tx
        .selectFrom('email_accounts')
        .select('id')
        // A server that asked for silence gets it: degraded accounts keep their time.
        .where('state', 'in', ['needs-admin', 'needs-sign-in'])
        .where((eb) => eb(eb.cast<string>(column, 'text'), '=', id))
        .where('due_at', '>', new Date(now + SPREAD_MS))
        .orderBy('id')
        .forNoKeyUpdate()
        .execute()
      for (const row of rows) {
        const dueAt = new Date(now + random() * SPREAD_MS)
        await tx
          .updateTable('email_accounts')
          .set({ due_at: dueAt, next_try_at: dueAt })
          .where('id', '=', row.id)
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
