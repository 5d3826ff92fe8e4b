/** Runs one statement in the transaction of the restore. */
type Ask = (statement: string, values: readonly unknown[]) => Promise<unknown>

/**
 * Marks a database as a restored backup, before its restore is committed. The next server that starts holds mail, on any
 * host and regardless of its state file. A database without an epoch has never had mail to hold.
 */
export async function markRestored(session: { query: Ask }, at: Date): Promise<void> {
  await session.query('UPDATE database_epochs SET restored_at = $1 WHERE ended_at IS NULL', [at])
}
